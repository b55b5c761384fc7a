import Explanation
import PluginKit
import Testing

/// Trials at random places of the unit square.
private func trials(
  _ count: Int, score: (Double, Double) -> Double
) -> (points: [[Double]], scores: [Double]) {
  var generator = Seed(11).keyed("trials").generator()
  let points = (0..<count).map { _ in [generator.uniform(), generator.uniform()] }
  return (points, points.map { score($0[0], $0[1]) })
}

private func importances(
  _ trials: (points: [[Double]], scores: [Double])
) -> [String: Double] {
  let found = hyperparameterImportances(
    model: "m", names: ["a", "b"], points: trials.points, scores: trials.scores, seed: Seed(1))
  return Dictionary(uniqueKeysWithValues: found.map { ($0.parameter, $0.importance) })
}

@Test func aScoreOfOneParameterIsExplainedByIt() throws {
  let shares = importances(trials(80) { a, _ in a < 0.3 ? 0.5 : 0.9 })
  #expect(try #require(shares["a"]) > 0.95)
  #expect(try #require(shares["b"]) < 0.05)
}

/// The variances of a and b/2 over the square are as 4 to 1.
@Test func sharesAreThoseOfTheVariances() throws {
  let shares = importances(trials(200) { a, b in a + b / 2 })
  let (a, b) = (try #require(shares["a"]), try #require(shares["b"]))
  #expect(abs(a - 0.8) < 0.08, "\(a)")
  #expect(abs(b - 0.2) < 0.08, "\(b)")
}

/// Of a score that is high where both are on the same side neither explains anything by itself.
@Test func whatParametersExplainTogetherIsInNoShare() throws {
  let shares = importances(trials(200) { a, b in (a < 0.5) == (b < 0.5) ? 1 : 0 })
  #expect(try #require(shares["a"]) < 0.2)
  #expect(try #require(shares["b"]) < 0.2)
}

@Test func fewTrialsAndEqualScoresSayNothing() {
  #expect(importances(trials(9) { a, _ in a }).isEmpty)
  #expect(importances(trials(50) { _, _ in 0.7 }).isEmpty)
}

@Test func theMostImportantComesFirst() {
  let (points, scores) = trials(80) { _, b in b }
  let found = hyperparameterImportances(
    model: "m", names: ["a", "b"], points: points, scores: scores, seed: Seed(1))
  #expect(found.map(\.parameter) == ["b", "a"])
  #expect(found.allSatisfy { $0.model == "m" && (0...1).contains($0.importance) })
}
