import Evaluation
import PluginKit

/// What scores of the judged rows are worth.
struct Judgement: Sendable {
  /// Fitted to all of the rows.
  let calibration: Calibration
  let validation: MetricValues
  /// The 95 % interval of the search metric.
  let interval: ConfidenceInterval
}

extension TrialRunner {
  /// Judges scores of the rows that judge every trial.
  ///
  /// - Parameters:
  ///   - scores: In the order of ``StudyRows/judged``.
  ///   - method: How they become probabilities; nil for the pipeline's way.
  /// - Returns: The calibration, and what the scores are worth with it.
  func judgement(of scores: ScoreMatrix, by method: CalibrationMethod? = nil) -> Judgement {
    let method = method ?? calibration
    let judged = rows.judged
    let predictions = Predictions(
      labels: judged.labels, probabilities: judgedProbabilities(of: scores, by: method),
      classCount: scores.columnCount, weights: judged.weights, costs: rows.costs)
    return Judgement(
      calibration: .fit(method, scores: scores, labels: judged.labels, weights: judged.weights),
      validation: MetricValues(of: predictions),
      interval: ConfidenceInterval.of(metric, predictions, seed: seed.keyed("interval"))
        .widened(around: metric.value(of: predictions), repeats: rows.repeats, metric))
  }

  /// The probabilities of the judged rows, fit to judge by.
  ///
  /// A single factor fits the rows that it is fitted to hardly better than others. Curves do: there each row
  /// gets its probabilities from curves that were fitted to the rows of the other folds.
  func judgedProbabilities(of scores: ScoreMatrix, by method: CalibrationMethod) -> [Double] {
    let judged = rows.judged
    switch method {
    case .temperature, .none:
      return Calibration.fit(
        method, scores: scores, labels: judged.labels, weights: judged.weights
      ).probabilities(of: scores)
    case .platt, .isotonic:
      return crossedProbabilities(of: scores, judged, choiceFolds(judged), by: method)
    }
  }

  /// ``StudyRows/choiceFolds(_:seed:)`` of the study.
  func choiceFolds(_ judged: JudgedRows) -> [Int] {
    cache.value(for: "choice folds", byteCount: { 8 * $0.count }) {
      rows.choiceFolds(judged, seed: seed.keyed("choice folds"))
    }
  }

  private func crossedProbabilities(
    of scores: ScoreMatrix, _ judged: JudgedRows, _ folds: [Int], by method: CalibrationMethod
  ) -> [Double] {
    let width = scores.columnCount
    var probabilities = [Double](repeating: 0, count: scores.values.count)
    for fold in Set(folds).sorted() {
      // A fold that holds all rows, or all that weigh anything, is its own judge.
      let others = folds.indices.filter { folds[$0] != fold && judged.weights?[$0] != 0 }
      let fitted = others.isEmpty ? Array(folds.indices) : others
      let calibration = Calibration.fit(
        method, scores: scores.selecting(rows: fitted), labels: fitted.map { judged.labels[$0] },
        weights: judged.weights.map { weights in fitted.map { weights[$0] } })
      let own = folds.indices.filter { folds[$0] == fold }
      let values = calibration.probabilities(of: scores.selecting(rows: own))
      for (place, row) in own.enumerated() {
        for kind in 0..<width { probabilities[row * width + kind] = values[place * width + kind] }
      }
    }
    return probabilities
  }
}
