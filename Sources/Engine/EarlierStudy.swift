import Evaluation
import HyperparameterSearch
import ModelExport
import PipelineSpec
import PluginKit
import StudyStore

/// A study that a run finds in its folder, and what the run's pipeline changes about it.
struct EarlierStudy: Sendable {
  let changes: StudyChanges
  /// Trials that the leaderboard shows and the store does not: each was in the store before it was shown.
  private let lostTrials: Set<Int>

  /// Reads what a folder holds.
  ///
  /// - Returns: nil where no study was begun.
  /// - Throws: ``RunError`` if the study is of another pipeline, table or program; errors of the store.
  init?(in folder: RunFolder, _ record: RunRecord, _ experiment: Experiment) throws {
    guard folder.hasStudy else { return nil }
    let store = try SQLiteTrialStore.open(reading: folder.studyPath)
    defer { try? store.close() }
    // A run that was killed before it had noted what it runs has finished nothing.
    guard let identity = try StudyFacts(store: store).identity() else { return nil }
    guard record.knowsAllData else {
      throw RunError(
        "'\(folder.path)' holds a run, and whether it was of the table on standard input is not known: "
          + "--output DIR keeps it, --fresh replaces it")
    }
    changes = StudyChanges(
      from: identity.filledIn(registry: experiment.registry), to: record.studyIdentity)
    guard changes.refused.isEmpty else { throw changes.refusal(folder.path) }
    let numbers = try store.list().map(\.number)
    lostTrials = Set(folder.earlierLeaderboard()?.entries.compactMap(\.trial) ?? []).subtracting(
      numbers)
    let last = numbers.last ?? 0
    let trials = experiment.pipeline.search.trials
    guard last <= trials else {
      throw RunError(
        "'\(folder.path)' holds trials up to \(last) already, and search.trials is \(trials): give that "
          + "many or more; --output DIR keeps the run, --fresh starts anew")
    }
  }

  /// From which trials on how many entries are searched, now that some may have been added.
  func segments(in store: any TrialStore, _ pipeline: Pipeline) throws -> [StudySegment] {
    var segments = try StudyFacts(store: store).segments()
    let all = pipeline.models.count
    guard let last = segments.last else { return [StudySegment(firstTrial: 1, entryCount: all)] }
    guard last.entryCount < all else { return segments }
    let before = segments.count > 1 ? segments[segments.count - 2].entryCount : 0
    let lastDefault = last.firstTrial + last.entryCount - before - 1
    let lastBegun = max(
      try store.list().last?.number ?? 0, try store.running().last?.number ?? 0)
    segments.append(
      StudySegment(firstTrial: max(lastBegun, lastDefault) + 1, entryCount: all))
    return segments
  }

  /// Tells of the changes, and puts trials back that they call into question.
  func apply(to store: any TrialStore, _ experiment: Experiment) throws {
    if !lostTrials.isEmpty {
      experiment.report(
        .warning(
          "\(FigureFormat.counted(lostTrials.count, "trial")) of the leaderboard can't be found in study.db: "
            + "its -wal file was cut or removed; what is missing is run again"))
    }
    for difference in changes.applied where !difference.path.hasPrefix("output") {
      experiment.report(.note("\(difference)"))
    }
    try tellOfAddedEntries(store, experiment)
    guard changes.raisesTrialTime else { return }
    let records = try store.list()
    let ended = records.filter { $0.outcome.status == .timeout }.map(\.number)
    guard let first = ended.first else { return }
    // Only a sampler that learns has chosen other points by them, and only pruning other ends.
    let search = experiment.pipeline.search
    let depends = search.use == .tpe || search.pruning != .none
    let chosenBy = first + search.parallel
    let begun = records.map(\.number) + (try store.running().map(\.number))
    let chosen = depends ? begun.filter { $0 >= chosenBy } : []
    try store.discard(Set(ended + chosen))
    let others = Set(chosen).subtracting(ended).count
    experiment.report(
      .note(
        "run again, as trial_time has changed: trial\(ended.count == 1 ? "" : "s") "
          + ended.map(String.init).joined(separator: ", ")
          + (others > 0 ? ", and \(others) that were chosen by the results" : "")))
  }

  private func tellOfAddedEntries(_ store: any TrialStore, _ experiment: Experiment) throws {
    guard changes.addedEntries > 0 else { return }
    let pipeline = experiment.pipeline
    let names = pipeline.models.suffix(changes.addedEntries).map { "'\($0.name)'" }
    let first = try segments(in: store, pipeline).last?.firstTrial ?? 1
    let text = "added to models: \(names.joined(separator: ", ")), from trial \(first) on"
    guard first > pipeline.search.trials else { return experiment.report(.note(text)) }
    experiment.report(
      .warning(
        text
          + ", and search.trials is \(pipeline.search.trials): give more trials to try what was added"
      ))
  }
}

extension StudyChanges {
  /// Says what differs, and what would do.
  func refusal(_ folder: String) -> RunError {
    RunError(
      "'\(folder)' holds a study with other settings:\n"
        + refused.map { "  \($0)\n" }.joined()
        + "which would have given other trials: --output DIR keeps both, --fresh starts anew")
  }

  /// Whether the files of a complete run would be others now.
  var concernsResults: Bool {
    addedEntries > 0
      || applied.contains { difference in
        !["name", "output", "data", "search.time"].contains { part in
          difference.path == part || difference.path.hasPrefix(part + ".")
        }
      }
  }
}

extension Experiment {
  /// The leaderboard of the same run, if the folder holds it whole.
  func completeRun(in folder: RunFolder, _ record: RunRecord) throws -> Leaderboard? {
    guard !options.isFresh, folder.hasStudy, let leaderboard = folder.earlierLeaderboard(),
      leaderboard.search.state == .complete,
      let earlier = try EarlierStudy(in: folder, record, self), !earlier.changes.concernsResults,
      folder.earlierRecord() != nil, folder.hasWholeModel
    else { return nil }
    let store = try SQLiteTrialStore.open(reading: folder.studyPath)
    defer { try? store.close() }
    let trials = try store.list().map(\.number)
    return leaderboard.entries.compactMap(\.trial).sorted() == trials ? leaderboard : nil
  }
}
