import Evaluation
import ModelExport
import PipelineSpec
import PluginKit
import Preprocessing
import StudyStore

/// Keeps what a search has found so far: the leaderboard, scores on disk, and models where they are needed.
actor SearchJournal {
  /// How many trials keep their scores in the run folder.
  private static let scoresKept = 50

  private(set) var leaderboard: Leaderboard
  private(set) var records: [Int: TrialRecord] = [:]
  /// Trials that were ended from outside, ascending.
  private(set) var stoppedTrials: [Int] = []
  /// The models of the trials that are best so far, by trial, where there will be no refit.
  private(set) var trained: [Int: KeptModel] = [:]

  /// Which trials' models are kept; nil where there will be a refit.
  private let modelPolicy: TestPolicy?
  private let folder: RunFolder
  private var scoresOnDisk: Set<Int> = []
  private var lastWrite: ContinuousClock.Instant?
  private let report: @Sendable (RunEvent) -> Void

  /// A trial's model of its first fit.
  struct KeptModel: Sendable {
    let model: any TrainedModel
    let preprocessor: FittedPreprocessor
  }

  init(
    leaderboard: Leaderboard, modelPolicy: TestPolicy?, folder: RunFolder,
    report: @escaping @Sendable (RunEvent) -> Void
  ) {
    self.leaderboard = leaderboard
    self.modelPolicy = modelPolicy
    self.folder = folder
    self.report = report
  }

  /// Takes in a finished trial, writes what is to be kept, and reports it.
  func add(_ finished: FinishedTrial) throws {
    let record = finished.record
    records[record.number] = record
    leaderboard.search.trials = records.keys.count { $0 > 0 }
    leaderboard.add(record.leaderboardEntry())
    if let scores = finished.scores { try keepScores(scores, trial: record.number) }
    if let modelPolicy, let kept = finished.trained {
      keepModel(kept, trial: record.number, modelPolicy)
    }
    try writeNowAndThen()
    report(.finished(record, count: records.count, best: leaderboard.best))
  }

  /// Notes a trial that was ended from outside.
  func addStopped(_ trial: Int) {
    stoppedTrials.append(trial)
    stoppedTrials.sort()
  }

  private func keepModel(_ kept: KeptModel, trial: Int, _ policy: TestPolicy) {
    let wanted = FinalModels.trials(leaderboard, policy: policy)
    trained[trial] = kept
    trained = trained.filter { wanted.contains($0.key) }
  }

  private func keepScores(_ scores: ScoreMatrix, trial: Int) throws {
    let best = Set(leaderboard.ranked.prefix(Self.scoresKept).map(\.trial))
    guard best.contains(trial) else { return }
    try folder.writeScores(scores, trial: trial)
    scoresOnDisk.insert(trial)
    for number in scoresOnDisk.subtracting(best).sorted() {
      try folder.removeScores(trial: number)
      scoresOnDisk.remove(number)
    }
  }

  /// Writes the leaderboard at most twice a second, for those who look at a run in progress.
  private func writeNowAndThen() throws {
    if let lastWrite, ContinuousClock.now - lastWrite < .milliseconds(500) { return }
    lastWrite = .now
    try folder.write(leaderboard, durable: false)
  }
}
