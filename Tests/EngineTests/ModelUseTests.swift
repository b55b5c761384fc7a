import Engine
import Evaluation
import Foundation
import ModelExport
import PipelineSpec
import PluginKit
import TabularData
import TestSupport
import Testing

/// How often the true class of fresh rows is in the set, and how many classes a set holds in the mean.
private func coverage(
  of sets: ConformalSets, at level: Double, _ predicted: ClassifiedRows, _ labels: [Int32]
) -> (share: Double, size: Double) {
  let threshold = sets.threshold(coverage: level)
  var (hits, size) = (0, 0)
  for row in labels.indices {
    let set = predicted.predictionSet(row, threshold: threshold)
    hits += set[Int(labels[row])] ? 1 : 0
    size += set.count { $0 }
  }
  return (Double(hits) / Double(labels.count), Double(size) / Double(labels.count))
}

/// The judged rows say how sure the model is of rows like them, whatever was drawn: up to the error that n of
/// them and m fresh ones leave, the coverage is at least what was asked for.
@Test func setsCoverFreshRows() async throws {
  let levels = [0.6, 0.8, 0.9, 0.95]
  var sums = [Double](repeating: 0, count: levels.count)
  let seeds: [UInt64] = [1, 2, 3, 4, 5, 6]
  let (rows, fresh) = (600, 6_000)
  let judged = Double(rows * 4 / 5)
  for seed in seeds {
    let study = try ToyStudy(table: toyTable(rows: rows, seed: seed))
    try await study.run(study.pipeline(more: "split: {folds: 5, repeats: 2, test: 0.2}"))
    let bundle = try study.bundle()
    let sets = try #require(bundle.use.sets)
    #expect(Double(sets.rowCount) == judged, "repeats are no further rows")
    let path = try study.folder.write(toyTable(rows: fresh, seed: 100 + seed), to: "fresh.csv")
    let table = try bundle.schema.read(path)
    let predicted = try TabularClassifier(bundle, registry: study.registry).predict(table.features)
    let labels = try #require(table.labels)
    for (place, level) in levels.enumerated() {
      let (share, size) = coverage(of: sets, at: level, predicted, labels)
      let error = (level * (1 - level) * (1 / judged + 1 / Double(fresh))).squareRoot()
      #expect(share > level - 4 * error, "\(level) of seed \(seed)")
      #expect(size < 2.2, "sets of \(size) of 3 classes")
      sums[place] += share
    }
  }
  for (level, sum) in zip(levels, sums) {
    let error = (level * (1 - level) / judged / Double(seeds.count)).squareRoot()
    #expect(sum / Double(seeds.count) > level - 3 * error)
  }
}

@Test func theProfileIsThatOfTheRowsThatTheModelWasTrainedOn() async throws {
  let study = try ToyStudy()
  for (refit, part) in [("train+validation", ["train", "validation"]), ("none", ["train"])] {
    try await study.run(study.pipeline(more: "refit: \(refit)"), to: refit)
    let rows = try study.rows(refit)
    let values = part.flatMap { rows[$0] ?? [] }
    let profile = try #require(try study.bundle(refit).use.profile)
    #expect(profile.rowCount == values.count)
    guard case .numeric(let column) = profile.columns[0].values else {
      Issue.record("x1 is no column of numbers")
      return
    }
    #expect(Float(column.smallest) == values.min())
    #expect(Float(column.largest) == values.max())
    #expect(column.counts.reduce(0, +) == values.count)
    #expect(column.deciles.count == 9)
    #expect((column.counts.max() ?? 0) - (column.counts.min() ?? 0) <= 1)
  }
}

@Test func costsDecideInEveryFigureAndInTheModel() async throws {
  let study = try ToyStudy()
  let plain = try await study.run(study.pipeline(), to: "plain")
  let costly = try await study.run(
    study.pipeline(more: "decision: {costs: {b: {a: 30, c: 30}}}"), to: "costly")
  let bundle = try study.bundle("costly")
  let costs = try #require(bundle.use.costs)
  #expect(costs[1, 0] == 30)
  #expect(costs[0, 1] == 1)
  let classifier = try TabularClassifier(bundle, registry: study.registry)
  let table = try bundle.schema.read(study.folder.path("table.csv")).features
  let predicted = try classifier.predict(table)
  #expect(predicted.predicted == costs.predictions(predicted.probabilities))
  let usual = try TabularClassifier(study.bundle("plain"), registry: study.registry).predict(table)
  #expect(
    predicted.predicted.count { $0 == 1 } > usual.predicted.count { $0 == 1 },
    "missing a b is dear, so that more rows are called b")
  let tested = try #require(costly.leaderboard.best?.test?[.accuracy])
  let evaluation = try classifier.evaluate(study.folder.path("table.csv"))
  #expect(evaluation.meanCost != nil)
  #expect(tested < (plain.leaderboard.best?.test?[.accuracy] ?? 0))
  // The same rule judges trials: what a run would be chosen for is what its model does.
  let trial = try #require(costly.leaderboard.best?.trial)
  #expect(
    try costly.entry(trial).validation[.accuracy] != plain.entry(trial).validation[.accuracy])
}

@Test func costsOfAClassThatIsNotThereAreRefusedBeforeTheRun() async throws {
  let study = try ToyStudy()
  func message(_ costs: String) async throws -> String {
    let pipeline = try study.pipeline(more: "decision: {costs: \(costs)}")
    let error = await #expect(throws: RunError.self) { try await study.run(pipeline) }
    return error?.description ?? ""
  }
  #expect(
    try await message("{bb: {a: 2}}")
      == "decision.costs names 'bb', which is no class of the table; did you mean 'b'? the classes are "
      + "'a', 'b' and 'c'")
  #expect(
    try await message("{b: {sea: 2}}")
      == "decision.costs.b names 'sea', which is no class of the table; the classes are 'a', 'b' and 'c'"
  )
  #expect(!FileManager.default.fileExists(atPath: study.folder.path("run")))
}
