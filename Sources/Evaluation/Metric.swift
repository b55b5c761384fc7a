/// A figure of merit, by the word that users type; its facts are in ``MetricDeclaration``.
package enum Metric: String, Sendable, CaseIterable {
  case accuracy
  case balancedAccuracy = "balanced_accuracy"
  case macroF1 = "macro_f1"
  case matthewsCorrelation = "matthews_correlation"
  case quadraticKappa = "quadratic_kappa"
  case top2Accuracy = "top_2_accuracy"
  case top5Accuracy = "top_5_accuracy"
  case rocAUC = "roc_auc"
  case averagePrecision = "average_precision"
  case logLoss = "log_loss"
  case brierScore = "brier_score"
  case calibrationError = "calibration_error"

  /// Which end of the scale is better.
  package enum Direction: String, Sendable {
    case maximize
    case minimize
  }

  /// Which end of the scale is better.
  package var direction: Direction { declaration.direction }

  /// What people call the metric.
  package var title: String { declaration.title }

  /// The values that the metric can have, from the worst or the best one.
  package var range: ClosedRange<Double> { declaration.range }

  /// Whether a value is better than another one; any number is better than NaN.
  package func isBetter(_ value: Double, than other: Double) -> Bool {
    if value.isNaN || other.isNaN { return !value.isNaN && other.isNaN }
    return direction == .maximize ? value > other : value < other
  }
}
