#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
public import PluginKit

/// The plugin `baseline`: always the most frequent class.
///
/// The score of class k is log((wₖ + 1/2) / Σⱼ (wⱼ + 1/2)) for the summed row weights wₖ, scaled to a mean row
/// weight of 1: the shares of the classes with Jeffreys' half, so that an absent class has a finite score.
public struct BaselinePlugin: ModelPlugin {
  public let manifest = PluginManifest(
    id: "baseline", version: 1, summary: "the most frequent class, whatever the features",
    capabilities: Capabilities(weights: true, missingValues: true), parameters: [])

  public init() {}

  public func train(
    _ data: TrainingData, parameters: ParameterValues, context: TrainingContext
  ) throws -> TrainingOutcome {
    var counts = [Double](repeating: 0, count: data.classCount)
    for (row, label) in data.labels.enumerated() {
      counts[Int(label)] += Double(data.weights?[row] ?? 1)
    }
    let scale = Double(data.labels.count) / counts.reduce(0, +)
    let smoothed = counts.map { $0 * scale + 0.5 }
    let total = smoothed.reduce(0, +)
    let model = BaselineModel(
      featureCount: data.features.columnCount, classScores: smoothed.map { Float(log($0 / total)) })
    return TrainingOutcome(model: model, report: TrainingReport(stopping: .converged))
  }

  public func load(_ state: ModelState) throws(ModelStateError) -> any TrainedModel {
    BaselineModel(
      featureCount: try state.count("features"),
      classScores: try state.tensor("class_scores", shape: [state.count("classes")]))
  }
}

/// The same scores for every row.
struct BaselineModel: TrainedModel, Equatable {
  let featureCount: Int
  let classScores: [Float]

  var classCount: Int { classScores.count }
  var trainableParameterCount: Int { classCount }

  func scores(for features: FeatureMatrix) -> ScoreMatrix {
    ScoreMatrix(
      rowCount: features.rowCount, columnCount: classCount,
      values: (0..<features.rowCount).flatMap { _ in classScores })
  }

  func state() -> ModelState {
    ModelState(
      tensors: [NamedTensor("class_scores", shape: [classCount], values: classScores)],
      attributes: .object([
        ("classes", .integer(classCount)), ("features", .integer(featureCount)),
      ]))
  }
}
