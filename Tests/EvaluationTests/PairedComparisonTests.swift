import Evaluation
import PluginKit
import TestSupport
import Testing

/// Predictions of one of two classes, right where `right` says so.
private func judged(_ right: [Bool]) -> Predictions {
  predictions(right.map { _ in 0 }, right.map { $0 ? 0 : 1 }, classCount: 2)
}

@Test func mcNemarCountsTheRowsInDispute() {
  // Nine rows that only the best gets right, one that only the other does: 2 (1 + 10) / 2¹⁰.
  let best = judged(Array(repeating: true, count: 99) + [false])
  let other = judged(
    Array(repeating: false, count: 9) + Array(repeating: true, count: 91))
  let comparison = PairedComparison.mcNemar(other, best: best)
  #expect(abs(comparison.p - 22.0 / 1_024) < 1e-12)
  #expect(abs(comparison.difference + 0.08) < 1e-12)
  #expect(!comparison.isTie)
  #expect(PairedComparison.mcNemar(best, best: best).p == 1)
}

@Test func equallyGoodModelsAreSeldomToldApart() {
  var generator = Seed(41).generator()
  var told = 0
  for _ in 0..<1_000 {
    let (one, other) = (
      (0..<200).map { _ in generator.uniform() < 0.9 },
      (0..<200).map { _ in generator.uniform() < 0.9 }
    )
    if !PairedComparison.mcNemar(judged(one), best: judged(other)).isTie { told += 1 }
  }
  // The exact test is cautious: at most 5 % of the pairs, and four standard errors.
  #expect(told < 78)
}

@Test(.enabled(if: PythonOracle.isAvailable))
func testsAgreeWithScipy() throws {
  let answer = try JSONValue(
    parsing: PythonOracle.run(
      """
      import json
      import numpy as np
      from scipy import stats
      print(json.dumps({
          "t": [2 * stats.t.sf(t, v) for t in (0.01, 0.7, 2.3, 9.0, 60.0) for v in (1, 4, 9, 19, 400)],
          "coin": [stats.binomtest(k, n).pvalue for k, n in ((0, 5), (3, 20), (10, 21), (40, 120))],
          "folds": 2 * stats.t.sf(abs(np.mean([.01, .02, .0, .03, -.01])) / np.sqrt(
              (1 / 5 + 1 / 4) * np.var([.01, .02, .0, .03, -.01], ddof=1)), 4)}))
      """))
  let tails = [0.01, 0.7, 2.3, 9, 60].flatMap { t in
    [1.0, 4, 9, 19, 400].map { studentTail(t, degreesOfFreedom: $0) }
  }
  let expected = try #require(answer["t"]?.array).compactMap(\.number)
  #expect(expected.count == tails.count)
  for (value, wanted) in zip(tails, expected) { #expect(abs(value - wanted) <= 1e-10 * wanted) }
  let coins = [(0, 5), (3, 20), (10, 21), (40, 120)].map { few, all in
    PairedComparison.mcNemar(
      judged((0..<all).map { $0 < few }), best: judged((0..<all).map { $0 >= few })
    ).p
  }
  for (value, wanted) in zip(coins, try #require(answer["coin"]?.array).compactMap(\.number)) {
    #expect(abs(value - wanted) < 1e-10)
  }
  let folds = PairedComparison.correctedT(
    [0.91, 0.92, 0.9, 0.93, 0.89], best: [0.9, 0.9, 0.9, 0.9, 0.9], testShare: 0.25,
    difference: 0.01)
  #expect(abs(folds.p - (answer["folds"]?.number ?? 0)) < 1e-9)
}

@Test func aBootstrapTellsWhatIsFarApart() throws {
  let good = randomPredictions(rows: 300, classCount: 3, weighted: false, seed: 42)
  let seed = Seed(43)
  func compare(_ entry: Predictions) -> PairedComparison {
    .bootstrap(
      difference: Metric.logLoss.value(of: entry) - Metric.logLoss.value(of: good),
      ConfidenceInterval.samples(of: .logLoss, entry, seed: seed),
      best: ConfidenceInterval.samples(of: .logLoss, good, seed: seed))
  }
  #expect(compare(good).p == 1)
  let sharp = Predictions(
    labels: good.labels,
    probabilities: good.labels.flatMap { label in (0..<3).map { $0 == label ? 0.98 : 0.01 } },
    classCount: 3)
  #expect(compare(sharp).p < 0.01 && compare(sharp).difference < 0)
}

@Test func aComparisonSurvivesTheFileAndIsShown() throws {
  var board = leaderboard([
    entry(1, accuracy: 0.9), entry(2, "deep", accuracy: 0.89), entry(3, accuracy: 0.7),
    entry(4, accuracy: 0.6),
  ])
  board.setComparison(.init(test: .mcNemar, difference: -0.01, p: 0.4), trial: 2)
  board.setComparison(.init(test: .mcNemar, difference: -0.2, p: 1e-6), trial: 3)
  board.setChosen(trial: 2)
  board.setTest(MetricValues([(.accuracy, 0.88)]), trial: 2)
  #expect(try Leaderboard(json: JSONValue(parsing: board.json.text)) == board)
  #expect(board.tiedWithBest.map(\.trial) == [1, 2])
  #expect(board.winner?.trial == 2)
  let entries = try #require(board.json["entries"]?.array)
  #expect(
    entries[1]["comparison"]?.text
      == #"{"test":"mcnemar","difference":-0.01,"p":0.4,"tie":true}"#)
  #expect(entries[1]["chosen"] == .bool(true) && entries[0]["chosen"] == nil)
  let lines = board.csv.split(separator: "\n")
  #expect(
    lines[0].contains(
      ",comparison.test,comparison.difference,comparison.p,comparison.tie,parameters,"))
  #expect(lines[2].contains(",mcnemar,-0.01,0.4,true,"))
  let table = board.table(width: 100)
  #expect(table.contains("   2 *= "))
  #expect(
    table.hasSuffix(
      """
      The validation accuracy that chose the model flatters it on average: here it is 0.8900, and 0.8800
      on the test rows.
      = can't be told from the best on the same rows (McNemar's exact test, p of 0.05 or more): 1 of the 2
      that were compared.
      The model that was written is trial 2 (deep), the smallest that can't be told from the best.

      """))
}
