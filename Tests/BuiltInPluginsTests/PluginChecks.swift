import PluginKit
import Synchronization
import Testing

/// A promise of the plugin contract that a plugin does not keep.
struct Finding: Sendable, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// A promise of the plugin contract as a program: it looks for what breaks it.
struct PluginCheck: Sendable, CustomTestStringConvertible {
  /// The promise, in kebab-case.
  let name: String
  /// Everything that breaks it; empty if it is kept.
  let findings: @Sendable (any ModelPlugin) throws -> [Finding]

  var testDescription: String { name }

  /// All promises.
  static let all = declarationChecks + trainingChecks + modelChecks
}

/// A plugin's training with defaults that suit checks.
struct Trial {
  let plugin: any ModelPlugin
  var data = blobs()
  var values: [String: ParameterValue] = [:]
  var studySeed: UInt64 = 1
  var trialSeed: UInt64 = 2
  var threads = 1

  init(_ plugin: any ModelPlugin) {
    self.plugin = plugin
    values = plugin.quickSettings
  }

  init(_ plugin: any ModelPlugin, data: TrainingData) {
    self.init(plugin)
    self.data = data
  }

  func run(
    interruption: @escaping @Sendable () -> TrainingInterruption? = { nil }
  ) throws -> TrainingOutcome {
    try plugin.train(
      data, parameters: ParameterValues(plugin.manifest.parameters, values),
      context: TrainingContext(
        studySeed: Seed(studySeed), trialSeed: Seed(trialSeed), threads: threads,
        interruption: interruption))
  }
}

extension ModelPlugin {
  /// Values that make training quick: the smallest epochs that still train.
  var quickSettings: [String: ParameterValue] {
    var values: [String: ParameterValue] = [:]
    for declaration in manifest.parameters where declaration.name == "epochs" {
      values["epochs"] = .integer(3)
    }
    return values
  }
}

/// Normal clouds around centres on a circle, with class k in row k, k + K, ….
func blobs(rows: Int = 60, columns: Int = 3, classes: Int = 3, seed: UInt64 = 5) -> TrainingData {
  var generator = Seed(seed).keyed("blobs").generator()
  var values: [Float] = []
  for row in 0..<rows {
    for column in 0..<columns {
      let centre = Double((row % classes + column) % classes)
      values.append(Float(1.5 * centre + generator.normal()))
    }
  }
  return TrainingData(
    features: FeatureMatrix(rowCount: rows, columnCount: columns, values: values),
    labels: (0..<rows).map { Int32($0 % classes) }, classCount: classes)
}

/// Counts from any thread.
final class Counter: Sendable {
  private let state = Atomic<Int>(0)
  func next() -> Int { state.add(1, ordering: .relaxed).newValue }
  var value: Int { state.load(ordering: .relaxed) }
}
