import Evaluation
import Foundation
import PluginKit
import Testing

/// From R 4: prop.test(k, n, correct = FALSE)$conf.int, for k of n successes.
@Test(arguments: [
  (8.0, 10.0, 0.4901625, 0.9433178), (0, 10, 0, 0.2775328), (10, 10, 0.7224672, 1),
])
func wilsonsIntervalAgreesWithR(successes: Double, count: Double, low: Double, high: Double) {
  let interval = ConfidenceInterval.wilson(share: successes / count, count: count)
  #expect(abs(interval.low - low) < 1e-6)
  #expect(abs(interval.high - high) < 1e-6)
}

/// The ends are the shares p for which |share - p| is 1.96 standard errors √(p(1 - p)/n).
@Test func wilsonsIntervalSolvesItsEquation() {
  let (share, count) = (0.985, 400.0)
  let interval = ConfidenceInterval.wilson(share: share, count: count)
  for end in [interval.low, interval.high] {
    let errors = abs(share - end) / (end * (1 - end) / count).squareRoot()
    #expect(abs(errors - 1.959963984540054) < 1e-9)
  }
}

@Test func equalWeightsLeaveTheIntervalOfTheAccuracy() {
  let (labels, predicted): ([Int32], [Int32]) = ([0, 1, 2, 0, 1], [0, 1, 1, 0, 1])
  let plain = ConfidenceInterval.of(.accuracy, predictions(labels, predicted), seed: Seed(1))
  let weighted = ConfidenceInterval.of(
    .accuracy, predictions(labels, predicted, weights: [3, 3, 3, 3, 3]), seed: Seed(1))
  #expect(abs(plain.low - weighted.low) < 1e-12)
  #expect(abs(plain.high - weighted.high) < 1e-12)
}

@Test(arguments: Metric.allCases)
func theIntervalHoldsTheValueAndFollowsTheSeed(metric: Metric) {
  let judged = randomPredictions(rows: 120, classCount: 4, weighted: true, seed: 4)
  let interval = ConfidenceInterval.of(metric, judged, seed: Seed(9))
  #expect(interval.contains(metric.value(of: judged)))
  #expect(interval.low < interval.high)
  #expect(interval == ConfidenceInterval.of(metric, judged, seed: Seed(9)))
}

/// The bootstrap of a mean is near the normal interval: mean ± 1.96 standard errors.
@Test func theBootstrapOfAMeanIsNearItsNormalInterval() {
  let judged = randomPredictions(rows: 600, classCount: 3, weighted: false, seed: 6)
  let single = (0..<600).map { row in
    Metric.logLoss.value(
      of: Predictions(
        labels: [judged.labels[row]],
        probabilities: Array(judged.probabilities[row * 3..<row * 3 + 3]), classCount: 3))
  }
  let mean = single.reduce(0, +) / 600
  let deviation = (single.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 600).squareRoot()
  let reach = 1.96 * deviation / 600.0.squareRoot()
  let interval = ConfidenceInterval.of(.logLoss, judged, seed: Seed(2))
  #expect(abs(interval.low - (mean - reach)) < 0.2 * reach)
  #expect(abs(interval.high - (mean + reach)) < 0.2 * reach)
}

/// Macro F1 is near the accuracy where all classes have equally many rows and mistakes.
@Test(arguments: [Metric.balancedAccuracy, .macroF1])
func intervalsForBalancedLabelsAreNearWilsonsInterval(metric: Metric) {
  var generator = SeededGenerator(seed: 1)
  let labels = (0..<900).map { Int32($0 % 3) }
  let predicted = labels.map { generator.index(below: 10) == 0 ? ($0 + 1) % 3 : $0 }
  let judged = predictions(labels, predicted)
  let interval = ConfidenceInterval.of(metric, judged, seed: Seed(2))
  let wilson = ConfidenceInterval.of(.accuracy, judged, seed: Seed(2))
  #expect(abs(interval.low - wilson.low) < 0.005)
  #expect(abs(interval.high - wilson.high) < 0.005)
}

/// Recalls 8 of 10 and 0 of 10, with the ends that R gives for them, count half each.
@Test func balancedAccuracyCombinesTheIntervalsOfTheRecalls() {
  let labels = [Int32](repeating: 0, count: 10) + [Int32](repeating: 1, count: 10)
  let predicted = [Int32](repeating: 0, count: 8) + [Int32](repeating: 2, count: 12)
  let interval = ConfidenceInterval.of(
    .balancedAccuracy, predictions(labels, predicted), seed: Seed(1))
  #expect(abs(interval.low - (0.4 - (0.8 - 0.4901625) / 2)) < 1e-6)
  let above = (0.1433178 * 0.1433178 + 0.2775328 * 0.2775328).squareRoot() / 2
  #expect(abs(interval.high - (0.4 + above)) < 1e-6)
}

@Test func balancedAccuracyOfOneClassHasWilsonsInterval() {
  let judged = predictions([1, 1, 1, 1, 1], [1, 1, 0, 1, 2], weights: [1, 2, 0.5, 0, 1])
  let balanced = ConfidenceInterval.of(.balancedAccuracy, judged, seed: Seed(1))
  let wilson = ConfidenceInterval.of(.accuracy, judged, seed: Seed(1))
  #expect(abs(balanced.low - wilson.low) < 1e-12)
  #expect(abs(balanced.high - wilson.high) < 1e-12)
}

/// Where all samples of the rows are alike, the rows that were not seen decide on the width.
@Test(arguments: Metric.allCases, [1, 24])
func noIntervalHasWidth0(metric: Metric, rows: Int) {
  let labels = (0..<rows).map { Int32($0 % 3) }
  for shift in [Int32(0), 1] {
    let judged = predictions(labels, labels.map { ($0 + shift) % 3 })
    let interval = ConfidenceInterval.of(metric, judged, seed: Seed(5))
    let accuracy = ConfidenceInterval.of(.accuracy, judged, seed: Seed(5))
    #expect(interval.contains(metric.value(of: judged)))
    let share = metric == .brierScore ? 0.2 : 0.6
    #expect(interval.high - interval.low > share * (accuracy.high - accuracy.low))
  }
}

@Test func intervalsOfPerfectPredictionsEndAtTheBest() {
  let labels = (0..<24).map { Int32($0 % 2) }
  let judged = predictions(labels, labels, classCount: 2)
  let missed = 1 - ConfidenceInterval.wilson(share: 1, count: 24).low
  let correlation = ConfidenceInterval.of(.matthewsCorrelation, judged, seed: Seed(3))
  #expect(correlation.high == 1)
  #expect(abs(correlation.low - (1 - 2 * missed)) < 1e-12)
  let loss = ConfidenceInterval.of(.logLoss, judged, seed: Seed(3))
  #expect(abs(loss.high - (-log(0.9) + missed * log(2))) < 1e-12)
  #expect(abs(loss.low - (-log(0.9) - missed * log(2))) < 1e-12)
}

/// One row has a correlation of 0 by convention, which rules nothing out.
@Test func oneRowTellsNothingAboutACorrelation() {
  let interval = ConfidenceInterval.of(.matthewsCorrelation, predictions([1], [1]), seed: Seed(1))
  #expect(interval == ConfidenceInterval(low: -1, high: 1))
}
