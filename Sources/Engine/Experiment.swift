import Evaluation
import HyperparameterSearch
package import PipelineSpec
package import PluginKit
import StudyStore
import SystemFiles
import TabularData

/// A pipeline that is run: tables are read, trials searched, the best models refitted, tested and written.
///
/// It is the only owner of time, concurrency and seeds. What an earlier start of the same study finished is
/// not run again.
package struct Experiment: Sendable {
  let pipeline: Pipeline
  let registry: PluginRegistry
  let options: RunOptions
  let limits: RunLimits
  let report: @Sendable (RunEvent) -> Void

  /// The most memory that trials share, in bytes.
  static let cacheLimit = 2 << 30

  /// Prepares a run of a checked pipeline.
  ///
  /// - Parameters:
  ///   - pipeline: What to run.
  ///   - registry: The plugins, with one named `baseline`.
  ///   - options: Workers and folder.
  ///   - limits: Through which a person can stop the run.
  ///   - report: Told of everything that happens; called from any thread.
  package init(
    pipeline: Pipeline, registry: PluginRegistry, options: RunOptions, limits: RunLimits,
    report: @escaping @Sendable (RunEvent) -> Void
  ) {
    self.pipeline = pipeline
    self.registry = registry
    self.options = options
    self.limits = limits
    self.report = report
  }

  /// Runs the pipeline, goes on with it, or finds that its folder holds the result already.
  ///
  /// - Throws: ``RunError``, errors of the table, of files or of the study's store; then no trial has run, or
  ///   nothing more could be written. What was finished before is kept.
  package func run() async throws -> RunResult {
    let start = ContinuousClock.now
    let folder = RunFolder(path: options.outputFolder ?? pipeline.outputFolder)
    var record = try RunRecord(pipeline: pipeline, registry: registry, options: options)
    if let leaderboard = try completeRun(in: folder, record) {
      // A run that was killed after its last result may have left some; a folder for reading keeps them.
      try? folder.removeUnfinishedFiles()
      return RunResult(leaderboard: leaderboard, folder: folder.path, wasComplete: true, seconds: 0)
    }
    // A folder that is not there is not made before it is clear that something can be run.
    var lock = folder.exists ? try folder.lock() : nil
    defer { lock?.release() }
    let earlier = options.isFresh ? nil : try EarlierStudy(in: folder, record, self)
    if earlier == nil, !options.isFresh { try folder.refuseForeignFiles() }
    let rows = try readRows()
    record.warnings = rows.warnings
    record.timings.append(("load_seconds", (ContinuousClock.now - start).seconds))
    let cache = SharedCache(byteLimit: Self.cacheLimit)
    // What an earlier run left is removed only when nothing can be found to say against this one.
    try rows.check(planner, cache: cache)
    let warmStart = earlier == nil ? try readWarmStart(&record) : nil
    try folder.make()
    if lock == nil { lock = try folder.lock() }
    let (store, segments) = try begin(folder, earlier, record, warmStart)
    defer { try? store.close() }
    let study = try Study(
      experiment: self, rows: rows, cache: cache, folder: folder, store: store, segments: segments,
      clock: StudyClock(earlier: try StudyFacts(store: store).elapsedSeconds(), start: start))
    let leaderboard = try await complete(study, &record, lock)
    return RunResult(
      leaderboard: leaderboard, folder: folder.path, wasComplete: false,
      seconds: (ContinuousClock.now - start).seconds)
  }

  var planner: TrialPlanner { TrialPlanner(pipeline: pipeline, registry: registry) }

  /// Reads and splits the tables and tells of them.
  func readRows() throws -> StudyRows {
    try pipeline.checkThatAModelRemains()
    let rows = try StudyRows(
      data: pipeline.data, split: pipeline.split, decision: pipeline.decision,
      seed: Seed(pipeline.seed).keyed("split"),
      threads: options.workers)
    for warning in rows.warnings { report(.warning(warning)) }
    let fit = rows.parts.fits[0]
    report(
      .prepared(
        RunOverview(
          rowCount: rows.dataset.labels.count, featureCount: rows.dataset.features.columns.count,
          classes: rows.dataset.classes, trainingRows: fit.training.count,
          validationRows: fit.validation.count, testRows: rows.testRowCount,
          fits: rows.parts.fits.count, trials: min(planner.trialLimit, .max - 1) + 1,
          metric: pipeline.search.metric)))
    return rows
  }

  /// The trials of another study that a new one begins with; nil where the pipeline names none.
  private func readWarmStart(_ record: inout RunRecord) throws -> WarmStart? {
    if let warmStart = options.warmStart { return warmStart }
    guard let (warmStart, notes) = try WarmStart.named(by: pipeline, planner) else { return nil }
    let count = FigureFormat.counted(warmStart.trials.count, "trial")
    report(.note("starts from \(count) of an earlier study"))
    for note in notes { report(.warning(note)) }
    record.warnings += notes
    return warmStart
  }

  /// Begins a study in a folder, or another start of the one that is there.
  private func begin(
    _ folder: RunFolder, _ earlier: EarlierStudy?, _ record: RunRecord, _ warmStart: WarmStart?
  ) throws -> (any TrialStore, [StudySegment]) {
    let description = StudyDescription(
      name: pipeline.name, metric: pipeline.search.metric, space: planner.space)
    let store: any TrialStore
    if earlier != nil {
      store = try SQLiteTrialStore.open(folder.studyPath, for: description)
    } else {
      try folder.clear()
      store = try SQLiteTrialStore.create(folder.studyPath, description)
    }
    try folder.removeUnfinishedFiles()
    let segments =
      try earlier?.segments(in: store, pipeline)
      ?? options.segments ?? [StudySegment(firstTrial: 1, entryCount: pipeline.models.count)]
    try earlier?.apply(to: store, self)
    if let warmStart { try StudyFacts(store: store).setWarmStart(warmStart) }
    try StudyFacts(store: store).begin(
      record.studyIdentity, segments, program: options.programVersion)
    return (store, segments)
  }

  /// Searches, and leaves all results in the folder.
  private func complete(
    _ study: Study, _ record: inout RunRecord, _ lock: RunLock?
  ) async throws -> Leaderboard {
    let folder = study.folder
    let finished = try await study.restore()
    if finished > 0 {
      report(.resumed(finished: finished, best: await study.journal.leaderboard.best))
    }
    // From here on the folder shows a run at work.
    try folder.write(await study.journal.leaderboard)
    try folder.write(yamlText(pipeline.resolved), to: "pipeline.yaml")
    try folder.write(study.rows.parts.csv(dataset: study.rows.dataset), to: "split.csv")
    let heartbeat = Heartbeat(every: 5) {
      lock?.touch()
      study.showLife()
    }
    defer { heartbeat.stop() }
    do {
      return try await searchAndFinish(study, &record)
    } catch let error as FileError {
      try? study.facts.endSearch()
      throw InterruptedRun(cause: error, finished: await study.journal.records.count)
    }
  }

  private func searchAndFinish(
    _ study: Study, _ record: inout RunRecord
  ) async throws -> Leaderboard {
    let folder = study.folder
    try await study.search()
    try study.facts.endSearch()
    record.timings.append(("search_seconds", (ContinuousClock.now - study.clock.start).seconds))
    let (leaderboard, warnings) = try await study.finish()
    if let best = leaderboard.ranked.compactMap(\.trial).first {
      try study.facts.store.setBest(best)
    }
    record.warnings += warnings
    record.timings.append(("total_seconds", (ContinuousClock.now - study.clock.start).seconds))
    try study.facts.setElapsed(study.clock.elapsed)
    try await record.describe(study, leaderboard)
    // The record comes before the leaderboard that says `complete`.
    try folder.write(record.json.indentedText, to: "run.json")
    try await writeReport(study, leaderboard, record)
    try folder.write(leaderboard)
    return leaderboard
  }

  /// Writes the report; a run of which none can be made is complete all the same.
  private func writeReport(
    _ study: Study, _ leaderboard: Leaderboard, _ record: RunRecord
  ) async throws {
    let reporting = RunReporting(
      folder: study.folder, pipeline: pipeline, registry: registry, rows: study.rows)
    do {
      let made = try reporting.report(
        leaderboard, record: record.json, records: await study.journal.records)
      try study.folder.write(made)
    } catch let error as FileError {
      throw error
    } catch {
      report(.warning("the run has no report: \(error)"))
    }
  }
}

/// A run that could not go on because a file could not be written.
struct InterruptedRun: Error, CustomStringConvertible {
  let cause: FileError
  let finished: Int

  var description: String {
    "\(cause); \(finished) finished trial\(finished == 1 ? " is" : "s are") kept: when that is cured, the "
      + "same command goes on"
  }
}

extension Pipeline {
  /// Refuses a pipeline that would leave no model behind.
  func checkThatAModelRemains() throws(RunError) {
    guard refit == .none, split.folds != nil else { return }
    throw RunError(
      "refit: none needs a hold-out: with split.folds there is no single model to keep; "
        + "use refit: train+validation")
  }
}
