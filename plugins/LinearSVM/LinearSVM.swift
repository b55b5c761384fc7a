public import MarginHeads
public import PluginKit

/// The plugin `linear-svm`: a linear multiclass head on the features themselves.
public struct LinearSVMPlugin: ModelPlugin {
  public let manifest = PluginManifest(
    id: "linear-svm", version: 2,
    summary: "linear support vector machine, solved to a stated duality gap",
    capabilities: Capabilities(weights: true, epochs: true),
    parameters: HeadTraining.declarations)

  public init() {}

  public func conflicts(in parameters: ParameterValues) -> [ParameterConflict] {
    HeadTraining.conflicts(in: parameters)
  }

  public func train(
    _ data: TrainingData, parameters: ParameterValues, context: TrainingContext
  ) throws -> TrainingOutcome {
    let training = HeadTraining(parameters)
    guard training.isConvex else {
      let (head, report) = try training.run(data, context: context)
      return TrainingOutcome(model: LinearSVMModel(head: head), report: report)
    }
    let centring = ColumnCentring(data.features, weights: data.weights)
    let centred = TrainingData(
      features: centring.apply(to: data.features), labels: data.labels,
      classCount: data.classCount, weights: data.weights)
    let (head, report) = try training.run(centred, context: context)
    return TrainingOutcome(model: LinearSVMModel(head: centring.undone(head)), report: report)
  }

  public func load(_ state: ModelState) throws(ModelStateError) -> any TrainedModel {
    LinearSVMModel(
      head: try LinearHead(
        state, classCount: state.count("classes"), featureCount: state.count("features")))
  }
}

extension LinearSVMPlugin: MarginMachinePlugin {
  public func marginMachine(
    _ parameters: ParameterValues, columnCount: Int, studySeed: Seed
  ) -> MarginMachine {
    HeadTraining(parameters).machine(on: .columns)
  }
}

/// A linear head on the features themselves.
struct LinearSVMModel: HeadedModel, Equatable {
  let head: LinearHead

  var classCount: Int { head.classCount }
  var featureCount: Int { head.featureCount }
  var trainableParameterCount: Int { head.parameterCount }

  func scores(for features: FeatureMatrix) -> ScoreMatrix { head.scores(for: features) }
  func headInputs(for features: FeatureMatrix) -> FeatureMatrix { features }

  func state() -> ModelState {
    ModelState(
      tensors: head.tensors,
      attributes: .object([
        ("classes", .integer(classCount)), ("features", .integer(featureCount)),
      ]))
  }
}
