import Evaluation
import Foundation
import PluginKit
import Testing

private let labels: [Int32] = (0..<300).map { Int32($0 % 3) }

/// The mean log loss with the smoothed target, by its definition.
private func loss(_ beta: Double, _ scores: ScoreMatrix, weights: [Float]?) -> Double {
  let width = scores.columnCount
  let epsilon = 1 / (Double(scores.rowCount) + 1)
  let probabilities = TemperatureScaling(beta: beta).probabilities(of: scores)
  var (sum, total) = (0.0, 0.0)
  for row in 0..<scores.rowCount {
    let weight = weights.map { Double($0[row]) } ?? 1
    for index in 0..<width {
      let target =
        epsilon / Double(width) + (index == Int(labels[row]) ? 1 - epsilon : 0)
      sum -= weight * target * log(probabilities[row * width + index])
    }
    total += weight
  }
  return sum / total
}

@Test(arguments: [0.3, 1, 3], [false, true])
func theFittedFactorIsTheBestOne(signal: Double, weighted: Bool) {
  let scores = randomScores(labels: labels, classCount: 3, signal: signal, seed: 7)
  let weights = weighted ? labels.indices.map { Float($0 % 4) } : nil
  let beta = TemperatureScaling.fit(scores: scores, labels: labels, weights: weights).beta
  let best = loss(beta, scores, weights: weights)
  for factor in [0.5, 0.9, 0.99, 1.01, 1.1, 2] {
    #expect(loss(beta * factor, scores, weights: weights) > best, "\(factor)")
  }
}

/// Labels that are drawn by softmax(2 · scores) have the factor 2.
@Test func aPlantedFactorIsFound() {
  var generator = SeededGenerator(seed: 3)
  let rows = 20_000
  let scores = ScoreMatrix(
    rowCount: rows, columnCount: 3, values: (0..<rows * 3).map { _ in Float(generator.normal()) })
  let probabilities = TemperatureScaling(beta: 2).probabilities(of: scores)
  let drawn = (0..<rows).map { row -> Int32 in
    let share = generator.uniform()
    if share < probabilities[row * 3] { return 0 }
    return share < probabilities[row * 3] + probabilities[row * 3 + 1] ? 1 : 2
  }
  let beta = TemperatureScaling.fit(scores: scores, labels: drawn).beta
  #expect(abs(beta - 2) < 0.08)
}

@Test func theFactorUndoesTheScaleOfTheScores() {
  let scores = randomScores(labels: labels, classCount: 3, signal: 1, seed: 5)
  var larger = scores
  larger.values = larger.values.map { $0 * 1024 }
  let beta = TemperatureScaling.fit(scores: scores, labels: labels).beta
  let smaller = TemperatureScaling.fit(scores: larger, labels: labels).beta
  #expect(abs(smaller * 1024 / beta - 1) < 1e-9)
}

@Test func separableScoresHaveAFiniteFactorAndNoCertainty() {
  let scores = ScoreMatrix(
    rowCount: 300, columnCount: 3,
    values: labels.flatMap { label in (0..<3).map { $0 == label ? 1 : -1 } })
  let scaling = TemperatureScaling.fit(scores: scores, labels: labels)
  let probabilities = scaling.probabilities(of: scores)
  // All rows are alike: the optimum is the target itself, 1 - ε + ε/3 with ε = 1/301.
  #expect(abs((probabilities.max() ?? 0) - (1 - 2.0 / 3 / 301)) < 1e-9)
}

@Test func scoresThatSayNothingOrMisleadStayUsable() {
  let equal = ScoreMatrix(rowCount: 300, columnCount: 3, repeating: 0.5)
  #expect(TemperatureScaling.fit(scores: equal, labels: labels).beta == 1)
  let wrong = ScoreMatrix(
    rowCount: 300, columnCount: 3,
    values: labels.flatMap { label in (0..<3).map { $0 == label ? -1 : 1 } })
  let scaling = TemperatureScaling.fit(scores: wrong, labels: labels)
  #expect(scaling.probabilities(of: wrong).allSatisfy { abs($0 - 1.0 / 3) < 1e-3 })
}

@Test func probabilitiesSumToOne() {
  let scores = randomScores(labels: labels, classCount: 7, signal: 30, seed: 8)
  let probabilities = TemperatureScaling(beta: 5).probabilities(of: scores)
  for row in labels.indices {
    let own = probabilities[row * 7..<(row + 1) * 7]
    #expect(abs(own.reduce(0, +) - 1) < 1e-12)
    #expect(own.allSatisfy { $0 >= 0 })
  }
}

/// Neighbouring 32-bit numbers differ too little to have different probabilities without a remedy.
@Test(arguments: [1e-30, 1e-12, 1, 1e6])
func theMostProbableClassHasTheLargestScore(beta: Double) {
  let score: Float = 0.1
  let scores = ScoreMatrix(
    rowCount: 4, columnCount: 3,
    values: [
      score, score.nextUp, score, 0, 0, .leastNonzeroMagnitude, score, score, 0, 1e38, -1e38, 1e38,
    ])
  let judged = Predictions(
    labels: [0, 0, 0, 0], scores: scores, calibration: .temperature(TemperatureScaling(beta: beta)))
  #expect(judged.predicted == [1, 2, 0, 0])
}
