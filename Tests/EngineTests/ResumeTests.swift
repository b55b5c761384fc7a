import Engine
import Evaluation
import Foundation
import PipelineSpec
import PluginKit
import StudyStore
import SystemFiles
import Synchronization
import TestSupport
import Testing

/// Cancels a run after a number of trials.
private func limits(after count: Int) -> (RunLimits, @Sendable (RunEvent) -> Void) {
  let limits = RunLimits()
  let left = Mutex(count)
  return (
    limits,
    { event in
      guard case .finished = event else { return }
      if left.withLock({ left in
        left -= 1
        return left <= 0
      }) {
        limits.cancel()
      }
    }
  )
}

extension ToyStudy {
  /// Runs until so many trials more are finished, and is interrupted.
  @discardableResult
  func runPart(
    _ pipeline: Pipeline, to name: String = "run", trials: Int, workers: Int = 2
  ) async throws -> RunResult {
    let (limits, report) = limits(after: trials)
    return try await run(pipeline, to: name, workers: workers, limits: limits, report: report)
  }

  /// Whether two runs have the same leaderboard but for timings, and the same model.
  func isSame(_ name: String, _ other: String) throws -> Bool {
    try timelessLeaderboard(name) == timelessLeaderboard(other)
      && folder.data("\(name)/best.safetensors") == folder.data("\(other)/best.safetensors")
  }
}

@Test(arguments: [1, 2, 4])
func anInterruptedStudyGoesOnToTheSameEnd(workers: Int) async throws {
  let log = TrainingLog()
  let study = try ToyStudy([log.plugin(), failing])
  let pipeline = try study.pipeline(search: "{use: tpe, trials: 30, parallel: 4}")
  try await study.run(pipeline, to: "whole")
  let calls = log.calls.count
  for part in [5, 1, 7, 2, 4] {
    let result = try await study.runPart(pipeline, trials: part, workers: workers)
    #expect(result.leaderboard.search.state == .interrupted)
  }
  let before = log.calls.count
  let events = EventLog()
  let whole = try await study.run(pipeline, workers: workers, report: events.take)
  #expect(!whole.wasComplete)
  #expect(try study.isSame("run", "whole"))
  #expect(Set(try study.folder.trialFiles("run")) == Set(try study.folder.trialFiles("whole")))
  // No finished trial was trained again.
  #expect(log.calls.count - before < calls - 10)
  #expect(events.resumed.map { $0 >= 19 } == true)
}

@Test func moreTrialsExtendACompleteStudy() async throws {
  let log = TrainingLog()
  let study = try ToyStudy([log.plugin()])
  func pipeline(_ trials: Int) throws -> Pipeline {
    try study.pipeline(search: "{use: tpe, trials: \(trials), parallel: 3}")
  }
  try await study.run(pipeline(40), to: "whole")
  try await study.run(pipeline(12))
  let calls = log.calls.count
  let events = EventLog()
  let extended = try await study.run(pipeline(40), report: events.take)
  #expect(log.calls.count - calls == 28 + 1)  // the trials that are new, and one refit
  #expect(extended.leaderboard.search == SearchState(state: .complete, trials: 40))
  #expect(events.notes == ["search.trials: 12 → 40"])
  #expect(try study.isSame("run", "whole"))
  let error = await #expect(throws: RunError.self) { try await study.run(pipeline(12)) }
  #expect(
    error?.description
      == "'\(study.folder.path("run"))' holds trials up to 40 already, and search.trials is 12: give that "
      + "many or more; --output DIR keeps the run, --fresh starts anew")
}

@Test func lostFilesAreMadeAgainWithoutAnyTrial() async throws {
  let log = TrainingLog()
  let study = try ToyStudy([log.plugin()])
  let pipeline = try study.pipeline(search: "{use: random, trials: 8}")
  try await study.run(pipeline)
  for name in ["best.safetensors", "leaderboard.json", "run.json"] {
    let before = try study.folder.data("run/\(name)")
    let calls = log.calls.count
    try study.folder.write(Data(before.prefix(before.count / 2)), to: "run/\(name)")
    let again = try await study.run(pipeline)
    #expect(!again.wasComplete)
    #expect(log.calls.count - calls == 1)  // the refit
    if name != "run.json" { #expect(try study.folder.data("run/\(name)") == before) }
  }
}

@Test func lostScoresAreMadeAgain() async throws {
  let study = try ToyStudy()
  let pipeline = try study.pipeline(search: "{use: random, trials: 8}")
  try await study.runPart(pipeline, trials: 6)
  let scores = try study.folder.data("run/trials/2.safetensors")
  try FileManager.default.removeItem(atPath: study.folder.path("run/trials/2.safetensors"))
  try await study.run(pipeline)
  #expect(try study.folder.data("run/trials/2.safetensors") == scores)
}

@Test func withoutARefitTheModelOfAnEarlierStartIsTrainedAgain() async throws {
  let study = try ToyStudy()
  let pipeline = try study.pipeline(
    search: "{use: random, trials: 10, parallel: 2}", more: "refit: none")
  try await study.run(pipeline, to: "whole")
  try await study.runPart(pipeline, trials: 9)
  try await study.run(pipeline)
  #expect(try study.isSame("run", "whole"))
}

@Test func changesThatConcernNoTrialAreApplied() async throws {
  let study = try ToyStudy()
  try await study.runPart(study.pipeline(search: "{use: random, trials: 10}"), trials: 4)
  let events = EventLog()
  let result = try await study.run(
    study.pipeline(
      search: "{use: random, trials: 11, time: 3600, trial_time: 60}", more: "evaluate: {test: all}"
    ),
    workers: 3, report: events.take)
  #expect(
    events.notes == [
      "search.trials: 10 → 11", "search.time: absent → 3600.0",
      "search.trial_time: absent → 60.0", "evaluate.test: best-of-each → all",
    ])
  #expect(result.leaderboard.ranked.allSatisfy { $0.test != nil })
}

