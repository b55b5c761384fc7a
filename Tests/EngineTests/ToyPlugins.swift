import PluginKit
import Synchronization

/// A plugin that a test makes of a closure.
struct ClosurePlugin: ModelPlugin {
  typealias Training =
    @Sendable (TrainingData, ParameterValues, TrainingContext) throws -> TrainingOutcome

  let manifest: PluginManifest
  let training: Training
  /// What it says against `noise: 2`.
  let objection: String?

  init(
    _ id: String, version: Int = 1, parameters: [ParameterDeclaration] = [],
    capabilities: Capabilities = Capabilities(weights: true), objection: String? = nil,
    training: @escaping Training
  ) {
    manifest = PluginManifest(
      id: id, version: version, summary: "a stand-in", capabilities: capabilities,
      parameters: parameters)
    self.objection = objection
    self.training = training
  }

  func conflicts(in parameters: ParameterValues) -> [ParameterConflict] {
    guard let objection, parameters["noise"] == .real(2) else { return [] }
    return [ParameterConflict("noise", objection)]
  }

  func train(
    _ data: TrainingData, parameters: ParameterValues, context: TrainingContext
  ) throws -> TrainingOutcome {
    try training(data, parameters, context)
  }

  func load(_ state: ModelState) throws(ModelStateError) -> any TrainedModel {
    let classes = try state.count("classes")
    let features = try state.count("features")
    return CentroidModel(
      classCount: classes, featureCount: features,
      centroids: try state.tensor("centroids", shape: [classes, features]))
  }
}

/// Scores a row by its negative squared distance from the centre of each class.
struct CentroidModel: TrainedModel, Equatable {
  let classCount: Int
  let featureCount: Int
  let centroids: [Float]

  var trainableParameterCount: Int { centroids.count }

  /// The centres of the weighted training rows, moved by normal noise; those of absent classes lie far away.
  static func fit(_ data: TrainingData, noise: Double = 0, seed: Seed = Seed(0)) -> CentroidModel {
    let width = data.features.columnCount
    var generator = seed.generator()
    var centroids: [Float] = []
    for label in 0..<Int32(data.classCount) {
      let rows = data.labels.indices.filter { data.labels[$0] == label }
      let total = rows.reduce(0.0) { $0 + Double(data.weights?[$1] ?? 1) }
      for column in 0..<width {
        let sum = rows.reduce(0.0) {
          $0 + Double(data.weights?[$1] ?? 1) * Double(data.features[$1, column])
        }
        centroids.append(Float((total > 0 ? sum / total : 1e3) + noise * generator.normal()))
      }
    }
    return CentroidModel(
      classCount: data.classCount, featureCount: width, centroids: centroids)
  }

  func scores(for features: FeatureMatrix) -> ScoreMatrix {
    var scores = ScoreMatrix(rowCount: features.rowCount, columnCount: classCount)
    for row in 0..<features.rowCount {
      for label in 0..<classCount {
        scores[row, label] = (0..<featureCount).reduce(Float(0)) { sum, column in
          let difference = features[row, column] - centroids[label * featureCount + column]
          return sum - difference * difference
        }
      }
    }
    return scores
  }

  func state() -> ModelState {
    ModelState(
      tensors: [
        NamedTensor("centroids", shape: [classCount, featureCount], values: centroids)
      ],
      attributes: .object([
        ("classes", .integer(classCount)), ("features", .integer(featureCount)),
      ]))
  }
}

let noise = Parameter.real(
  "noise", 0...10, default: 0.5, searched: .real(0...3), summary: "how far centres are moved")

/// Nearest centres that are moved at random: the more noise, the worse.
let centroids = ClosurePlugin("centroids", parameters: [noise.declaration]) {
  data, parameters, context in
  let model = CentroidModel.fit(data, noise: parameters[noise], seed: context.trialSeed)
  return TrainingOutcome(model: model, report: TrainingReport(stopping: .converged))
}

/// Always the most frequent class.
let majority = ClosurePlugin(
  "baseline", capabilities: Capabilities(weights: true, missingValues: true)
) { data, _, _ in
  var counts = [Float](repeating: 0, count: data.classCount)
  for label in data.labels { counts[Int(label)] += 1 }
  return TrainingOutcome(
    model: ConstantModel(featureCount: data.features.columnCount, scores: counts),
    report: TrainingReport(stopping: .converged))
}

/// The same scores for every row.
struct ConstantModel: TrainedModel {
  let featureCount: Int
  let scores: [Float]

  var classCount: Int { scores.count }
  var trainableParameterCount: Int { scores.count }

  func scores(for features: FeatureMatrix) -> ScoreMatrix {
    ScoreMatrix(
      rowCount: features.rowCount, columnCount: scores.count,
      values: (0..<features.rowCount).flatMap { _ in scores })
  }

  func state() -> ModelState {
    ModelState(tensors: [NamedTensor("scores", shape: [scores.count], values: scores)])
  }
}

/// A plugin that always fails.
let failing = ClosurePlugin("failing") { _, _, _ in
  throw TrainingFailure("no two rows are alike")
}

/// A plugin that goes on until it is stopped.
let endless = ClosurePlugin("endless") { _, _, context in
  while true { try context.checkpoint() }
}

/// What plugins were given.
final class TrainingLog: Sendable {
  /// One call of a plugin.
  struct Call: Sendable {
    let features: FeatureMatrix
    let labels: [Int32]
    let weights: [Float]?
    let monitor: FeatureMatrix?
    let exactEpochs: Int?

    /// The values of the first column, which are different in all rows of the toy table.
    var rows: [Float] { (0..<features.rowCount).map { features[$0, 0] } }
    var monitorRows: [Float] {
      monitor.map { monitor in (0..<monitor.rowCount).map { monitor[$0, 0] } } ?? []
    }
  }

  private let state = Mutex<[Call]>([])

  var calls: [Call] { state.withLock { $0 } }

  /// A plugin that learns centres and notes what it was given.
  func plugin(_ id: String = "recorder", bestEpochs: [Int] = []) -> ClosurePlugin {
    ClosurePlugin(
      id, parameters: [noise.declaration], capabilities: Capabilities(weights: true, epochs: true)
    ) { data, parameters, context in
      let count = self.state.withLock { calls in
        calls.append(
          Call(
            features: data.features, labels: data.labels, weights: data.weights,
            monitor: data.monitor?.features, exactEpochs: context.exactEpochs))
        return calls.count
      }
      var report = TrainingReport(stopping: .converged)
      if !bestEpochs.isEmpty { report.bestEpoch = bestEpochs[(count - 1) % bestEpochs.count] }
      let model = CentroidModel.fit(data, noise: parameters[noise], seed: context.trialSeed)
      return TrainingOutcome(model: model, report: report)
    }
  }
}
