import Engine
import Evaluation
import Foundation
import ModelExport
import PluginKit
import TabularData
import TestSupport
import Testing

private let ensemble = "ensemble: {use: greedy}"
private let folds = "split: {folds: 4, test: 0.25}\n" + ensemble

extension RunResult {
  /// The row of the ensemble.
  fileprivate var ensemble: LeaderboardEntry? { leaderboard.entries.first { $0.trial == nil } }
}

@Test(arguments: [ensemble, folds, "split: {folds: 3, repeats: 2, test: 0.25}\n" + ensemble])
func theEnsembleIsAnEntryOfItsOwn(more: String) async throws {
  let study = try ToyStudy()
  let result = try await study.run(
    study.pipeline(search: "{use: random, trials: 30}", more: more))
  let entry = try #require(result.ensemble)
  #expect(entry.model == "ensemble" && entry.plugin == "greedy-ensemble")
  #expect(entry.members.count > 1)
  #expect(abs(entry.members.reduce(0) { $0 + $1.weight } - 1) < 1e-12)
  #expect(zip(entry.members, entry.members.dropFirst()).allSatisfy { $0.weight >= $1.weight })
  let complete = Set(result.leaderboard.ranked.compactMap(\.trial))
  #expect(entry.members.allSatisfy { complete.contains($0.trial) && $0.model == "centroids" })
  #expect(entry.test != nil)
  let interval = try #require(entry.validationInterval)
  #expect(interval.contains(entry.validation[.accuracy] ?? .nan))
}

@Test func theFiguresOfTheEnsembleAreThoseOfItsScores() async throws {
  let study = try ToyStudy()
  let result = try await study.run(
    study.pipeline(search: "{use: random, trials: 30}", more: folds))
  let entry = try #require(result.ensemble)
  let file = try SafetensorsFile(
    decoding: Array(study.folder.data("run/trials/ensemble.safetensors")))
  let parts = try study.rows()
  let classOf = try study.labels()
  let judged = (1...4).flatMap { fold in parts["fold-\(fold)"] ?? [] }
  let correct = judged.enumerated().count { row, value in
    let own = Array(file.tensors[0].values[3 * row..<3 * row + 3])
    return own.firstIndex(of: own.max() ?? 0) == classOf[value]
  }
  #expect(entry.validation[.accuracy] == Double(correct) / Double(judged.count))
}

/// A nearest centre that sees one column only.
private func blind(_ id: String, to column: Int) -> ClosurePlugin {
  ClosurePlugin(id) { data, _, _ in
    let model = CentroidModel.fit(data)
    let centroids = model.centroids.enumerated().map { place, value in
      place % data.features.columnCount == column ? 0 : value
    }
    return TrainingOutcome(
      model: CentroidModel(
        classCount: data.classCount, featureCount: data.features.columnCount, centroids: centroids),
      report: TrainingReport(stopping: .converged))
  }
}

/// A study of two entries that know different things, so that the ensemble is sure to win.
private func twoHalves() throws -> ToyStudy {
  try ToyStudy([blind("first", to: 1), blind("second", to: 0)], table: toyTable(rows: 400))
}

extension ToyStudy {
  /// Runs both entries once, with an ensemble.
  @discardableResult
  fileprivate func runHalves(
    more: String = folds, to name: String = "run", workers: Int = 2,
    report: @escaping @Sendable (RunEvent) -> Void = { _ in }
  ) async throws -> RunResult {
    try await run(
      pipeline(
        models: "[{use: first, tune: {}}, {use: second, tune: {}}]", search: "{trials: 2}",
        more: more), to: name, workers: workers, report: report)
  }
}

@Test func aWinningEnsembleIsOneModelFile() async throws {
  let study = try twoHalves()
  let result = try await study.runHalves()
  let best = try #require(result.leaderboard.best)
  #expect(best.trial == nil)
  let bundle = try study.bundle()
  #expect(bundle.pluginID == "greedy-ensemble")
  #expect(bundle.members.map(\.weight) == best.members.map(\.weight))
  #expect(
    bundle.members.map { $0.bundle.pipeline["entry"]?["trial"]?.integer }
      == best.members.map { Optional($0.trial) })
  #expect(bundle.pipeline["ensemble"]?["use"] == .string("greedy"))
  // The test figure is that of the file.
  let classifier = try TabularClassifier(bundle, registry: study.registry)
  let table = try classifier.bundle.schema.read(study.folder.path("table.csv"), readsWeights: false)
  guard case .numeric(let values) = table.features.columns[0].values else { return }
  let wanted = Set(try study.rows()["test"] ?? [])
  let rows = values.indices.filter { wanted.contains(Float(values[$0])) }
  let classOf = try study.labels()
  let predictions = Predictions(
    labels: rows.map { Int32(classOf[Float(values[$0])] ?? -1) },
    probabilities: try classifier.predict(table.features.selecting(rows: rows)).probabilities,
    classCount: 3)
  #expect(MetricValues(of: predictions) == best.test)
}

@Test func workersDoNotChangeTheEnsemble() async throws {
  let study = try twoHalves()
  for workers in [1, 2, 4] {
    try await study.runHalves(to: "run\(workers)", workers: workers)
  }
  for file in ["best.safetensors", "trials/ensemble.safetensors"] {
    let first = try study.folder.data("run1/\(file)")
    #expect(try study.folder.data("run2/\(file)") == first)
    #expect(try study.folder.data("run4/\(file)") == first)
  }
  let board = try study.timelessLeaderboard("run1")
  #expect(try study.timelessLeaderboard("run2") == board)
  #expect(try study.timelessLeaderboard("run4") == board)
}

