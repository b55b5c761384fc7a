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
  /// The trained model of each entry's best trial, where there will be no refit.
  private(set) var trained: [String: KeptModel] = [:]

  private let keepsModels: Bool
  private let folder: RunFolder
  private var scoresOnDisk: Set<Int> = []
  private var lastWrite: ContinuousClock.Instant?
  private let report: @Sendable (RunEvent) -> Void

  /// A trial's model of its first fit.
  struct KeptModel: Sendable {
    let trial: Int
    let model: any TrainedModel
    let preprocessor: FittedPreprocessor
  }

  init(
    leaderboard: Leaderboard, keepsModels: Bool, folder: RunFolder,
    report: @escaping @Sendable (RunEvent) -> Void
  ) {
    self.leaderboard = leaderboard
    self.keepsModels = keepsModels
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
    if keepsModels, let trained = finished.trained,
      leaderboard.bestOfEachModel.contains(where: { $0.trial == record.number })
    {
      self.trained[record.model] = KeptModel(
        trial: record.number, model: trained.model, preprocessor: trained.preprocessor)
    }
    try writeNowAndThen()
    report(.finished(record, count: records.count, best: leaderboard.best))
  }

  /// Notes a trial that was ended from outside.
  func addStopped(_ trial: Int) {
    stoppedTrials.append(trial)
    stoppedTrials.sort()
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
