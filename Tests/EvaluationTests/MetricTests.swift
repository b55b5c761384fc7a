import Evaluation
import PluginKit
import TestSupport
import Testing

private let tolerance = 1e-12

@Test func aPerfectPredictionHasTheBestValues() {
  let perfect = Predictions(
    labels: [0, 1, 2], probabilities: [1, 0, 0, 0, 1, 0, 0, 0, 1], classCount: 3)
  let values = MetricValues(of: perfect)
  for metric in Metric.allCases where metric != .logLoss {
    #expect(values[metric] == 1, "\(metric)")
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
  for metric in Metric.allCases where metric != .logLoss {
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

@Test(arguments: Metric.allCases)
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
}

@Test func metricValuesSurviveTheirJSON() throws {
  let values = MetricValues([(.logLoss, 0.1), (.accuracy, 1.0 / 3), (.macroF1, .nan)])
  #expect(values.json.text == #"{"accuracy":0.3333333333333333,"macro_f1":null,"log_loss":0.1}"#)
  #expect(try MetricValues(json: JSONValue(parsing: values.json.text)) == values)
}

@Test(.enabled(if: PythonOracle.isAvailable))
func metricsAgreeWithScikitLearn() throws {
  let script = """
    import sys
    import numpy as np
    from sklearn import metrics as m
    for table in sys.stdin.read().split("\\n\\n"):
        rows = np.array([[float(v) for v in line.split()] for line in table.splitlines()])
        rows = rows[rows[:, 2] > 0]
        y, z, w, p = rows[:, 0].astype(int), rows[:, 1].astype(int), rows[:, 2], rows[:, 3:]
        print(m.accuracy_score(y, z, sample_weight=w))
        print(m.balanced_accuracy_score(y, z, sample_weight=w))
        print(m.f1_score(y, z, average="macro", sample_weight=w, zero_division=0))
        print(m.matthews_corrcoef(y, z, sample_weight=w))
        print(m.log_loss(y, p, sample_weight=w, labels=np.arange(p.shape[1])))
    """
  let tables = (0..<6 as Range<UInt64>).map { seed in
    randomPredictions(rows: 80, classCount: 5, weighted: seed.isMultiple(of: 2), seed: seed)
  }
  let output = try PythonOracle.run(
    script, input: tables.map(text).joined(separator: "\n\n"))
  let expected = output.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
  let values = tables.flatMap { table in
    Metric.allCases.map { (metric: $0, value: $0.value(of: table)) }
  }
  try #require(expected.count == values.count)
  for ((metric, value), expected) in zip(values, expected) {
    #expect(abs(value - expected) < 1e-10, "\(metric)")
  }
}

/// A line for each row: label, prediction, weight and probabilities.
private func text(_ judged: Predictions) -> String {
  let width = judged.classCount
  let lines = (0..<judged.rowCount).map { row in
    let probabilities = judged.probabilities[row * width..<(row + 1) * width]
    return "\(judged.labels[row]) \(judged.predicted[row]) \(judged.weights?[row] ?? 1) "
      + probabilities.map(\.description).joined(separator: " ")
  }
  return lines.joined(separator: "\n")
}
