/// A figure of merit, by the word that users type.
package enum Metric: String, Sendable, CaseIterable {
  case accuracy
  case balancedAccuracy = "balanced_accuracy"
  case macroF1 = "macro_f1"
  case matthewsCorrelation = "matthews_correlation"
  case logLoss = "log_loss"

  /// Which end of the scale is better.
  package enum Direction: String, Sendable {
    case maximize
    case minimize
  }

  /// Which end of the scale is better.
  package var direction: Direction { self == .logLoss ? .minimize : .maximize }

  /// What people call the metric.
  package var title: String {
    switch self {
    case .accuracy: "accuracy"
    case .balancedAccuracy: "balanced accuracy"
    case .macroF1: "macro F1"
    case .matthewsCorrelation: "Matthews correlation"
    case .logLoss: "log loss"
    }
  }

  /// Whether a value is better than another one; any number is better than NaN.
  package func isBetter(_ value: Double, than other: Double) -> Bool {
    if value.isNaN || other.isNaN { return !value.isNaN && other.isNaN }
    return direction == .maximize ? value > other : value < other
  }
}