@Test func aStoppedRunEndsWithTheSameEnsemble() async throws {
  let study = try ToyStudy()
  let pipeline = try study.pipeline(search: "{use: random, trials: 30}", more: folds)
  try await study.run(pipeline, to: "whole")
  let limits = RunLimits()
  let stopped = try await study.run(pipeline, to: "run", limits: limits) { event in
    if case .finished(_, let count, _) = event, count == 12 { limits.cancel() }
  }
  #expect(stopped.ensemble == nil)
  try await study.run(pipeline, to: "run")
  #expect(try study.timelessLeaderboard("run") == study.timelessLeaderboard("whole"))
  #expect(
    try study.folder.data("run/best.safetensors") == study.folder.data("whole/best.safetensors"))
  #expect(try await study.run(pipeline, to: "run").wasComplete)
}

@Test func anEnsembleIsAddedToACompleteRunAndTakenAwayAgain() async throws {
  let study = try ToyStudy()
  let split = "split: {folds: 4, test: 0.25}"
  let without = try study.pipeline(search: "{use: random, trials: 30}", more: split)
  let with = try study.pipeline(search: "{use: random, trials: 30}", more: folds)
  try await study.run(with, to: "whole")
  try await study.run(without)
  // A lost file of scores is made anew.
  let kept = try #require(try study.folder.files("run/trials").sorted().first)
  try FileManager.default.removeItem(atPath: study.folder.path("run/trials/\(kept)"))
  try await study.run(with)
  #expect(try study.timelessLeaderboard("run") == study.timelessLeaderboard("whole"))
  let again = try await study.run(without)
  #expect(again.ensemble == nil)
  #expect(try !study.folder.files("run/trials").contains("ensemble.safetensors"))
}

@Test func withoutARefitTheMembersAreTheTrialsModels() async throws {
  let study = try twoHalves()
  let result = try await study.runHalves(more: "refit: none\n" + ensemble)
  let best = try #require(result.leaderboard.best)
  try #require(best.trial == nil)
  let classifier = try TabularClassifier(study.bundle(), registry: study.registry)
  let table = try classifier.bundle.schema.read(study.folder.path("table.csv")).features
  guard case .numeric(let values) = table.columns[0].values else { return }
  let wanted = Set(try study.rows()["validation"] ?? [])
  let rows = values.indices.filter { wanted.contains(Float(values[$0])) }
  for (place, member) in best.members.enumerated() {
    let file = try SafetensorsFile(
      decoding: Array(study.folder.data("run/trials/\(member.trial).safetensors")))
    let own = try classifier.members[place].predict(table.selecting(rows: rows))
    #expect(own.scores.values == file.tensors[0].values)
  }
}

@Test func aMemberThatCannotBeRefittedLeavesTheWinToTheNext() async throws {
  let half = blind("second", to: 0)
  let greedy = ClosurePlugin("second") { data, parameters, context in
    guard data.labels.count < 280 else { throw TrainingFailure("too many rows") }
    return try half.training(data, parameters, context)
  }
  let study = try ToyStudy([blind("first", to: 1), greedy], table: toyTable(rows: 400))
  let warnings = WarningLog()
  let result = try await study.runHalves(report: warnings.take)
  try #require(result.leaderboard.best?.trial == nil)
  #expect(
    warnings.texts == [
      "second (trial 2) could not be trained again on all rows: too many rows",
      "the ensemble could not be put together without its trial 2",
      "best.safetensors holds trial 1, not the ensemble, which is the best",
    ])
  #expect(try study.bundle().pluginID == "first")
}

@Test func aReasonIsGivenWhereThereIsNoEnsemble() async throws {
  let study = try ToyStudy()
  let warnings = WarningLog()
  let one = try await study.run(
    study.pipeline(search: "{use: random, trials: 1}", more: folds), report: warnings.take)
  #expect(one.ensemble == nil)
  let twins = try await study.run(
    study.pipeline(
      models: """
        [{use: centroids, with: {noise: 0}, tune: {}},
         {use: centroids, name: twin, with: {noise: 0}, tune: {}}]
        """, search: "{trials: 2}", more: folds), to: "twins", report: warnings.take)
  #expect(twins.ensemble == nil)
  #expect(
    warnings.texts == [
      "no ensemble was made: it needs at least 2 complete trials besides the baseline, and there is 1",
      "no ensemble was made: no other trial adds to centroids (trial 1)",
    ])
}

@Test func rowsOfAGroupAreJudgedByTheSameEnsemble() async throws {
  // With a hold-out by group there are fewer groups than folds; every row is judged all the same.
  let lines = toyTable(rows: 120).split(separator: "\n")
  let table =
    "\(lines[0]),g\n"
    + lines.dropFirst().enumerated().map { "\($1),g\($0 % 7)\n" }.joined()
  let study = try ToyStudy(table: table)
  for method in ["group", "time"] {
    let source = method == "time" ? table.replacing(",g", with: ",") : table
    try study.folder.write(source.replacing("label,\n", with: "label,g\n"), to: "table.csv")
    let result = try await study.run(
      study.pipeline(
        search: "{use: random, trials: 20}",
        more: "split: {method: \(method), by: g, validation: 0.3, test: 0.2}\n" + ensemble),
      to: method)
    let entry = try #require(result.ensemble)
    #expect(entry.validation[.accuracy]?.isNaN == false)
  }
}

extension TemporaryFolder {
  /// The names in a folder.
  fileprivate func files(_ name: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(name))
  }
}
