import Evaluation
import ModelExport
import PipelineSpec
import PluginKit
import Preprocessing
import StudyStore

/// Keeps what a search has found so far: the leaderboard, scores on disk, and models where they are needed.
actor SearchJournal {
  /// How many trials keep their scores in the run folder, besides the best of each entry of the pipeline.
  private static let scoresKept = 50

  private(set) var leaderboard: Leaderboard
  private(set) var records: [Int: TrialRecord] = [:]
  /// How many trials this process finished.
  private(set) var finishedHere = 0
  /// Trials that were ended from outside, ascending.
  private(set) var stoppedTrials: [Int] = []
  /// The models of the trials that are best so far, by trial, where there will be no refit.
  private(set) var trained: [Int: KeptModel] = [:]

  /// Which trials' models are kept; nil where there will be a refit.
  private let modelPolicy: TestPolicy?
  private let folder: RunFolder
  /// Whether it is this process that writes the leaderboard.
  private let writesLeaderboard: Bool
  private var scoresOnDisk: Set<Int> = []
  private var lastWrite: ContinuousClock.Instant?
  private let report: @Sendable (RunEvent) -> Void

  /// A trial's model of its first fit.
  struct KeptModel: Sendable {
    let model: any TrainedModel
    let preprocessor: FittedPreprocessor
  }

  init(
    leaderboard: Leaderboard, modelPolicy: TestPolicy?, folder: RunFolder, writesLeaderboard: Bool,
    report: @escaping @Sendable (RunEvent) -> Void
  ) {
    self.leaderboard = leaderboard
    self.modelPolicy = modelPolicy
    self.folder = folder
    self.writesLeaderboard = writesLeaderboard
    self.report = report
  }

  /// Takes in the trials of earlier starts.
  ///
  /// - Returns: Those that ought to have scores in the folder and have none.
  func restore(_ records: [TrialRecord]) throws -> [TrialRecord] {
    for record in records { enter(record) }
    scoresOnDisk = Set(folder.trialsWithScores())
    if writesLeaderboard { try removeScores(besides: bestTrials) }
    return bestTrials.subtracting(scoresOnDisk).sorted().compactMap { self.records[$0] }
  }

  /// Keeps the scores of a trial if it is among the best; they are on the disk before the trial is finished.
  func keepScores(_ finished: FinishedTrial) throws {
    guard let scores = finished.scores else { return }
    let entry = finished.record.leaderboardEntry()
    let better = leaderboard.ranked.filter { leaderboard.isRanked($0, before: entry) }
    let isBestOfModel = Self.isSearched(entry) && !better.contains { $0.model == entry.model }
    guard better.count < Self.scoresKept || isBestOfModel else { return }
    try folder.writeScores(scores, trial: finished.record.number)
  }

  /// Takes in a trial that this process finished; a model is kept where it will be needed.
  func add(_ finished: FinishedTrial) throws {
    finishedHere += 1
    try add(finished.record, trained: finished.trained)
  }

  /// Takes in a finished trial and reports it.
  func add(_ record: TrialRecord, trained model: KeptModel? = nil) throws {
    enter(record)
    if record.result != nil { scoresOnDisk.insert(record.number) }
    try removeScores(besides: bestTrials)
    if let modelPolicy, let model {
      let wanted = FinalModels.entries(leaderboard, policy: modelPolicy).compactMap(\.trial)
      trained[record.number] = model
      trained = trained.filter { wanted.contains($0.key) }
    }
    try writeNowAndThen()
    report(.finished(record, count: records.count, best: leaderboard.best))
  }

  /// Notes a trial that was ended from outside.
  func addStopped(_ trial: Int) {
    stoppedTrials.append(trial)
    stoppedTrials.sort()
  }

  private func enter(_ record: TrialRecord) {
    records[record.number] = record
    leaderboard.search.trials = records.keys.count { $0 > 0 }
    leaderboard.add(record.leaderboardEntry())
  }

  private var bestTrials: Set<Int> { Set(Self.trialsWithScores(leaderboard)) }

  /// The trials that keep their scores: the best, and the best of each entry of the pipeline; the best first.
  static func trialsWithScores(_ leaderboard: Leaderboard) -> [Int] {
    let best = Set(leaderboard.bestOfEachModel.filter(isSearched).map(\.trial))
    return leaderboard.ranked.filter { $0.trial != nil }.enumerated()
      .filter { $0.offset < scoresKept || best.contains($0.element.trial) }
      .compactMap(\.element.trial)
  }

  /// Whether an entry belongs to the pipeline; the baseline does not.
  private static func isSearched(_ entry: LeaderboardEntry) -> Bool {
    entry.model != TrialPlanner.baselineName
  }

  private func removeScores(besides best: Set<Int>) throws {
    for number in scoresOnDisk.subtracting(best).sorted() {
      try folder.removeScores(trial: number)
      scoresOnDisk.remove(number)
    }
  }

  /// Writes the leaderboard at most twice a second, for those who look at a run in progress.
  private func writeNowAndThen() throws {
    guard writesLeaderboard else { return }
    if let lastWrite, ContinuousClock.now - lastWrite < .milliseconds(500) { return }
    lastWrite = .now
    try folder.write(leaderboard, durable: false)
  }
}
