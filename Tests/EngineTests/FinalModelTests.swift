import Engine
import Evaluation
import ModelExport
import PluginKit
import TabularData
import TestSupport
import Testing

/// The scores of the toy table's rows by a run's model, for the rows of a part of the split.
private func scores(_ study: ToyStudy, part: String) throws -> ScoreMatrix {
  let classifier = try TabularClassifier(study.bundle(), registry: study.registry)
  let table = try classifier.bundle.schema.read(study.folder.path("table.csv")).features
  guard case .numeric(let values) = table.columns[0].values else {
    return ScoreMatrix(rowCount: 0, columnCount: 0)
  }
  let wanted = Set(try study.rows()[part] ?? [])
  let rows = values.indices.filter { wanted.contains(Float(values[$0])) }
  return try classifier.predict(table.selecting(rows: rows)).scores
}

@Test(arguments: ["best-of-each", "all", "winner", "none"])
func withoutARefitTheTrialsModelIsKept(policy: String) async throws {
  let log = TrainingLog()
  let study = try ToyStudy([log.plugin(), centroids])
  let result = try await study.run(
    study.pipeline(
      search: "{use: random, trials: 12}", more: "refit: none\nevaluate: {test: \(policy)}"))
  let best = try #require(result.leaderboard.best?.trial)
  let file = try SafetensorsFile(
    decoding: Array(study.folder.data("run/trials/\(best).safetensors")))
  #expect(try scores(study, part: "validation").values == file.tensors[0].values)
  let trials = result.leaderboard.entries.count { $0.model == "recorder" }
  #expect(log.calls.count == trials)
}

@Test(arguments: ["best-of-each", "all", "winner", "none"])
func onlyTheEntriesOfThePolicyAreTested(policy: String) async throws {
  let study = try ToyStudy([centroids, failing])
  let result = try await study.run(
    study.pipeline(
      models: "[{use: centroids}, {use: centroids, name: other}, {use: failing}]",
      search: "{use: random, trials: 12}", more: "evaluate: {test: \(policy)}"))
  let board = result.leaderboard
  let expected: [Int?] =
    switch policy {
    case "all": board.ranked.map(\.trial)
    case "winner": [board.ranked[0].trial]
    case "none": []
    default: board.bestOfEachModel.map(\.trial)
    }
  #expect(Set(board.entries.filter { $0.test != nil }.map(\.trial)) == Set(expected))
  #expect(try study.bundle().pipeline["entry"]?["trial"]?.integer == board.best?.trial)
}

@Test func testFiguresAreThoseOfTheWrittenModel() async throws {
  let study = try ToyStudy()
  let result = try await study.run(study.pipeline())
  let tested = try #require(result.leaderboard.best?.test)
  let part = try scores(study, part: "test")
  let wanted = try study.rows()["test"] ?? []
  let classOf = try study.labels()
  let labels = wanted.map { Int32(classOf[$0] ?? -1) }
  let predictions = Predictions(
    labels: labels, scores: part, calibration: try study.bundle().calibration)
  #expect(MetricValues(of: predictions) == tested)
}

@Test func aRefitRunsTheMedianBestEpoch() async throws {
  for (bestEpochs, median) in [([5, 9, 7], 7), ([9, 5, 8, 6], 6), ([], nil)] {
    let log = TrainingLog()
    let study = try ToyStudy([log.plugin(bestEpochs: bestEpochs)])
    try await study.run(
      study.pipeline(
        models: "[{use: recorder, tune: {}}]", search: "{use: random, trials: 1}",
        more: "split: {folds: \(max(2, bestEpochs.count)), test: 0.25}"))
    #expect(log.calls.dropLast().allSatisfy { $0.exactEpochs == nil })
    #expect(log.calls.last?.exactEpochs == median)
  }
}

