import ExternalPlugins
import Foundation
import PipelineSpec
import PluginKit
import Synchronization
import TestSupport

/// A plugin in a folder of its own.
struct SamplePlugin {
  let folder: TemporaryFolder
  let plugin: ExternalPlugin

  /// The plugin that predicts the class of the nearest centre, with a habit.
  init(habit: String = "pass", more: String = "") throws {
    folder = try TemporaryFolder()
    try PluginSample.write(to: folder, habit: habit, more: more)
    plugin = ExternalPlugin(try PluginFile(folder: folder.path("centre")))
  }

  /// A plugin with another command, such as `[cat]`; `more` are further members of a flow mapping.
  init(command: String, more: String = "") throws {
    folder = try TemporaryFolder()
    try folder.write(
      "{id: other, version: 1, protocol: 1, summary: another, command: \(command)\(more)}",
      to: "other/plugin.yaml")
    plugin = ExternalPlugin(try PluginFile(folder: folder.path("other")))
  }

  /// Trains with defaults, other than `values`.
  func train(
    _ data: TrainingData = clouds(), _ values: [String: ParameterValue] = [:],
    context: TrainingContext = TrainingContext(studySeed: Seed(1), trialSeed: Seed(2))
  ) throws -> TrainingOutcome {
    try plugin.train(
      data, parameters: ParameterValues(plugin.manifest.parameters, values), context: context)
  }

  /// The sentence of the fault that training and scoring end with; nil if they don't.
  func fault(_ data: TrainingData = clouds()) throws -> String? {
    do {
      _ = try train(data).model.scores(for: data.features)
      return nil
    } catch let fault as PluginFault {
      return fault.description
    }
  }
}

/// Rows around centres that lie far apart, with class k in row k, k + K, ….
func clouds(rows: Int = 30, columns: Int = 2, classes: Int = 3) -> TrainingData {
  var generator = Seed(5).keyed("clouds").generator()
  var values: [Float] = []
  for row in 0..<rows {
    for column in 0..<columns {
      let centre = Double((row % classes + column) % classes)
      values.append(Float(8 * centre + generator.normal()))
    }
  }
  return TrainingData(
    features: FeatureMatrix(rowCount: rows, columnCount: columns, values: values),
    labels: (0..<rows).map { Int32($0 % classes) }, classCount: classes)
}

extension ScoreMatrix {
  /// The class with the largest score of each row.
  var predictions: [Int32] {
    (0..<rowCount).map { row in
      let values = Array(self.row(row))
      return Int32(values.indices.max { values[$0] < values[$1] } ?? 0)
    }
  }
}

/// Collects what a plugin writes to standard error.
final class Log: Sendable {
  private let state = Mutex("")

  var text: String { state.withLock { $0 } }

  /// A context that writes here.
  var context: TrainingContext {
    TrainingContext(
      studySeed: Seed(1), trialSeed: Seed(2), logger: { text in self.state.withLock { $0 += text } }
    )
  }
}
