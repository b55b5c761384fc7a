public import PluginKit

/// How the linear head of a plugin is trained: the parameters that such plugins share, and the two solvers.
public struct HeadTraining: Sendable {
  /// Who finds the weights.
  public enum Solver: String, Sendable, CaseIterable {
    /// The convex solver, to a certified duality gap.
    case auto
    /// Adam on mini-batches, as the reference does.
    case adam
  }

  static let adamOnly = ParameterDeclaration.Condition("solver", isOneOf: [Solver.adam.rawValue])

  static let loss = Parameter.choice(
    "loss", default: MarginLoss.squaredHinge, summary: "loss of the head's scores")
  static let solver = Parameter.choice(
    "solver", default: Solver.auto,
    summary: "auto solves to a stated duality gap; adam runs epochs of mini-batches")
  static let output = Parameter.choice(
    "output", default: DenseNetwork.Output.linear, when: adamOnly,
    summary: "what the loss sees; softmax is for comparison with models that put it before a hinge")
  static let epochs = Parameter.integer(
    "epochs", 1...100_000, default: 30, when: adamOnly, summary: "passes over the training rows")
  static let batchSize = Parameter.integer(
    "batch_size", 1...65_536, default: 128, when: adamOnly, summary: "rows of a batch")
  static let learningRate = Parameter.real(
    "learning_rate", 1e-8...10, default: 1e-3, when: adamOnly,
    summary: "step of Adam, for features before they are normalised")
  static let decay = Parameter.choice(
    "decay", default: DenseNetworkTrainer.Decay.constant, when: adamOnly,
    summary: "course of the learning rate; linear ends at 0 after the declared epochs")

  /// λ, the only parameter that is declared by the plugins' own table first.
  public static let l2 = Parameter.real(
    "l2", 0...1e6, default: 1e-4, searched: .real(1e-6...1, log: true),
    summary: "λ, the penalty on the squared weights; C = 1/(2λn)")

  /// What a plugin declares for its head, in the order of help texts.
  public static let declarations = [
    l2.declaration, loss.declaration, solver.declaration, output.declaration, epochs.declaration,
    batchSize.declaration, learningRate.declaration, decay.declaration,
  ]

  public let loss: MarginLoss
  /// λ.
  public let penalty: Double
  /// The settings of Adam; nil for the convex solver.
  let adam: DenseNetworkTrainer.Settings?

  /// Takes the settings of the head from those of a plugin.
  public init(_ parameters: ParameterValues) {
    loss = parameters[Self.loss]
    penalty = parameters[Self.l2]
    guard parameters[Self.solver] == .adam else {
      adam = nil
      return
    }
    var settings = DenseNetworkTrainer.Settings()
    settings.loss = loss
    settings.l2 = penalty
    settings.output = parameters[Self.output]
    settings.epochs = parameters[Self.epochs]
    settings.batchSize = parameters[Self.batchSize]
    settings.learningRate = parameters[Self.learningRate]
    settings.decay = parameters[Self.decay]
    adam = settings
  }

  /// Whether the head is solved to a duality gap.
  public var isConvex: Bool { adam == nil }

  /// What does not go together among the parameters of the head.
  public static func conflicts(in parameters: ParameterValues) -> [ParameterConflict] {
    let usesAdam = parameters[solver] == .adam
    var conflicts: [ParameterConflict] = []
    if parameters[l2] == 0, !usesAdam {
      conflicts.append(ParameterConflict("l2", "l2: 0 needs solver: adam"))
    }
    if parameters[output] == .softmax {
      if !usesAdam {
        conflicts.append(ParameterConflict("output", "output: softmax needs solver: adam"))
      }
      if parameters[loss] == .softmax {
        conflicts.append(
          ParameterConflict(
            "output", "loss: softmax takes the softmax itself and needs output: linear"))
      }
    }
    return conflicts
  }

  /// Trains the head on the features of `data`.
  ///
  /// - Parameters:
  ///   - data: Features as the model computes them.
  ///   - context: Seeds and limits.
  ///   - featureFactor: What the plugin multiplied its features by; `learning_rate` is that of the
  ///     features without it.
  /// - Returns: The head and how training went.
  /// - Throws: ``TrainingFailure`` if training diverges; what the context's checkpoint throws.
  public func run(
    _ data: TrainingData, context: TrainingContext, featureFactor: Double = 1
  ) throws -> (head: LinearHead, report: TrainingReport) {
    guard var adam else {
      return try ConvexHeadSolver(loss: loss, penalty: penalty).train(
        data.features, labels: data.labels, weights: data.weights, classCount: data.classCount,
        checkpoint: context.checkpoint)
    }
    adam.headStepFactor = 1 / featureFactor
    let (network, report) = try DenseNetworkTrainer(adam).train(data, context: context)
    return (network.head, report)
  }
}

extension HeadTraining {
  /// What a head that is trained so minimises on some inputs.
  public func machine(on inputs: MarginMachine.Inputs) -> MarginMachine {
    MarginMachine(
      inputs: inputs, loss: loss, penalty: penalty, output: adam?.output ?? .linear,
      isSolved: isConvex)
  }
}