@Test func aModelThatCannotBeRefittedCostsNeitherTheRunNorTheOthers() async throws {
  let greedy = ClosurePlugin("greedy") { data, _, context in
    guard data.labels.count < 80 else { throw TrainingFailure("96 rows are too many") }
    return TrainingOutcome(
      model: CentroidModel.fit(data), report: TrainingReport(stopping: .converged))
  }
  let study = try ToyStudy([greedy, centroids])
  let warnings = WarningLog()
  let result = try await study.run(
    study.pipeline(
      models: "[{use: greedy}, {use: centroids, with: {noise: 3}, tune: {}}]",
      search: "{use: random, trials: 2}"), report: warnings.take)
  #expect(result.leaderboard.best?.model == "greedy")
  #expect(try result.entry(1).test == nil)
  #expect(try result.entry(0).test != nil && result.entry(2).test != nil)
  let written = try study.bundle().pipeline["entry"]?["trial"]?.integer
  #expect(
    warnings.texts == [
      "greedy (trial 1) could not be trained again on all rows: 96 rows are too many",
      "best.safetensors holds trial \(written ?? -1), not the best trial 1",
    ])
  #expect(written == result.leaderboard.ranked.dropFirst().first?.trial)
}

@Test func withTheWinnerOnlyTheNextModelStandsInForOneThatCannotBeRefitted() async throws {
  let greedy = ClosurePlugin("greedy") { data, _, context in
    guard data.labels.count < 80 else { throw TrainingFailure("96 rows are too many") }
    return TrainingOutcome(
      model: CentroidModel.fit(data), report: TrainingReport(stopping: .converged))
  }
  let study = try ToyStudy([greedy])
  let result = try await study.run(
    study.pipeline(search: "{trials: 1}", more: "evaluate: {test: winner}"))
  #expect(result.leaderboard.best?.model == "greedy")
  #expect(try study.bundle().pluginID == "baseline")
}

@Test func aSeparateTestFileIsTestedOn() async throws {
  let log = TrainingLog()
  let study = try ToyStudy([log.plugin()])
  // Other columns and another order do not matter; all rows are b.
  let lines = toyTable(rows: 40, seed: 5).split(separator: "\n").dropFirst().map { line in
    let cells = line.split(separator: ",")
    return "b,\(cells[1]),\(cells[0]),more\n"
  }
  try study.folder.write("label,x2,x1,note\n" + lines.joined(), to: "test.csv")
  let result = try await study.run(
    study.pipeline(
      search: "{use: random, trials: 4}", data: ", test: test.csv", more: "split: {test: 0}"))
  #expect(try result.entry(0).test?[.accuracy] == 0)
  #expect(try study.rows()["test"] == nil)
  #expect(log.calls.last?.rows.count == 120)
  let classifier = try TabularClassifier(study.bundle(), registry: study.registry)
  let evaluation = try classifier.evaluate(study.folder.path("test.csv"))
  #expect(result.leaderboard.best?.test == evaluation.metrics)
}

@Test func whatAModelWarnsOfIsPassedOn() async throws {
  let warning = "The kernel is almost constant."
  let worried = ClosurePlugin("worried") { data, _, _ in
    TrainingOutcome(
      model: CentroidModel.fit(data),
      report: TrainingReport(stopping: .converged, warnings: [warning]))
  }
  let study = try ToyStudy([worried])
  let warnings = WarningLog()
  try await study.run(study.pipeline(search: "{trials: 1}"), report: warnings.take)
  #expect(warnings.texts == ["worried (trial 1): \(warning)"])
  let record = try JSONValue(parsing: Array(study.folder.data("run/run.json")))
  #expect(record["warnings"] == .array([.string("worried (trial 1): \(warning)")]))
}

@Test func curvesHoldEachEpochOfTheBestTrials() async throws {
  let counting = ClosurePlugin(
    "counting", capabilities: Capabilities(weights: true, epochs: true)
  ) { data, _, context in
    for epoch in 1...2 {
      _ = context.report(
        EpochReport(
          epoch: epoch, trainingLoss: 1 / Double(epoch), trainingAccuracy: 0.5,
          monitorLoss: data.monitor.map { _ in 0.25 }, monitorAccuracy: nil))
    }
    return TrainingOutcome(
      model: CentroidModel.fit(data), report: TrainingReport(stopping: .budget))
  }
  let study = try ToyStudy([counting])
  try await study.run(
    study.pipeline(
      models: "[{use: counting, name: \"one, two\"}]", search: "{trials: 1}",
      more: "split: {folds: 2, test: 0.25}"))
  #expect(
    try study.folder.text("run/curves.csv") == """
      model,trial,fit,epoch,loss,accuracy,val_loss,val_accuracy
      "one, two",1,1,1,1.0,0.5,0.25,
      "one, two",1,1,2,0.5,0.5,0.25,
      "one, two",1,2,1,1.0,0.5,0.25,
      "one, two",1,2,2,0.5,0.5,0.25,

      """)
}
