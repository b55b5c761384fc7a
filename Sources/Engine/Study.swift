import Evaluation
import HyperparameterSearch
import PipelineSpec
import PluginKit
import StudyStore
import ModelExport
import TabularData

/// The search of a run and what follows from it.
struct Study: Sendable {
  let experiment: Experiment
  let rows: StudyRows
  let folder: RunFolder
  let start: ContinuousClock.Instant
  let planner: TrialPlanner
  let runner: TrialRunner
  let journal: SearchJournal
  private let schedule: TrialSchedule

  /// The most memory that trials share, in bytes.
  private static let cacheLimit = 2 << 30

  init(
    experiment: Experiment, rows: StudyRows, folder: RunFolder, start: ContinuousClock.Instant
  ) {
    self.experiment = experiment
    self.rows = rows
    self.folder = folder
    self.start = start
    let pipeline = experiment.pipeline
    let seed = Seed(pipeline.seed)
    let metric = pipeline.search.metric
    planner = TrialPlanner(pipeline: pipeline, registry: experiment.registry)
    let report = experiment.report
    runner = TrialRunner(
      rows: rows, seed: seed, metric: metric, trialTime: pipeline.search.trialTime,
      cache: SharedCache(byteLimit: Self.cacheLimit), limits: experiment.limits,
      onEpoch: { report(.epoch(trial: $0, $1)) })
    journal = SearchJournal(
      leaderboard: Leaderboard(
        metric: metric, classes: rows.dataset.classes,
        search: SearchState(state: .running, trials: 0, deterministic: true)),
      keepsModels: pipeline.refit == .none, folder: folder, report: report)
    schedule = TrialSchedule(
      planner: planner,
      sampler: pipeline.search.use.sampler(space: planner.space, seed: seed.keyed("sampler")),
      store: MemoryTrialStore(), limits: experiment.limits, lossOf: { $0.loss(metric) })
  }

  // MARK: Search

  /// Runs trials until there are enough, or the time is up, or a person stops it.
  func search() async throws {
    await setEnd()
    try checkPreprocessing()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<experiment.options.workers {
        group.addTask { try await work() }
      }
      try await group.waitForAll()
    }
  }

  private func work() async throws {
    while let plan = try await schedule.next() {
      do {
        let finished = try runner.run(plan)
        try await schedule.finish(finished.record)
        try await journal.add(finished)
        await setEnd()
      } catch is TrainingInterruption {
        await journal.addStopped(plan.number)
      }
    }
    await schedule.wake()
  }

  /// Finds out before the first trial what would fail in every one.
  private func checkPreprocessing() throws {
    let plan = planner.baseline()
    for fit in rows.parts.fits {
      _ = try rows.prepare(fit, steps: plan.steps, acceptsMissing: false, cache: runner.cache)
    }
  }

  /// Ends the search so early that refit, tests and files fit into the time.
  private func setEnd() async {
    guard let time = experiment.pipeline.search.time else { return }
    let board = await journal.leaderboard
    let perFit = board.bestOfEachModel.map { ($0.fitSeconds ?? 0) / Double(rows.parts.fits.count) }
    // A refit has more rows than a fit; half as much again is on the safe side.
    let reserve = perFit.isEmpty ? 0.1 * time : 1.5 * perFit.reduce(0, +) + 0.02 * time
    experiment.limits.end(at: start + .seconds(max(0.5 * time, time - reserve)))
  }

  // MARK: Results

  /// Refits and tests the best, writes the model and all figures.
  ///
  /// - Returns: The leaderboard with test figures, which is not written yet.
  func finish() async throws -> Leaderboard {
    var leaderboard = await journal.leaderboard
    leaderboard.search = await searchState(leaderboard)
    let policy =
      leaderboard.search.state == .interrupted ? TestPolicy.none : experiment.pipeline.evaluate
    let records = await journal.records
    let finals = try await finalModels(
      FinalModels.trials(leaderboard, policy: policy), records, tests: policy != .none)
    for final in finals {
      if let test = final.test { leaderboard.setTest(test, trial: final.trial) }
    }
    if let winner = finals.first {
      try folder.write(winner.bundle.encoded(), to: "best.safetensors")
    }
    if let curves = learningCurvesCSV(leaderboard, records) {
      try folder.write(curves, to: "curves.csv")
    }
    return leaderboard
  }

  private func finalModels(
    _ trials: [Int], _ records: [Int: TrialRecord], tests: Bool
  ) async throws -> [FinalModel] {
    experiment.report(.refitting(models: trials.count))
    let maker = FinalModels(
      rows: rows, runner: runner, planner: planner, trained: await journal.trained)
    let chosen = trials.compactMap { records[$0] }
    var made: [Int: FinalModel] = [:]
    try await withThrowingTaskGroup(of: FinalModel.self) { group in
      for record in chosen.prefix(experiment.options.workers) {
        group.addTask { try maker.make(record, tests: tests) }
      }
      var waiting = chosen.dropFirst(experiment.options.workers)
      while let final = try await group.next() {
        made[final.trial] = final
        if let record = waiting.popFirst() {
          group.addTask { try maker.make(record, tests: tests) }
        }
      }
    }
    return trials.compactMap { made[$0] }
  }

  private func searchState(_ leaderboard: Leaderboard) async -> SearchState {
    let stopped = await journal.stoppedTrials
    let wasCutShort = await schedule.wasCutShort || !stopped.isEmpty
    let timedOut = leaderboard.entries.contains { $0.status == .timeout }
    let cause: SearchState.State = experiment.limits.isCancelled ? .interrupted : .timeLimit
    return SearchState(
      state: wasCutShort ? cause : .complete,
      trials: leaderboard.entries.count { $0.trial > 0 },
      deterministic: !wasCutShort && !timedOut)
  }
}
