public import MarginHeads
public import PluginKit

/// A multilayer perceptron with a linear margin head, trained by Adam.
public struct MLPSVMPlugin: ModelPlugin {
  public init() {}

  static let hidden = Parameter.integers(
    "hidden", count: 1...16, each: 1...8_192, default: [128, 64, 32, 16],
    summary: "widths of the hidden layers")
  static let activation = Parameter.choice(
    "activation", default: DenseNetwork.Activation.relu, summary: "what hidden layers do")
  static let loss = Parameter.choice(
    "loss", default: MarginLoss.hinge, summary: "loss of the head's scores")
  static let output = Parameter.choice(
    "output", default: DenseNetwork.Output.linear,
    summary: "what the loss sees; softmax is for comparison with models that put it before a hinge")
  static let l2 = Parameter.real(
    "l2", 0...1e6, default: 0.01, searched: .real(1e-6...1e-1, log: true),
    summary: "penalty on the squared weights of the head")
  static let learningRate = Parameter.real(
    "learning_rate", 1e-8...10, default: 1e-3, searched: .real(1e-4...1e-2, log: true),
    summary: "step of Adam")
  static let decay = Parameter.choice(
    "decay", default: DenseNetworkTrainer.Decay.constant,
    summary: "course of the learning rate; linear ends at 0 after the declared epochs")
  static let batchSize = Parameter.integer(
    "batch_size", 1...65_536, default: 32, summary: "rows of a batch")
  static let epochs = Parameter.integer(
    "epochs", 1...100_000, default: 100, summary: "most passes over the training rows")
  static let earlyStopping = Parameter.integer(
    "early_stopping", 0...100_000, default: 10,
    summary: "epochs without a better loss on a held-back tenth before training stops; 0 is never")

  public let manifest = PluginManifest(
    id: "mlp-svm", version: 1,
    summary: "multilayer perceptron whose head is a linear multiclass SVM, trained by Adam",
    capabilities: Capabilities(weights: true, epochs: true),
    parameters: [
      hidden.declaration, activation.declaration, loss.declaration, output.declaration,
      l2.declaration, learningRate.declaration, decay.declaration, batchSize.declaration,
      epochs.declaration, earlyStopping.declaration,
    ])

  public func conflicts(in parameters: ParameterValues) -> [ParameterConflict] {
    guard parameters[Self.loss] == .softmax, parameters[Self.output] == .softmax else { return [] }
    return [
      ParameterConflict(
        "output", "loss: softmax takes the softmax itself and needs output: linear")
    ]
  }

  public func train(
    _ data: TrainingData, parameters: ParameterValues, context: TrainingContext
  ) throws -> TrainingOutcome {
    var settings = DenseNetworkTrainer.Settings()
    settings.hidden = parameters[Self.hidden]
    settings.activation = parameters[Self.activation]
    settings.loss = parameters[Self.loss]
    settings.output = parameters[Self.output]
    settings.l2 = parameters[Self.l2]
    settings.learningRate = parameters[Self.learningRate]
    settings.decay = parameters[Self.decay]
    settings.batchSize = parameters[Self.batchSize]
    settings.epochs = parameters[Self.epochs]
    settings.patience = parameters[Self.earlyStopping]
    let (network, report) = try DenseNetworkTrainer(settings).train(data, context: context)
    return TrainingOutcome(model: MLPSVMModel(network: network), report: report)
  }

  public func load(_ state: ModelState) throws(ModelStateError) -> any TrainedModel {
    MLPSVMModel(network: try DenseNetwork(state))
  }
}

extension MLPSVMPlugin: MarginMachinePlugin {
  public func marginMachine(
    _ parameters: ParameterValues, columnCount: Int, studySeed: Seed
  ) -> MarginMachine {
    MarginMachine(
      inputs: .layers(
        widths: parameters[Self.hidden], isLinear: parameters[Self.activation] == .linear),
      loss: parameters[Self.loss], penalty: parameters[Self.l2], output: parameters[Self.output],
      isSolved: false)
  }
}

/// A trained network; its scores are those of its head.
struct MLPSVMModel: HeadedModel, Equatable {
  let network: DenseNetwork

  var classCount: Int { network.architecture.classCount }
  var featureCount: Int { network.architecture.featureCount }
  var trainableParameterCount: Int { network.architecture.parameterCount }

  var head: LinearHead { network.head }

  func scores(for features: FeatureMatrix) -> ScoreMatrix { network.scores(for: features) }
  func headInputs(for features: FeatureMatrix) -> FeatureMatrix {
    network.headInputs(for: features)
  }
  func state() -> ModelState { network.state() }
  func graph() -> ModelGraph? { network.graph() }
}
