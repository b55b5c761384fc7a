import Evaluation
package import PipelineSpec
package import PluginKit
import StudyStore

/// A process that helps a run with its trials.
///
/// It finds out by itself where the next trial lies, as the run does, and leaves results to the store. The run
/// alone writes the leaderboard and the models.
package struct StudyWorker: Sendable {
  private let folder: RunFolder
  private let pipeline: Pipeline
  private let registry: PluginRegistry
  private let options: RunOptions
  private let limits: RunLimits
  private let report: @Sendable (RunEvent) -> Void

  /// Prepares to help.
  ///
  /// - Parameters:
  ///   - path: The run folder.
  ///   - pipeline: What ``pipelineFile(ofRun:)`` says.
  ///   - registry: The plugins that the run has.
  ///   - options: How many trials run at once; the rest is the run's.
  ///   - limits: Through which a person can stop the worker.
  ///   - report: Told of everything that happens; called from any thread.
  package init(
    run path: String, pipeline: Pipeline, registry: PluginRegistry, options: RunOptions,
    limits: RunLimits, report: @escaping @Sendable (RunEvent) -> Void
  ) {
    folder = RunFolder(path: path)
    self.pipeline = pipeline
    self.registry = registry
    self.options = options
    self.limits = limits
    self.report = report
  }

  /// Runs trials until there are no more, or the run or a person stops.
  ///
  /// - Returns: How many trials were finished here.
  /// - Throws: ``RunError`` if there is no run to help; errors of tables, files or of the store.
  package func run() async throws -> Int {
    let start = ContinuousClock.now
    let (experiment, segments) = try joined()
    let rows = try experiment.readRows()
    let cache = SharedCache(byteLimit: Experiment.cacheLimit)
    let store = try SQLiteTrialStore.open(
      folder.studyPath,
      for: StudyDescription(
        name: experiment.pipeline.name, metric: experiment.pipeline.search.metric,
        space: experiment.planner.space))
    defer { try? store.close() }
    let study = try Study(
      experiment: experiment, rows: rows, cache: cache, folder: folder, store: store,
      segments: segments, clock: StudyClock(earlier: 0, start: start), isOwner: false)
    let finished = try await study.restore()
    report(.resumed(finished: finished, best: await study.journal.leaderboard.best))
    let heartbeat = Heartbeat(every: 2) {
      study.showLife()
      // The run has stopped, or somebody has put another one in its place.
      if (try? study.facts.isSearching()) != true { limits.cancel() }
    }
    defer { heartbeat.stop() }
    try await study.search()
    return await study.journal.finishedHere
  }

  /// The experiment that the run is, as its store describes it.
  private func joined() throws -> (Experiment, [StudySegment]) {
    let store = try folder.openStudyForReading()
    defer { try? store.close() }
    let facts = StudyFacts(store: store)
    guard let identity = try facts.identity(), try facts.isSearching() else {
      throw RunError(
        "no run is searching in '\(folder.path)': a worker helps one that is; 'automl run' with the same "
          + "pipeline begins or goes on")
    }
    let record = try RunRecord(pipeline: pipeline, registry: registry, options: options)
    let changes = StudyChanges(
      from: identity.filledIn(registry: registry), to: record.studyIdentity)
    guard changes.refused.isEmpty, changes.addedEntries == 0, record.knowsAllData else {
      throw RunError(
        "this worker would not get the results of the run in '\(folder.path)':\n"
          + changes.refused.map { "  \($0)\n" }.joined()
          + "it needs the same tables, plugins and kind of CPU")
    }
    let experiment = Experiment(
      pipeline: pipeline, registry: registry, options: options, limits: limits, report: report)
    return (experiment, try facts.segments())
  }
}
