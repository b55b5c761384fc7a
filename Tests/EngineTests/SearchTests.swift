import Engine
import Evaluation
import Foundation
import ModelExport
import PluginKit
import TestSupport
import Testing

@Test func anyNumberOfWorkersGivesTheSameFiles() async throws {
  // Trials end in another order than they start: their lengths differ at random.
  let uneven = ClosurePlugin("centroids", parameters: [noise.declaration]) {
    data, parameters, context in
    Thread.sleep(forTimeInterval: Double(context.trialSeed.bits % 5) * 1e-3)
    let model = CentroidModel.fit(data, noise: parameters[noise], seed: context.trialSeed)
    return TrainingOutcome(model: model, report: TrainingReport(stopping: .converged))
  }
  let study = try ToyStudy([uneven, failing])
  let pipeline = try study.pipeline(search: "{use: tpe, trials: 40, parallel: 5}")
  for workers in [1, 2, 4, 16] { try await study.run(pipeline, to: "\(workers)", workers: workers) }
  let leaderboard = try study.timelessLeaderboard("1")
  let model = try study.folder.data("1/best.safetensors")
  for workers in ["2", "4", "16"] {
    #expect(try study.timelessLeaderboard(workers) == leaderboard)
    #expect(try study.folder.data("\(workers)/best.safetensors") == model)
    #expect(
      try study.folder.data("\(workers)/split.csv") == study.folder.data("1/split.csv"))
  }
  let other = try study.pipeline(search: "{use: tpe, trials: 40, parallel: 4}")
  try await study.run(other, to: "other")
  #expect(try study.timelessLeaderboard("other") != leaderboard)
}

@Test func theModelDoesNotSayWhereItWasMade() async throws {
  let studies = [try ToyStudy(), try ToyStudy()]
  for study in studies { try await study.run(study.pipeline()) }
  let models = try studies.map { try $0.folder.data("run/best.safetensors") }
  #expect(models[0] == models[1])
  let text = String(decoding: models[0], as: UTF8.self)
  #expect(!text.contains("table.csv") && !text.contains(studies[0].folder.path))
}

@Test func theBaselineComesFirstThenTheDefaultsInFileOrder() async throws {
  let study = try ToyStudy([centroids, TrainingLog().plugin("second")])
  let models = """
    [{use: second}, {use: centroids, name: narrow, tune: {noise: {min: 1, max: 3}}},
     {use: centroids, name: fixed, with: {noise: 2}, tune: {}}]
    """
  let result = try await study.run(
    study.pipeline(models: models, search: "{use: random, trials: 6}"))
  #expect(
    try (0...3).map { try result.entry($0).model } == ["baseline", "second", "narrow", "fixed"])
  #expect(try result.entry(0).parameters == .object([]))
  #expect(try result.entry(1).parameters == .object([("noise", .number(0.5))]))
  // The default lies below the range: the nearest value stands for it.
  #expect(try result.entry(2).parameters == .object([("noise", .number(1))]))
  #expect(try result.entry(3).parameters == .object([("noise", .number(2))]))
  #expect(result.leaderboard.search.trials == 6)
  #expect(result.leaderboard.entries.count == 7)
}

@Test func aTrialThatFailsIsARowWithItsReason() async throws {
  let notFinite = ClosurePlugin("not-finite") { data, _, _ in
    TrainingOutcome(
      model: ConstantModel(
        featureCount: data.features.columnCount,
        scores: [.nan] + [Float](repeating: 0, count: data.classCount - 1)),
      report: TrainingReport(stopping: .converged))
  }
  let hasty = ClosurePlugin("hasty") { _, _, _ in throw TrainingInterruption.cancelled }
  let study = try ToyStudy([failing, notFinite, hasty, centroids])
  let result = try await study.run(study.pipeline(search: "{use: random, trials: 8, parallel: 2}"))
  for (trial, reason) in [
    (1, "no two rows are alike"), (2, "the model gives scores that are not finite"),
    (3, "the plugin ended the training without being asked to"),
  ] {
    #expect(try result.entry(trial).status == .failed)
    #expect(try result.entry(trial).reason == reason)
    #expect(try result.entry(trial).validation == MetricValues())
  }
  #expect(try result.entry(4).status == .complete)
  #expect(result.leaderboard.search == SearchState(state: .complete, trials: 8))
  #expect(result.isUseful)
}

@Test func settingsThatDoNotGoTogetherAreNotTrained() async throws {
  let log = TrainingLog()
  let recorder = log.plugin()
  let objecting = ClosurePlugin(
    "objecting", parameters: [noise.declaration], objection: "noise: 2 needs silence",
    training: recorder.training)
  let study = try ToyStudy([objecting])
  let models = "[{use: objecting, tune: {noise: {choices: [0.5, 2.0]}}}]"
  let result = try await study.run(study.pipeline(models: models, search: "{use: grid}"))
  #expect(try result.entry(2).parameters == .object([("noise", .number(2))]))
  #expect(try result.entry(2).reason == "noise: 2 needs silence")
  #expect(log.calls.count == 2)  // one trial and its refit
}

