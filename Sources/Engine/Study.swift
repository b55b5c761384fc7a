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
  let start: ContinuousClock.Instant
  let planner: TrialPlanner
  let runner: TrialRunner
  let journal: SearchJournal
  let schedule: TrialSchedule

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
      modelPolicy: pipeline.refit == .none ? pipeline.evaluate : nil, folder: folder,
      report: report)
    schedule = TrialSchedule(
      planner: planner,
      sampler: pipeline.search.use.sampler(space: planner.space, seed: seed.keyed("sampler")),
      store: MemoryTrialStore(), limits: experiment.limits, lossOf: { $0.loss(metric) })
  }

  // MARK: Search

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
  }

  /// Finds out before the first trial what would fail in every one.
  ///
  /// - Throws: ``RunError`` or an error of preprocessing.
  func check() throws {
    let plan = planner.baseline()
    let acceptsMissing = planner.acceptsMissing
    for fit in rows.parts.fits {
      let prepared = try rows.prepare(
        fit, steps: plan.steps, acceptsMissing: acceptsMissing, cache: runner.cache)
      try prepared.checkWeights(named: fit.name)
    }
    // Test rows teach nothing here: the question is only whether the steps can be applied to them.
    let preprocessor = try FittedPreprocessor.fit(
      plan.steps, to: rows.dataset.features, rows: rows.searchRows,
      acceptsMissing: acceptsMissing)
    _ = try rows.testData(preprocessor, training: rows.searchRows)
  }

  /// Ends the search so early that refit, tests and files fit into the time.
  private func setEnd() async {
    guard let time = experiment.pipeline.search.time else { return }
    let board = await journal.leaderboard
    let finals = Set(FinalModels.trials(board, policy: experiment.pipeline.evaluate))
    let perFit = board.ranked.filter { finals.contains($0.trial) }.map {
      ($0.fitSeconds ?? 0) / Double(rows.parts.fits.count)
    }
    // A refit has more rows than a fit; half as much again is on the safe side.
    let reserve = perFit.isEmpty ? 0.1 * time : 1.5 * perFit.reduce(0, +) + 0.02 * time
    experiment.limits.end(at: start + .seconds(max(0.5 * time, time - reserve)))
  }
}
