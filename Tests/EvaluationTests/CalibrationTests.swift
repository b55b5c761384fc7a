import Evaluation
import Foundation
import PluginKit
import TestSupport
import Testing

/// Scores of random rows, on a grid so that there are ties, with labels that follow them more or less.
private func randomScores(
  rows: Int, classCount: Int, seed: UInt64
) -> (scores: ScoreMatrix, labels: [Int32]) {
  var generator = Seed(seed).keyed("scores").generator()
  var labels: [Int32] = []
  var values: [Float] = []
  for _ in 0..<rows {
    let label = generator.index(below: classCount)
    labels.append(Int32(label))
    for kind in 0..<classCount {
      values.append(Float(((generator.normal() + (kind == label ? 1 : 0)) * 4).rounded() / 4))
    }
  }
  return (ScoreMatrix(rowCount: rows, columnCount: classCount, values: values), labels)
}

@Test(arguments: CalibrationMethod.allCases, [2, 3, 5])
func theMostProbableClassIsTheOneWithTheLargestScore(
  method: CalibrationMethod, classCount: Int
) {
  let (scores, labels) = randomScores(rows: 400, classCount: classCount, seed: 31)
  let calibration = Calibration.fit(method, scores: scores, labels: labels)
  // Other rows than it was fitted to, further out and with more ties.
  let others = randomScores(rows: 2_000, classCount: classCount, seed: 32).scores
  let wide = ScoreMatrix(
    rowCount: 2_000, columnCount: classCount, values: others.values.map { $0 * 3 })
  for matrix in [others, wide] {
    let probabilities = calibration.probabilities(of: matrix)
    for row in 0..<2_000 {
      let own = Array(probabilities[row * classCount..<(row + 1) * classCount])
      let values = Array(matrix.row(row))
      #expect(own.firstIndex(of: own.max() ?? 0) == values.firstIndex(of: values.max() ?? 0))
      #expect(abs(own.reduce(0, +) - 1) < 1e-12)
      #expect(own.allSatisfy { $0 >= 0 && $0.isFinite })
    }
  }
}

