import Evaluation
import HyperparameterSearch
package import PipelineSpec
package import PluginKit
import StudyStore
import TabularData

/// A pipeline that is run: tables are read, trials searched, the best models refitted, tested and written.
///
/// It is the only owner of time, concurrency and seeds.
package struct Experiment: Sendable {
  let pipeline: Pipeline
  let registry: PluginRegistry
  let options: RunOptions
  let limits: RunLimits
  let report: @Sendable (RunEvent) -> Void

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

  /// Runs the pipeline, or finds that its folder holds the result already.
  ///
  /// - Throws: ``RunError``, errors of the table or of files; then no trial has run, or nothing more could
  ///   be written.
  package func run() async throws -> RunResult {
    let start = ContinuousClock.now
    let folder = RunFolder(path: options.outputFolder ?? pipeline.outputFolder)
    var record = try RunRecord(pipeline: pipeline, registry: registry, options: options)
    if let leaderboard = try completeRun(in: folder, record) {
      return RunResult(leaderboard: leaderboard, folder: folder.path, wasComplete: true, seconds: 0)
    }
    let rows = try prepare()
    record.warnings = rows.warnings
    record.timings.append(("load_seconds", (ContinuousClock.now - start).seconds))
    let study = Study(experiment: self, rows: rows, folder: folder, start: start)
    // What an earlier run left is removed only when nothing can be found to say against this one.
    try study.check()
    if !options.isFresh { try folder.refuseForeignFiles() }
    try begin(folder, rows, await study.journal.leaderboard)
    try await study.search()
    record.timings.append(("search_seconds", (ContinuousClock.now - start).seconds))
    let (leaderboard, warnings) = try await study.finish()
    record.warnings += warnings
    record.stoppedTrials = await study.journal.stoppedTrials
    record.timings.append(("total_seconds", (ContinuousClock.now - start).seconds))
    // The record comes before the leaderboard that says `complete`: a folder is complete or starts anew.
    try folder.write(record.json.indentedText, to: "run.json")
    try folder.write(leaderboard)
    return RunResult(
      leaderboard: leaderboard, folder: folder.path, wasComplete: false,
      seconds: (ContinuousClock.now - start).seconds)
  }

  /// The leaderboard of the same run, if the folder holds it whole.
  private func completeRun(in folder: RunFolder, _ record: RunRecord) throws -> Leaderboard? {
    guard !options.isFresh, let leaderboard = folder.earlierLeaderboard(),
      leaderboard.search.state == .complete
    else { return nil }
    guard record.knowsAllData else {
      throw RunError(
        "'\(folder.path)' holds a complete run, and whether it was of the table on standard input is "
          + "not known: --output DIR keeps it, --fresh replaces it")
    }
    guard folder.earlierIdentity() == record.identity else {
      throw RunError(
        "'\(folder.path)' holds a complete run of another pipeline, table or version: "
          + "--output DIR keeps both, --fresh replaces it")
    }
    guard folder.hasWholeModel else {
      report(
        .warning(
          "the model of the run in '\(folder.path)' is missing or damaged: the run starts anew"))
      return nil
    }
    return leaderboard
  }

  private func prepare() throws -> StudyRows {
    try pipeline.checkThatAModelRemains()
    let rows = try StudyRows(
      data: pipeline.data, split: pipeline.split, seed: Seed(pipeline.seed).keyed("split"),
      threads: options.workers)
    for warning in rows.warnings { report(.warning(warning)) }
    let fit = rows.parts.fits[0]
    let trialLimit = TrialPlanner(pipeline: pipeline, registry: registry).trialLimit
    report(
      .prepared(
        RunOverview(
          rowCount: rows.dataset.labels.count, featureCount: rows.dataset.features.columns.count,
          classes: rows.dataset.classes, trainingRows: fit.training.count,
          validationRows: fit.validation.count, testRows: rows.testRowCount,
          fits: rows.parts.fits.count, trials: min(trialLimit, .max - 1) + 1,
          metric: pipeline.search.metric)))
    return rows
  }

  private func begin(_ folder: RunFolder, _ rows: StudyRows, _ leaderboard: Leaderboard) throws {
    try folder.begin()
    // From here on the folder is known as that of a run.
    try folder.write(leaderboard)
    try folder.write(yamlText(pipeline.resolved), to: "pipeline.yaml")
    try folder.write(rows.parts.csv(dataset: rows.dataset), to: "split.csv")
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
