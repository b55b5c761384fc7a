/// What a training may use: seeds, limits, and where to report.
public struct TrainingContext: Sendable {
  /// The same in all trials of a study: for random features and anything that is cached.
  public let studySeed: Seed
  /// The trial's own randomness.
  public let trialSeed: Seed
  /// How many threads may be used; the result must not depend on it.
  public let threads: Int
  /// Runs exactly so many epochs, without early stopping (a refit); nil leaves it to the parameters.
  public let exactEpochs: Int?
  /// Intermediate results that trials share.
  public let cache: SharedCache

  private let interruption: @Sendable () -> TrainingInterruption?
  private let observer: @Sendable (EpochReport) -> TrainingDecision
  private let logger: @Sendable (String) -> Void

  /// Makes a context; the defaults suit a single training without limits.
  public init(
    studySeed: Seed, trialSeed: Seed, threads: Int = 1, exactEpochs: Int? = nil,
    cache: SharedCache = SharedCache(byteLimit: 256 << 20),
    interruption: @escaping @Sendable () -> TrainingInterruption? = { nil },
    observer: @escaping @Sendable (EpochReport) -> TrainingDecision = { _ in .proceed },
    logger: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.studySeed = studySeed
    self.trialSeed = trialSeed
    self.threads = threads
    self.exactEpochs = exactEpochs
    self.cache = cache
    self.interruption = interruption
    self.observer = observer
    self.logger = logger
  }

  /// Says whether training may go on; to be called at least every tenth of a second.
  ///
  /// - Throws: ``TrainingInterruption`` when the trial is cancelled or out of time: let it pass.
  public func checkpoint() throws {
    if let reason = interruption() { throw reason }
  }

  /// Adds text to the trial's log, of which the end is kept.
  public func log(_ text: String) { logger(text) }

  /// Reports an epoch for the learning curves; after `.stop` the plugin ends with what it has.
  public func report(_ epoch: EpochReport) -> TrainingDecision { observer(epoch) }
}

/// The figures of one epoch.
public struct EpochReport: Sendable, Equatable {
  /// Counted from 1.
  public let epoch: Int
  /// The mean loss over the training rows, with the penalty.
  public let trainingLoss: Double
  public let trainingAccuracy: Double
  /// The mean loss over the monitor rows, with the penalty; nil without such rows.
  public let monitorLoss: Double?
  public let monitorAccuracy: Double?

  public init(
    epoch: Int, trainingLoss: Double, trainingAccuracy: Double, monitorLoss: Double?,
    monitorAccuracy: Double?
  ) {
    self.epoch = epoch
    self.trainingLoss = trainingLoss
    self.trainingAccuracy = trainingAccuracy
    self.monitorLoss = monitorLoss
    self.monitorAccuracy = monitorAccuracy
  }
}

/// Whether an iterative training goes on after an epoch.
public enum TrainingDecision: Sendable {
  case proceed
  case stop
}

/// Why a training was ended from outside.
public enum TrainingInterruption: Error, Equatable {
  /// The person, or the end of the search, stopped it.
  case cancelled
  /// The trial's or the search's time is used up.
  case outOfTime
}
