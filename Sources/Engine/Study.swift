import EnsembleSelection
import Evaluation
import HyperparameterSearch
import PipelineSpec
import PluginKit
import Preprocessing
import StudyStore
import TabularData

/// The search of a run and what follows from it.
struct Study: Sendable {
  let experiment: Experiment
  let rows: StudyRows
  let folder: RunFolder
  let facts: StudyFacts
  let clock: StudyClock
  let planner: TrialPlanner
  let runner: TrialRunner
  let journal: SearchJournal
  let schedule: TrialSchedule

  /// Whether it is this process that writes the results, and not one that only helps.
  let isOwner: Bool

  init(
    experiment: Experiment, rows: StudyRows, cache: SharedCache, folder: RunFolder,
    store: any TrialStore, segments: [StudySegment], clock: StudyClock, isOwner: Bool = true
  ) throws {
    self.experiment = experiment
    self.rows = rows
    self.folder = folder
    self.clock = clock
    self.isOwner = isOwner
    facts = StudyFacts(store: store)
    let pipeline = experiment.pipeline
    let seed = Seed(pipeline.seed)
    let metric = pipeline.search.metric
    planner = TrialPlanner(pipeline: pipeline, registry: experiment.registry)
    let report = experiment.report
    runner = TrialRunner(
      rows: rows, seed: seed, metric: metric, calibration: pipeline.calibration,
      trialTime: pipeline.search.trialTime, cache: cache,
      limits: experiment.limits, onEpoch: { report(.epoch(trial: $0, $1)) })
    let journal = SearchJournal(
      leaderboard: Leaderboard(
        metric: metric, classes: rows.dataset.classes,
        search: SearchState(state: .running, trials: 0, deterministic: true)),
      modelPolicy: pipeline.refit == .none ? pipeline.evaluate : nil, folder: folder,
      writesLeaderboard: isOwner, report: report)
    self.journal = journal
    let points = PointSequence(
      planner: planner, segments: segments,
      sampler: { pipeline.search.use.sampler(space: $0, seed: seed.keyed("sampler")) },
      warmStart: try facts.warmStart() ?? WarmStart(trials: []),
      lossOf: { $0.loss(metric) })
    schedule = TrialSchedule(
      planner: planner, points: points, store: store, limits: experiment.limits,
      onNews: { try await journal.add($0) })
  }

  /// Takes in the trials of earlier starts.
  ///
  /// - Returns: How many there are.
  func restore() async throws -> Int {
    let records = try await schedule.restore()
    let withoutScores = try await journal.restore(records)
    guard isOwner else { return records.count }
    for record in withoutScores where !experiment.limits.isOver {
      let again = try? runner.run(planner.plan(of: record))
      if let scores = again?.scores { try folder.writeScores(scores, trial: record.number) }
    }
    return records.count
  }

  /// Runs trials until there are enough, or the time is up, or a person stops it.
  func search() async throws {
    await setEnd()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<experiment.options.workers {
        group.addTask { try await work() }
      }
      try await group.waitForAll()
    }
  }

  private func work() async throws {
    do {
      try await runTrials()
    } catch {
      // Nobody may wait for a trial that will never be finished.
      experiment.limits.cancel()
      await schedule.wake()
      throw error
    }
    await schedule.wake()
  }

  private func runTrials() async throws {
    while let (plan, claim) = try await schedule.next() {
      do {
        let finished = try runner.run(plan)
        try await journal.keepScores(finished)
        if try await schedule.finish(claim, finished.record) {
          try await journal.add(finished)
        }
        if isOwner { try facts.setElapsed(clock.elapsed) }
        await setEnd()
      } catch is TrainingInterruption {
        try await schedule.release(claim)
        await journal.addStopped(plan.number)
      }
    }
  }

  /// Keeps this process' claims, and the time that was used.
  func showLife() {
    // At the worst others take a trial over, and the result is the same.
    try? facts.store.renewClaims(of: .current)
    if isOwner { try? facts.setElapsed(clock.elapsed) }
  }

  /// Ends the search so early that refit, tests and files fit into the time.
  private func setEnd() async {
    guard isOwner, let time = experiment.pipeline.search.time else { return }
    let board = await journal.leaderboard
    var finals = Set(
      FinalModels.entries(board, policy: experiment.pipeline.evaluate).compactMap(\.trial))
    // Which trials the ensemble will have is not known yet.
    let size = experiment.pipeline.ensemble?.values[EnsembleDeclaration.size] ?? 0
    finals.formUnion(board.ranked.prefix(size).compactMap(\.trial))
    let perFit = board.ranked.filter { $0.trial.map(finals.contains) ?? false }.map {
      ($0.fitSeconds ?? 0) / Double(rows.parts.fits.count)
    }
    // A refit has more rows than a fit; half as much again is on the safe side.
    let reserve = perFit.isEmpty ? 0.1 * time : 1.5 * perFit.reduce(0, +) + 0.02 * time
    experiment.limits.end(at: clock.instant(atElapsed: max(0.5 * time, time - reserve)))
  }
}

/// The time that a study takes, over all of its starts.
struct StudyClock: Sendable {
  /// Seconds that the starts before this one took.
  let earlier: Double
  /// When this start began.
  let start: ContinuousClock.Instant

  /// Seconds so far.
  var elapsed: Double { earlier + (ContinuousClock.now - start).seconds }

  /// When the study will have taken so many seconds; in the past if it has.
  func instant(atElapsed seconds: Double) -> ContinuousClock.Instant {
    start + .seconds(seconds - earlier)
  }
}
