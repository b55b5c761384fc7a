import Evaluation
import PluginKit
import Testing

/// n rows of two classes, the first being true, whose probability is 1/n, 2/n, … in a shuffled order.
private func ladder(_ count: Int) -> ConformalSets {
  let steps = (0..<count).map { Double(($0 * 7_919) % count + 1) / Double(count) }
  return ConformalSets(
    labels: Array(repeating: 0, count: count), probabilities: steps.flatMap { [$0, 1 - $0] },
    classCount: 2)
}

@Test func theThresholdIsTheOrderStatisticOfItsRank() {
  let sets = ladder(99)
  #expect(sets.rowCount == 99)
  #expect(sets.threshold(coverage: 0.95) == 5 / 99.0)
  #expect(sets.threshold(coverage: 0.951) == 4 / 99.0)
  #expect(sets.threshold(coverage: 0.9) == 10 / 99.0)
  #expect(sets.threshold(coverage: 0.99) == 1 / 99.0)
  #expect(sets.threshold(coverage: 0.991) == 0, "99 rows can't tell: all classes")
  #expect(sets.highestCoverage == 0.99)
  #expect(sets.threshold(coverage: 0.01) == 50 / 99.0, "the lower half is kept")
}

/// Of many rows not all order statistics are kept; a lower one in place of one that is not makes sets larger.
@Test func thinnedOrderStatisticsErrTowardsLargerSets() throws {
  for count in [1_000, 1_001, 10_007, 1_000_000] {
    let sets = ladder(count)
    let kept = try #require(sets.json["ranks"]?.array?.count)
    #expect(kept <= 500)
    for coverage in [0.5, 0.75, 0.9, 0.95, 0.987, 0.99, 0.999] {
      let exact = (Double(count + 1) * (1 - coverage)).rounded(.down) / Double(count)
      let threshold = sets.threshold(coverage: coverage)
      #expect(threshold <= exact + 1e-12)
      #expect(threshold >= 0.96 * exact - 1e-12, "\(coverage) of \(count)")
    }
  }
}

@Test func higherCoverageNeverHasAHigherThreshold() {
  let sets = ladder(3_001)
  let thresholds = (1..<1_000).map { sets.threshold(coverage: Double($0) / 1_000) }
  #expect(zip(thresholds, thresholds.dropFirst()).allSatisfy { $0 >= $1 })
}

/// Over many draws of n rows and a fresh one the miss is k/(n + 1), whatever the probabilities are.
@Test func coverageIsThatOfTheTheorem() {
  var generator = Seed(11).keyed("coverage").generator()
  let (draws, count, coverage) = (20_000, 39, 0.9)
  var covered = 0
  for _ in 0..<draws {
    let steps = (0...count).map { _ in Double.random(in: 0..<1, using: &generator) }
    let sets = ConformalSets(
      labels: Array(repeating: 0, count: count),
      probabilities: steps.dropLast().flatMap { [$0, 1 - $0] }, classCount: 2)
    covered += steps[count] >= sets.threshold(coverage: coverage) ? 1 : 0
  }
  // k = 4 of 40, so that 0.9 is met exactly; 4 standard errors.
  #expect(abs(Double(covered) / Double(draws) - 0.9) < 4 * (0.09 / Double(draws)).squareRoot())
}

@Test func setsAreReadBackAsTheyWereWritten() throws {
  for count in [1, 2, 99, 5_000] {
    let sets = ladder(count)
    #expect(ConformalSets(json: try JSONValue(parsing: sets.json.text)) == sets)
  }
  for text in [
    "{}", #"{"rows": 2, "ranks": [1], "probabilities": []}"#,
    #"{"rows": 2, "ranks": [2, 1], "probabilities": [0.1, 0.2]}"#,
    #"{"rows": 2, "ranks": [1, 2], "probabilities": [0.2, 0.1]}"#,
    #"{"rows": 2, "ranks": [0, 1], "probabilities": [0.1, 0.2]}"#,
    #"{"rows": 1, "ranks": [1, 2], "probabilities": [0.1, 0.2]}"#,
  ] {
    #expect(ConformalSets(json: try JSONValue(parsing: text)) == nil)
  }
}
