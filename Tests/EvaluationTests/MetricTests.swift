import Evaluation
import PluginKit
import Testing

private let tolerance = 1e-12

@Test func aPerfectPredictionHasTheBestValues() {
  let perfect = Predictions(
    labels: [0, 1, 2], probabilities: [1, 0, 0, 0, 1, 0, 0, 0, 1], classCount: 3)
  let values = MetricValues(of: perfect)
  for metric in Metric.allCases where metric != .logLoss {
    #expect(values[metric] == (metric.direction == .maximize ? 1 : 0), "\(metric)")
  }
  // Clipping leaves 1 - 10⁻¹⁵ of 1 + 10⁻¹⁵ on the true class.
  #expect((values[.logLoss] ?? 1) < 3e-15)
}

@Test func valuesAgreeWithACountByHand() {
  let judged = predictions([0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 2, 2])
  let values = MetricValues(of: judged)
  #expect(abs((values[.accuracy] ?? 0) - 4.0 / 6) < tolerance)
  #expect(abs((values[.balancedAccuracy] ?? 0) - (2.0 / 3 + 1.0 / 2 + 1) / 3) < tolerance)
  // F1: 2·2/(3 + 2), 2·1/(2 + 2), 2·1/(1 + 2)
  #expect(abs((values[.macroF1] ?? 0) - (0.8 + 0.5 + 2.0 / 3) / 3) < tolerance)
  // (4·6 - (3·2 + 2·2 + 1·2)) / √((36 - 14)(36 - 12))
  #expect(abs((values[.matthewsCorrelation] ?? 0) - 12 / (22.0 * 24).squareRoot()) < tolerance)
}

@Test func aConstantPredictionHasNoCorrelationAndChanceRecall() {
  let values = MetricValues(of: predictions([0, 0, 1, 2], [0, 0, 0, 0]))
  #expect(values[.matthewsCorrelation] == 0)
  #expect(abs((values[.balancedAccuracy] ?? 0) - 1.0 / 3) < tolerance)
}

@Test func classesThatDoNotOccurCountForNothing() {
  let three = predictions([0, 1, 1], [0, 1, 0])
  let five = predictions([0, 1, 1], [0, 1, 0], classCount: 5)
  // The probabilities of the others differ.
  for metric in Metric.allCases where ![.logLoss, .brierScore, .top2Accuracy].contains(metric) {
    #expect(abs(metric.value(of: three) - metric.value(of: five)) < tolerance, "\(metric)")
  }
}

@Test(arguments: Metric.allCases)
func aWeightOfTwoIsTheRowTwice(metric: Metric) {
  let labels: [Int32] = [0, 1, 2, 1]
  let predicted: [Int32] = [0, 2, 2, 1]
  let weighted = predictions(labels, predicted, weights: [1, 2, 1, 0])
  let repeated = predictions([0, 1, 1, 2], [0, 2, 2, 2])
  #expect(abs(metric.value(of: weighted) - metric.value(of: repeated)) < tolerance)
}

/// But for kappa, which counts how far apart classes are in their order.
@Test(arguments: Metric.allCases.filter { $0 != .quadraticKappa })
func theNamesOfTheClassesDoNotMatter(metric: Metric) {
  let judged = randomPredictions(rows: 50, classCount: 4, weighted: true, seed: 2)
  let order = [2, 0, 3, 1]  // class k becomes order[k]
  var probabilities = judged.probabilities
  for row in 0..<50 {
    for index in 0..<4 {
      probabilities[row * 4 + order[index]] = judged.probabilities[row * 4 + index]
    }
  }
  let renamed = Predictions(
    labels: judged.labels.map { Int32(order[Int($0)]) }, probabilities: probabilities,
    classCount: 4, weights: judged.weights)
  #expect(abs(metric.value(of: judged) - metric.value(of: renamed)) < tolerance)
}

@Test(arguments: Metric.allCases, 0..<8 as Range<UInt64>)
func everyValueLiesInItsRange(metric: Metric, seed: UInt64) {
  let judged = randomPredictions(
    rows: [1, 2, 7, 60][Int(seed % 4)], classCount: 3, weighted: false, seed: seed)
  #expect(metric.range.contains(metric.value(of: judged)))
}

@Test func theAreaCountsPairsAndTiesHalf() {
  let judged = Predictions(
    labels: [1, 1, 0, 0], probabilities: [0.1, 0.9, 0.5, 0.5, 0.5, 0.5, 0.4, 0.6],
    classCount: 2)
  // p(1) = 0.9 and 0.5 of class 1, 0.5 and 0.6 of class 0: 2 + 0.5 of 4.
  #expect(abs(Metric.rocAUC.value(of: judged) - 2.5 / 4) < tolerance)
  // Thresholds 0.9, 0.6, 0.5: recall 1/2 at precision 1, then 1 at 2/4; for class 0 recall 1/2 and 1 share
  // the thresholds 0.5 and 0.4: p(0) = 0.5 is held by a row of each, then 0.4.
  let first = 0.5 * 1 + 0.5 * 0.5
  let second = 0.5 * 0.5 + 0.5 * (2.0 / 3)
  #expect(abs(Metric.averagePrecision.value(of: judged) - (first + second) / 2) < tolerance)
}

