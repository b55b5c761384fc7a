public import MarginHeads
public import PluginKit

/// The plugin `linear-svm`: a linear multiclass head on the features themselves.
public struct LinearSVMPlugin: ModelPlugin {
  static let l2 = Parameter.real(
    "l2", 0...1e6, default: 1e-4, searched: .real(1e-6...1, log: true),
    summary: "λ, the weight of the squared norm; C = 1/(2λn)")

  public let manifest = PluginManifest(
    id: "linear-svm", version: 1,
    summary: "linear support vector machine, solved to a stated duality gap",
    capabilities: Capabilities(weights: true),
    parameters: [l2.declaration] + HeadTraining.declarations)

  public init() {}

  public func conflicts(in parameters: ParameterValues) -> [ParameterConflict] {
    HeadTraining.conflicts(in: parameters, l2: parameters[Self.l2])
  }

  public func train(
    _ data: TrainingData, parameters: ParameterValues, context: TrainingContext
  ) throws -> TrainingOutcome {
    let training = HeadTraining(parameters, l2: parameters[Self.l2])
    let centred = CentredColumns(data.features, weights: data.weights)
    let (head, report) = try training.run(
      data.replacing(features: centred.features, columnCount: data.features.columnCount),
      context: context)
    return TrainingOutcome(model: LinearSVMModel(head: centred.restored(head)), report: report)
  }

  public func load(_ state: ModelState) throws(ModelStateError) -> any TrainedModel {
    LinearSVMModel(
      head: try LinearHead(
        state, classCount: state.count("classes"), featureCount: state.count("features")))
  }
}

/// A linear head on the features themselves.
public struct LinearSVMModel: TrainedModel {
  let head: LinearHead

  public var classCount: Int { head.classCount }
  public var featureCount: Int { head.featureCount }
  public var trainableParameterCount: Int { head.parameterCount }

  public func scores(for features: FeatureMatrix) -> ScoreMatrix { head.scores(for: features) }

  public func state() -> ModelState {
    ModelState(
      tensors: head.tensors,
      attributes: .object([
        ("classes", .integer(classCount)), ("features", .integer(featureCount)),
      ]))
  }
}