@Test func poolingIsTheNearestPointWithoutAClassAboveThePrediction() throws {
  // Margins 0.1, -0.1, -0.1: curves say 0.2, 0.5 and 0.3, and the first class is predicted.
  let curve = { (values: [Double]) in
    CalibrationCurve.knots(margins: [-0.1, 0.1], values: values)
  }
  let calibration = Calibration.margins(
    MarginCalibration(curves: [curve([0.1, 0.2]), curve([0.5, 0.6]), curve([0.3, 0.4])]))
  let scores = ScoreMatrix(rowCount: 1, columnCount: 3, values: [0.125, 0.025, 0.025])
  let found = calibration.probabilities(of: scores)
  // Of all points p with p₁ ≥ p₂, p₃ and sum 1 the nearest to (0.2, 0.5, 0.3) is (0.35, 0.35, 0.3).
  for (value, expected) in zip(found, [0.35, 0.35, 0.3]) { #expect(abs(value - expected) < 1e-9) }
}

@Test func aSigmoidThatWasPlantedIsFound() throws {
  var generator = Seed(33).generator()
  var (values, labels): ([Float], [Int32]) = ([], [])
  for _ in 0..<40_000 {
    let margin = 2 * generator.normal()
    let probability = 1 / (1 + exp(1 - 2 * margin))
    labels.append(generator.uniform() < probability ? 1 : 0)
    values += [Float(-margin / 2), Float(margin / 2)]
  }
  let scores = ScoreMatrix(rowCount: 40_000, columnCount: 2, values: values)
  guard case .margins(let found) = Calibration.fit(.platt, scores: scores, labels: labels),
    case .sigmoid(let slope, let offset) = found.curves[1],
    case .sigmoid(let mirrored, let opposite) = found.curves[0]
  else {
    Issue.record("no sigmoids")
    return
  }
  // Five standard errors of a logistic regression of so many rows.
  #expect(abs(slope - 2) < 0.12 && abs(offset + 1) < 0.12)
  #expect(abs(mirrored - slope) < 1e-6 && abs(opposite + offset) < 1e-6)
}

@Test func aClassThatIsRankedBackwardsGetsALevelCurve() {
  let scores = ScoreMatrix(rowCount: 4, columnCount: 2, values: [0, 1, 0, 2, 1, 0, 2, 0])
  guard case .margins(let found) = Calibration.fit(.platt, scores: scores, labels: [0, 0, 1, 1])
  else { return }
  for curve in found.curves {
    guard case .sigmoid(let slope, let offset) = curve else { continue }
    #expect(slope == 0 && abs(offset) < 1e-12)
  }
}

@Test(arguments: CalibrationMethod.allCases)
func scoresThatSeparateTheClassesGiveNoCertainty(method: CalibrationMethod) {
  let scores = ScoreMatrix(
    rowCount: 20, columnCount: 2,
    values: (0..<20).flatMap { $0 % 2 == 0 ? [1, 0] as [Float] : [0, 1] })
  let calibration = Calibration.fit(
    method, scores: scores, labels: (0..<20).map { Int32($0 % 2) })
  #expect(calibration.probabilities(of: scores).allSatisfy { $0 > 0 && $0 < 1 })
}

@Test(arguments: CalibrationMethod.allCases)
func aCalibrationIsReadBackToTheBit(method: CalibrationMethod) throws {
  let (scores, labels) = randomScores(rows: 100, classCount: 3, seed: 34)
  let calibration = Calibration.fit(method, scores: scores, labels: labels)
  let read = try Calibration(json: JSONValue(parsing: calibration.json.text))
  #expect(read == calibration)
  #expect(calibration.fits(classCount: 3))
}

@Test(arguments: [
  #"{"inverse_temperature": 0}"#, #"{"margins": []}"#,
  #"{"margins": [{"slope": -1, "offset": 0}]}"#,
  #"{"margins": [{"knots": [0, 1], "values": [0.5, 0.4]}]}"#,
  #"{"margins": [{"knots": [1, 0], "values": [0.4, 0.5]}]}"#,
  #"{"margins": [{"knots": [0], "values": [1]}]}"#, "{}",
])
func aDamagedCalibrationIsRefused(text: String) throws {
  #expect(try Calibration(json: JSONValue(parsing: text)) == nil)
}

@Test(arguments: [CalibrationMethod.platt, .isotonic])
func aWeightOfTwoIsTheRowTwiceForCurves(method: CalibrationMethod) {
  let (scores, labels) = randomScores(rows: 60, classCount: 3, seed: 35)
  let weights = (0..<60).map { Float($0 % 3) }
  let rows = (0..<60).flatMap { Array(repeating: $0, count: $0 % 3) }
  let weighted = Calibration.fit(method, scores: scores, labels: labels, weights: weights)
    .probabilities(of: scores)
  let repeated = Calibration.fit(
    method, scores: scores.selecting(rows: rows), labels: rows.map { labels[$0] }
  ).probabilities(of: scores)
  #expect(zip(weighted, repeated).allSatisfy { abs($0 - $1) < 1e-6 })
}

/// One class against the others on its margins, by scikit-learn and scipy.
private let oracle = """
  import json, sys
  import numpy as np
  from scipy.optimize import minimize
  from sklearn.isotonic import IsotonicRegression
  task = json.load(sys.stdin)
  y = np.array(task["labels"])
  s = np.array(task["scores"]).reshape(len(y), -1)
  w = np.array(task["weights"])
  w = w / w.mean()
  curves = []
  for k in range(s.shape[1]):
      m = s[:, k] - np.delete(s, k, axis=1).max(axis=1)
      own = w[y == k].sum()
      t = np.where(y == k, (own + 1) / (own + 2), 1 / (len(y) - own + 2))
      if task["method"] == "isotonic":
          fit = IsotonicRegression(out_of_bounds="clip").fit(m, t, sample_weight=w)
          curves.append(fit.predict(m))
      else:
          loss = lambda ab: (w * (np.logaddexp(0, ab[0] * m + ab[1]) - t * (ab[0] * m + ab[1]))).sum()
          a, b = minimize(loss, [1, 0], method="BFGS", options={"gtol": 1e-9}).x
          curves.append(1 / (1 + np.exp(-(a * m + b))))
  p = np.array(curves).T
  print(json.dumps((p / p.sum(axis=1, keepdims=True)).ravel().tolist()))
  """

@Test(
  .enabled(if: PythonOracle.isAvailable), arguments: [CalibrationMethod.platt, .isotonic],
  [2, 4])
func curvesAgreeWithScikitLearn(method: CalibrationMethod, classCount: Int) throws {
  let (scores, labels) = randomScores(rows: 300, classCount: classCount, seed: 36)
  var generator = Seed(37).generator()
  let weights = labels.map { _ in Float(generator.index(below: 4) + 1) }
  let task = JSONValue.object([
    ("method", .string(method.rawValue)),
    ("labels", .array(labels.map { .integer(Int($0)) })),
    ("weights", .array(weights.map { .number(Double($0)) })),
    ("scores", .array(scores.values.map { .number(Double($0)) })),
  ])
  let answer = try JSONValue(parsing: PythonOracle.run(oracle, input: task.text))
  let expected = try #require(answer.array).compactMap(\.number)
  let found = Calibration.fit(method, scores: scores, labels: labels, weights: weights)
    .probabilities(of: scores)
  var compared = 0
  for row in labels.indices {
    let own = expected[row * classCount..<(row + 1) * classCount]
    let values = Array(scores.row(row))
    let predicted = values.firstIndex(of: values.max() ?? 0) ?? 0
    // Where curves cross, the program pools classes and scikit-learn does not.
    guard own[own.startIndex + predicted] == own.max() else { continue }
    compared += 1
    for place in own.indices { #expect(abs(found[place] - expected[place]) < 1e-6) }
  }
  #expect(compared > 200)
}
