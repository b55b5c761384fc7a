public import PluginKit

/// Trains a network by Adam on shuffled mini-batches.
///
/// The objective is λ‖W‖² + (1/n) Σᵢ sᵢ ℓ(yᵢ, f(xᵢ)), with the weights W of the head (the biases and the hidden
/// layers are free), rows weighted by sᵢ of mean 1, and one-vs-rest losses summed over classes. Rows of
/// weight 0 are left out before anything is drawn.
///
/// An epoch costs about 6 operations per row and weight. Features are gathered batch by batch, never copied
/// as a whole. Training uses one thread, and its result depends on data, settings and trial seed only.
public struct DenseNetworkTrainer: Sendable {
  /// How the learning rate changes over the epochs.
  public enum Decay: String, Sendable, CaseIterable {
    case constant
    /// Falls with every batch, in a straight line that would reach 0 after the declared epochs.
    case linear
  }

  /// What is trained and how.
  public struct Settings: Sendable, Equatable {
    /// The widths of the hidden layers; may be empty.
    public var hidden: [Int] = []
    public var activation = DenseNetwork.Activation.relu
    public var output = DenseNetwork.Output.linear
    public var loss = MarginLoss.hinge
    /// The penalty λ on the weights of the head, 0 or more.
    public var l2 = 0.0
    /// Adam's step η, over 0.
    public var learningRate = 1e-3
    /// How many times larger the step is for the weights of the head: 1/a for features that were
    /// multiplied by a, which makes the steps those of the features as they were.
    public var headStepFactor = 1.0
    public var decay = Decay.constant
    /// The rows of a batch, at least 1; the last batch of an epoch may be smaller.
    public var batchSize = 128
    /// The budget of epochs, at least 1.
    public var epochs = 100
    /// After how many epochs without a better loss on held-back rows training stops; 0 is never.
    public var patience = 0
    /// Where the head starts; nil takes zeros without hidden layers, otherwise Glorot's draw.
    public var headInitialization: DenseNetwork.HeadInitialization?

    public init() {}
  }

  public let settings: Settings

  public init(_ settings: Settings) {
    precondition(
      settings.batchSize > 0 && settings.epochs > 0 && settings.patience >= 0,
      "batches of \(settings.batchSize), \(settings.epochs) epochs, patience \(settings.patience)")
    self.settings = settings
  }

  /// Trains a network.
  ///
  /// With patience, a stratified tenth of the rows is held back, and the network of the epoch with the least
  /// loss on it is returned. An exact number of epochs in `context` overrides that: all rows, no stopping.
  /// Monitor rows are only reported.
  ///
  /// - Parameters:
  ///   - data: The rows.
  ///   - projection: What maps the rows before the network sees them, for a network without hidden layers.
  ///   - context: Seeds and limits.
  /// - Returns: The network and how training went.
  /// - Throws: `TrainingFailure` if the loss stops being finite; `TrainingInterruption`.
  public func train(
    _ data: TrainingData, projection: StoredProjection? = nil, context: TrainingContext
  ) throws -> (network: DenseNetwork, report: TrainingReport) {
    try refuseExcessiveSize(data, projection)
    let split = EarlyStoppingSplit(
      data, wanted: settings.patience > 0 && context.exactEpochs == nil, seed: context.trialSeed)
    var descent = try DenseNetworkDescent(
      settings, data: data, projection: projection, rows: split.trainingRows, context: context)
    var stopper = BestEpoch(patience: settings.patience)
    var stopping = TrainingReport.Stopping.budget
    var epoch = 0
    while epoch < context.exactEpochs ?? settings.epochs {
      epoch += 1
      let learnt = try descent.runEpoch(epoch)
      let decision = context.report(try descent.report(epoch, learnt))
      if !split.heldBackRows.isEmpty {
        let loss = try descent.meanLoss(rows: split.heldBackRows)
        stopper.consider(epoch, loss: loss, network: descent.network)
        if stopper.isOverdue(epoch) { stopping = .early }
      }
      if decision == .stop || stopping == .early { break }
    }
    let network = stopper.network ?? descent.network
    descent.network = network
    let objective = try descent.objective(after: epoch)
    return (
      network,
      TrainingReport(
        stopping: stopping, objective: objective, iterations: epoch, bestEpoch: stopper.epoch,
        warnings: split.warnings)
    )
  }

  /// Refuses networks whose parameters, moments and gradient would not fit usual memories.
  private func refuseExcessiveSize(
    _ data: TrainingData, _ projection: StoredProjection?
  ) throws(TrainingFailure) {
    let count = DenseNetwork.Architecture(
      featureCount: projection?.map.featureCount ?? data.features.columnCount,
      hidden: settings.hidden,
      classCount: data.classCount
    ).parameterCount
    guard count > Self.mostParameters else { return }
    throw TrainingFailure(
      "the network would have \(count) parameters, at most \(Self.mostParameters) are trained; "
        + "narrower hidden layers would do")
  }

  /// A training keeps five arrays of this size, here 5 GiB.
  private static let mostParameters = 1 << 28
}