@Test func anotherEntryJoinsWithNewTrialNumbers() async throws {
  let study = try ToyStudy([centroids, TrainingLog().plugin("second")])
  func pipeline(_ models: String, _ trials: Int) throws -> Pipeline {
    try study.pipeline(
      models: "[\(models)]", search: "{use: tpe, trials: \(trials), parallel: 2}")
  }
  let both = "{use: centroids}, {use: second}"
  for (name, workers) in [("one", 1), ("four", 4)] {
    try await study.run(pipeline("{use: centroids}", 9), to: name, workers: workers)
    let before = try readLeaderboard(ofRun: study.folder.path(name)).entries
    let events = EventLog()
    try await study.run(pipeline(both, 20), to: name, workers: workers, report: events.take)
    #expect(events.notes.contains("added to models: 'second', from trial 10 on"))
    let entries = try readLeaderboard(ofRun: study.folder.path(name)).entries
    for entry in before {
      let now = entries.first { $0.trial == entry.trial }
      #expect(now?.parameters == entry.parameters && now?.validation == entry.validation)
    }
    let added = try #require(entries.first { $0.trial == 10 })
    #expect(added.model == "second" && added.parameters == .object([("noise", .number(0.5))]))
    #expect(entries.contains { $0.trial ?? 0 > 10 && $0.model == "second" })
  }
  #expect(try study.isSame("one", "four"))
  let swapped = try pipeline("{use: second}, {use: centroids}", 20)
  let error = await #expect(throws: RunError.self) { try await study.run(swapped, to: "one") }
  #expect(error?.description.contains("\n  models[0].use: centroids → second\n") == true)
}

@Test func anEntryThatNoTrialIsLeftForIsTold() async throws {
  let study = try ToyStudy([centroids, TrainingLog().plugin("second")])
  try await study.run(study.pipeline(models: "[{use: centroids}]", search: "{trials: 5}"))
  let warnings = WarningLog()
  try await study.run(
    study.pipeline(models: "[{use: centroids}, {use: second}]", search: "{trials: 5}"),
    report: warnings.take)
  #expect(
    warnings.texts == [
      "added to models: 'second', from trial 6 on, and search.trials is 5: give more trials to try what "
        + "was added"
    ])
}

@Test func trialsThatAClockEndedAreRunAgainWithMoreTime() async throws {
  // Trial 3 takes its time as long as the clock is strict.
  let isStrict = Atomic<Bool>(false)
  let moody = ClosurePlugin("centroids", parameters: [noise.declaration]) {
    data, parameters, context in
    let number = (0...20).first { Seed(7).keyed("trial", $0).keyed("fit", 0) == context.trialSeed }
    if number == 3, isStrict.load(ordering: .relaxed) {
      while true { try context.checkpoint() }
    }
    let model = CentroidModel.fit(data, noise: parameters[noise], seed: context.trialSeed)
    return TrainingOutcome(model: model, report: TrainingReport(stopping: .converged))
  }
  let study = try ToyStudy([moody])
  func pipeline(_ time: Double) throws -> Pipeline {
    try study.pipeline(search: "{use: tpe, trials: 14, parallel: 2, trial_time: \(time)}")
  }
  try await study.run(pipeline(600), to: "whole")
  isStrict.store(true, ordering: .relaxed)
  let strict = try await study.run(pipeline(2))
  #expect(try strict.entry(3).status == .timeout)
  #expect(!strict.leaderboard.search.deterministic)
  let record = try JSONValue(parsing: Array(study.folder.data("run/run.json")))
  #expect(record["stopped_trials"] == .array([.integer(3)]))
  #expect(record["deterministic"] == .bool(false))
  isStrict.store(false, ordering: .relaxed)
  let events = EventLog()
  let extended = try await study.run(pipeline(600), report: events.take)
  #expect(
    events.notes.contains { $0.hasPrefix("run again, as trial_time has changed: trial 3, and 10") },
    "\(events.notes)")
  #expect(extended.leaderboard.search == SearchState(state: .complete, trials: 14))
  #expect(try study.isSame("run", "whole"))
}

