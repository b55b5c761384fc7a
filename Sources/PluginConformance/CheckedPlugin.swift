import PluginKit

/// A plugin that is being checked, and a model that it has trained.
struct CheckedPlugin: Sendable {
  let plugin: any ModelPlugin
  /// The largest difference of equal scores, relative to the largest score.
  let tolerance: Float
  /// How long one training may take.
  let trainingSeconds: Double
  /// Three classes, or two where the plugin can't have three.
  let classCount: Int
  /// How the first training went, with quick settings on ``table``.
  let ordinary: Result<TrainingOutcome, any Error>
  /// The state of that model, before it has scored anything.
  private let ordinaryState: ModelState?

  init(_ plugin: any ModelPlugin, tolerance: Float, trainingSeconds: Double) {
    self.plugin = plugin
    self.tolerance = tolerance
    self.trainingSeconds = trainingSeconds
    func attempt(classes: Int) -> Result<TrainingOutcome, any Error> {
      Result {
        try PluginTraining(plugin, data: blobs(classes: classes), seconds: trainingSeconds).run()
      }
    }
    let three = attempt(classes: 3)
    if case .failure(let error) = three, error is TrainingFailure,
      case let two = attempt(classes: 2), case .success = two
    {
      (classCount, ordinary) = (2, two)
    } else {
      (classCount, ordinary) = (3, three)
    }
    ordinaryState = (try? ordinary.get())?.model.state()
  }

  var manifest: PluginManifest { plugin.manifest }

  /// Sixty rows of three columns.
  var table: TrainingData { blobs(classes: classCount) }

  /// The model that was trained on ``table``.
  var model: any TrainedModel { get throws { try ordinary.get().model } }

  /// The state of ``model``, before it has scored anything.
  var state: ModelState { get throws { try ordinaryState ?? model.state() } }

  /// A training on a table, by default ``table``, with quick settings.
  func training(on data: TrainingData? = nil) -> PluginTraining {
    PluginTraining(plugin, data: data ?? table, seconds: trainingSeconds)
  }

  /// Whether training solves its problem, so that equal problems have equal solutions.
  func isExact(on data: TrainingData) throws -> Bool {
    try training(on: data).run().report.stopping == .converged
  }

  /// What an error says about the plugin.
  func inWords(_ error: any Error) -> String {
    switch error {
    case let failure as TrainingFailure: "training failed: \(failure)"
    case TrainingInterruption.outOfTime: "training had not ended after \(trainingSeconds) s"
    default: "\(error)"
    }
  }
}

/// A training with settings that suit checks.
struct PluginTraining {
  let plugin: any ModelPlugin
  var data: TrainingData
  var values: [String: ParameterValue]
  var studySeed: UInt64 = 1
  var trialSeed: UInt64 = 2
  var threads = 1
  var exactEpochs: Int?
  var cache = SharedCache(byteLimit: 256 << 20)
  /// How long it may take.
  var seconds: Double

  init(_ plugin: any ModelPlugin, data: TrainingData, seconds: Double) {
    self.plugin = plugin
    self.data = data
    self.seconds = seconds
    values = plugin.quickSettings
  }

  func run(
    interruption: @escaping @Sendable () -> TrainingInterruption? = { nil },
    observer: @escaping @Sendable (EpochReport) -> TrainingDecision = { _ in .proceed }
  ) throws -> TrainingOutcome {
    let end = ContinuousClock.now + .seconds(seconds)
    return try plugin.train(
      data, parameters: ParameterValues(plugin.manifest.parameters, values),
      context: TrainingContext(
        studySeed: Seed(studySeed), trialSeed: Seed(trialSeed), threads: threads,
        exactEpochs: exactEpochs, cache: cache,
        interruption: { interruption() ?? (ContinuousClock.now > end ? .outOfTime : nil) },
        observer: observer))
  }
}

extension ModelPlugin {
  /// Values that make training quick: few epochs, where there are any.
  var quickSettings: [String: ParameterValue] {
    for declaration in manifest.parameters where declaration.name == "epochs" {
      guard case .integer(let range) = declaration.kind else { continue }
      return ["epochs": .integer(min(max(3, range.lowerBound), range.upperBound))]
    }
    return [:]
  }
}

extension TrainedModel {
  /// The largest difference of scores, relative to the largest score; infinite where one is not finite.
  func largestDifference(to other: any TrainedModel, on rows: FeatureMatrix) throws -> Float {
    try scores(for: rows).largestDifference(to: other.scores(for: rows))
  }
}

extension ModelState {
  /// Whether two states are equal to the bit.
  func isIdentical(to other: ModelState) -> Bool {
    attributes == other.attributes && buffers == other.buffers
      && tensors.count == other.tensors.count
      && tensors.elementsEqual(other.tensors) {
        $0.name == $1.name && $0.shape == $1.shape
          && $0.values.map(\.bitPattern) == $1.values.map(\.bitPattern)
      }
  }

  /// The size in a file.
  var byteCount: Int {
    attributes.text.utf8.count + tensors.reduce(0) { $0 + 4 * $1.values.count }
      + buffers.reduce(0) { $0 + $1.bytes.count }
  }
}

extension ScoreMatrix {
  /// The largest difference, relative to the largest score; infinite for other shapes and for NaN.
  func largestDifference(to other: ScoreMatrix) -> Float {
    guard rowCount == other.rowCount, columnCount == other.columnCount,
      (values + other.values).allSatisfy(\.isFinite)
    else { return .infinity }
    let scale = values.reduce(Float.leastNormalMagnitude) { max($0, abs($1)) }
    return zip(values, other.values).reduce(0) { max($0, abs($1.0 - $1.1)) } / scale
  }
}