@Test func rowsOfOneClassAreRankedAsByChance() {
  let judged = predictions([1, 1], [1, 0])
  #expect(Metric.rocAUC.value(of: judged) == 0.5)
  #expect(Metric.averagePrecision.value(of: judged) == 1)
  #expect(RankingFigures(judged).perClass(.rocAUC) == [nil, nil, nil])
}

@Test func theCurvesEndWhereTheyMustAndHoldTheArea() throws {
  let judged = randomPredictions(rows: 90, classCount: 4, weighted: true, seed: 8)
  let figures = RankingFigures(judged)
  for (ranking, area) in zip(figures.rankings, figures.perClass(.rocAUC)).prefix(3) {
    let curve = ranking.rocCurve(figures.weights)
    #expect(curve.first.map { [$0.x, $0.y] } == [0, 0])
    #expect(curve.last.map { [$0.x, $0.y] } == [1, 1])
    let sum = zip(curve, curve.dropFirst()).reduce(0) {
      $0 + ($1.1.x - $1.0.x) * ($1.1.y + $1.0.y) / 2
    }
    #expect(abs(sum - (area ?? .nan)) < tolerance)
    #expect(ranking.precisionRecallCurve(figures.weights).last?.x == 1)
  }
  #expect(figures.rankings[3].rocCurve(figures.weights) == [])
}

@Test func kappaCountsTheSquareOfTheDistance() {
  // Costs 1 and 4 of found, and of chance: labels (2, 1, 1) and predictions (1, 2, 1), each over 4.
  let judged = predictions([0, 0, 1, 2], [0, 1, 1, 2])
  // Σ (i - j)² t(i) p(j) / 4 = (2·2·1 + 2·1·4 + 1·1·1 + 1·1·1 + 1·1·4 + 1·2·1) / 4
  #expect(abs(Metric.quadraticKappa.value(of: judged) - (1 - 1 / (20.0 / 4))) < tolerance)
}

@Test func calibrationComparesConfidenceWithTheShareOfRightRows() {
  // Ten rows at 0.9 of which seven are right.
  let labels = [Int32](repeating: 0, count: 7) + [1, 1, 1]
  let judged = predictions(labels, [Int32](repeating: 0, count: 10), classCount: 2)
  #expect(abs(Metric.calibrationError.value(of: judged) - 0.2) < tolerance)
  let bins = CalibrationBins(judged).bins
  #expect(bins.count == 15)
  #expect(bins[13].weight == 10)  // 13/15 < 0.9 <= 14/15
  #expect(bins[13].right == 7)
}

@Test func aProbabilityOfZeroCostsAFiniteLoss() {
  let wrong = Predictions(labels: [1], probabilities: [1, 0], classCount: 2)
  #expect(abs(Metric.logLoss.value(of: wrong) - 34.538776394910684) < 1e-9)  // -log 10⁻¹⁵
}

@Test func theMostProbableClassIsPredictedAndTiesGoToTheLowerOne() {
  let judged = Predictions(
    labels: [0, 0], probabilities: [0.2, 0.4, 0.4, 0.5, 0, 0.5], classCount: 3)
  #expect(judged.predicted == [1, 0])
}

@Test func confusionCountsTrueClassesInRows() {
  let confusion = ConfusionMatrix(predictions([0, 0, 1, 2, 2], [0, 1, 1, 0, 2]))
  #expect(confusion.sums == [1, 1, 0, 0, 1, 0, 1, 0, 1])
  #expect(confusion.perClass.map(\.support) == [2, 1, 2])
  #expect(confusion.perClass.map(\.recall) == [0.5, 1, 0.5])
  #expect(confusion.perClass.map(\.precision) == [0.5, 0.5, 1])
}

@Test func everyNumberIsBetterThanNaN() {
  for metric in Metric.allCases {
    #expect(metric.isBetter(0.5, than: .nan))
    #expect(!metric.isBetter(.nan, than: 0.5))
    #expect(!metric.isBetter(.nan, than: .nan))
  }
  #expect(Metric.accuracy.isBetter(0.9, than: 0.8))
  #expect(Metric.logLoss.isBetter(0.8, than: 0.9))
  #expect(Metric.brierScore.isBetter(0.1, than: 0.2))
}

@Test func metricValuesSurviveTheirJSON() throws {
  let values = MetricValues([(.logLoss, 0.1), (.accuracy, 1.0 / 3), (.macroF1, .nan)])
  #expect(values.json.text == #"{"accuracy":0.3333333333333333,"macro_f1":null,"log_loss":0.1}"#)
  #expect(try MetricValues(json: JSONValue(parsing: values.json.text)) == values)
}