@Test func theTimeOfAllStartsCounts() async throws {
  let log = TrainingLog()
  let study = try ToyStudy([log.plugin(), endless])
  func pipeline(_ time: Double) throws -> Pipeline {
    try study.pipeline(
      models: "[{use: recorder}, {use: endless}]", search: "{trials: 9, time: \(time)}")
  }
  let first = try await study.run(pipeline(0.6))
  #expect(first.leaderboard.search.state == .timeLimit)
  let calls = log.calls.count
  let second = try await study.run(pipeline(0.6))
  #expect(second.leaderboard.search.state == .timeLimit)
  #expect(log.calls.count - calls <= 1)  // a refit, and no trial
  let record = try JSONValue(parsing: Array(study.folder.data("run/run.json")))
  #expect(record["starts"]?.integer == 2)
  #expect((record["elapsed_seconds"]?.number ?? 0) >= 0.3)
}

@Test func aFolderThatAnotherRunHoldsIsLeftAlone() async throws {
  let study = try ToyStudy()
  let pipeline = try study.pipeline(search: "{use: random, trials: 6}")
  try await study.runPart(pipeline, trials: 2)
  let path = study.folder.path("run/run.lock")
  guard case .held(let lock, _) = try FileLock.attempt(path) else {
    Issue.record("the lock was left behind")
    return
  }
  lock.write(#"{"host": "here", "process": 12, "process_start": "", "seen": 0}"#)
  for isFresh in [false, true] {
    await #expect(
      throws: RunError(
        "another run is at work in '\(study.folder.path("run"))': process 12 on here; wait for it, stop it, "
          + "or choose another folder with --output; to help it: automl worker "
          + study.folder.path("run"))
    ) { try await study.run(pipeline, isFresh: isFresh) }
  }
  lock.release()
  try await study.run(pipeline)
  #expect(!study.folder.contains("run/run.lock"))
}

/// A lock of another machine can't be asked for; its owner touches it every few seconds.
@Test(arguments: [(5, false), (120, true)])
func aLockOfAnotherMachineHoldsForAMinute(age: Int, isFree: Bool) async throws {
  let study = try ToyStudy()
  let pipeline = try study.pipeline(search: "{use: random, trials: 2}")
  let seen = Int(Date().timeIntervalSince1970) - age
  try study.folder.write(
    #"{"host": "elsewhere", "process": 12, "process_start": "", "seen": \#(seen)}"#,
    to: "run/run.lock")
  if isFree {
    try await study.run(pipeline)
  } else {
    let error = await #expect(throws: RunError.self) { try await study.run(pipeline) }
    #expect(error?.description.contains(": process 12 on elsewhere; wait for it") == true)
  }
}

@Test func aStudyOfAnotherPluginVersionIsNotContinued() async throws {
  let study = try ToyStudy()
  let pipeline = try study.pipeline(search: "{use: random, trials: 6}")
  try await study.runPart(pipeline, trials: 2)
  let newer = ClosurePlugin(
    "centroids", version: 2, parameters: [noise.declaration], training: centroids.training)
  var registry = PluginRegistry()
  for plugin in [majority, newer] { try registry.register(plugin) }
  let options = RunOptions(
    workers: 1, outputFolder: study.folder.path("run"), programVersion: "1")
  let experiment = Experiment(
    pipeline: pipeline, registry: registry, options: options, limits: RunLimits(), report: { _ in })
  let error = await #expect(throws: RunError.self) { try await experiment.run() }
  #expect(
    error?.description
      == "'\(study.folder.path("run"))' holds a study with other settings:\n"
      + "  plugins.centroids: 1 → 2\n"
      + "which would have given other trials: --output DIR keeps both, --fresh starts anew")
}

/// What a run told.
private final class EventLog: Sendable {
  private let state = Mutex<(notes: [String], resumed: Int?)>(([], nil))

  var notes: [String] { state.withLock { $0.notes } }
  var resumed: Int? { state.withLock { $0.resumed } }

  func take(_ event: RunEvent) {
    state.withLock { state in
      if case .note(let text) = event { state.notes.append(text) }
      if case .resumed(let finished, _) = event { state.resumed = finished }
    }
  }
}

extension TemporaryFolder {
  /// The numbers of the trials whose scores lie in a run folder.
  fileprivate func trialFiles(_ run: String) throws -> [Int] {
    try FileManager.default.contentsOfDirectory(atPath: path("\(run)/trials")).compactMap {
      Int($0.split(separator: ".")[0])
    }
  }
}
