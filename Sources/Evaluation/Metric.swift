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
}