@Test func aTrialThatTakesTooLongIsARowAndEndsThePromiseOfTheSameResult() async throws {
  let study = try ToyStudy([endless, centroids])
  let result = try await study.run(
    study.pipeline(search: "{use: random, trials: 2, trial_time: 0.5}"))
  #expect(try result.entry(1).status == .timeout)
  #expect(try result.entry(1).reason == "the trial reached trial_time")
  #expect(result.leaderboard.search.state == .complete)
  #expect(!result.leaderboard.search.deterministic)
  #expect(try result.entry(2).status == .complete)
  #expect(result.leaderboard.best?.model == "centroids")
}

@Test func theEndOfTheTimeStopsTrialsAndResultsAreWritten() async throws {
  let limits = RunLimits()
  // The time is over while trial 2 runs.
  let last = ClosurePlugin("last") { _, _, context in
    limits.end(at: .now)
    while true { try context.checkpoint() }
  }
  let study = try ToyStudy([centroids, last])
  let result = try await study.run(
    study.pipeline(search: "{use: random, trials: 50}"), workers: 1, limits: limits)
  #expect(result.leaderboard.entries.compactMap(\.trial).sorted() == [0, 1])
  #expect(
    result.leaderboard.search == SearchState(state: .timeLimit, trials: 1, deterministic: false))
  #expect(result.isUseful)
  #expect(result.leaderboard.best?.test != nil)
  let record = try JSONValue(parsing: Array(study.folder.data("run/run.json")))
  #expect(record["stopped_trials"] == .array([.integer(2)]))
  #expect(try study.bundle().pluginID == "centroids")
  #expect(try readLeaderboard(ofRun: study.folder.path("run")) == result.leaderboard)
}

@Test func theBaselineIsThereWhateverTheTime() async throws {
  let study = try ToyStudy()
  let result = try await study.run(study.pipeline(search: "{trials: 5, time: 0.000001}"))
  #expect(result.leaderboard.entries.map(\.model) == ["baseline"])
  #expect(result.leaderboard.search.state == .timeLimit)
  #expect(!result.isUseful)
}

@Test(arguments: [1, 4])
func aPersonEndsTheSearchAndTheBestSoFarIsWrittenWithoutTestFigures(workers: Int) async throws {
  let study = try ToyStudy([centroids, endless])
  let limits = RunLimits()
  let result = try await study.run(
    study.pipeline(
      models: "[{use: centroids}, {use: centroids, name: more}, {use: endless}]",
      search: "{use: random, trials: 50, parallel: 3}"),
    workers: workers, limits: limits
  ) { event in
    if case .finished(_, let count, _) = event, count == 3 { limits.cancel() }
  }
  #expect(result.leaderboard.search.state == .interrupted)
  #expect(!result.leaderboard.search.deterministic)
  #expect(result.leaderboard.entries.count >= 3)
  #expect(result.leaderboard.entries.allSatisfy { $0.test == nil })
  let entry = try study.bundle().pipeline["entry"]
  #expect(entry?["trial"]?.integer == result.leaderboard.best?.trial)
  #expect(try readLeaderboard(ofRun: study.folder.path("run")) == result.leaderboard)
}

@Test func aRunWithNothingButTheBaselineIsNotUsefulAndWritesItsFiles() async throws {
  let study = try ToyStudy([failing])
  let result = try await study.run(study.pipeline(search: "{trials: 3}"))
  #expect(!result.isUseful)
  #expect(result.leaderboard.best?.trial == 0)
  for name in ["leaderboard.csv", "leaderboard.json", "run.json", "pipeline.yaml", "split.csv"] {
    #expect(study.folder.contains("run/\(name)"))
  }
  #expect(try study.bundle().pluginID == "baseline")
}

@Test(arguments: ["random", "tpe", "grid"])
func aFiniteSpaceThatIsExhaustedEndsTheSearch(sampler: String) async throws {
  let study = try ToyStudy()
  let models = "[{use: centroids, tune: {noise: {choices: [0.5, 1.0, 2.0, 3.0]}}}]"
  let result = try await study.run(
    study.pipeline(models: models, search: "{use: \(sampler), trials: 100, parallel: 3}"),
    workers: 3)
  let tried = result.leaderboard.entries.filter { $0.trial ?? 0 > 0 }.compactMap {
    $0.parameters["noise"]?.number
  }
  #expect(tried.sorted() == [0.5, 1, 2, 3])
  #expect(result.leaderboard.search == SearchState(state: .complete, trials: 4))
}
