#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Metric {
  /// The value of the metric, with the definitions of scikit-learn 1.x, weighted where rows have weights.
  ///
  /// Rows of weight 0 count as absent. Sums are in Double and in row order. O(n + K²), for `log_loss`
  /// O(n · K).
  package func value(of predictions: Predictions) -> Double {
    self == .logLoss
      ? Self.meanLogLoss(of: predictions) : value(of: ConfusionMatrix(predictions)) ?? .nan
  }

  /// The value of a metric that depends on the predicted classes only; nil for others.
  package func value(of confusion: ConfusionMatrix) -> Double? {
    switch self {
    case .accuracy: confusion.correct / confusion.total
    case .balancedAccuracy: Self.balancedAccuracy(of: confusion)
    case .macroF1: Self.macroF1(of: confusion)
    case .matthewsCorrelation: Self.matthewsCorrelation(of: confusion)
    case .logLoss: nil
    }
  }

  /// The mean recall of the classes that occur among the labels.
  private static func balancedAccuracy(of confusion: ConfusionMatrix) -> Double {
    let present = confusion.perClass.filter { $0.support > 0 }
    return present.reduce(0) { $0 + $1.recall } / Double(present.count)
  }

  /// The mean F1 of the classes that occur among the labels or the predictions.
  private static func macroF1(of confusion: ConfusionMatrix) -> Double {
    let figures = confusion.perClass
    let occurring = figures.indices.filter {
      figures[$0].support > 0 || confusion.predictedSum(of: $0) > 0
    }
    return occurring.reduce(0) { $0 + figures[$1].f1 } / Double(occurring.count)
  }

  /// The correlation of labels and predictions as indicator vectors, in -1...1; 0 where either is constant.
  ///
  /// Reference: J. Gorodkin, "Comparing two K-category assignments by a K-category correlation
  /// coefficient", Computational Biology and Chemistry 28, 2004, doi:10.1016/j.compbiolchem.2004.09.006.
  private static func matthewsCorrelation(of confusion: ConfusionMatrix) -> Double {
    let total = confusion.total
    var (both, labels, predictions) = (confusion.correct * total, total * total, total * total)
    for index in 0..<confusion.classCount {
      let (truth, prediction) = (confusion.support(of: index), confusion.predictedSum(of: index))
      both -= truth * prediction
      labels -= truth * truth
      predictions -= prediction * prediction
    }
    return labels > 0 && predictions > 0 ? both / (labels * predictions).squareRoot() : 0
  }

  /// The mean of `-log p` of the true class.
  ///
  /// Probabilities are clipped to 10⁻¹⁵...1 - 10⁻¹⁵, and each row is then divided by its sum.
  private static func meanLogLoss(of predictions: Predictions) -> Double {
    var (sum, total) = (0.0, 0.0)
    for row in 0..<predictions.rowCount {
      sum += predictions.weight(row) * rowLogLoss(of: predictions, row)
      total += predictions.weight(row)
    }
    return sum / total
  }

  /// The term of one row in the log loss.
  static func rowLogLoss(of predictions: Predictions, _ row: Int) -> Double {
    let first = row * predictions.classCount
    var sum = 0.0
    for place in first..<first + predictions.classCount {
      sum += clipped(predictions.probabilities[place])
    }
    return log(sum) - log(clipped(predictions.probabilities[first + Int(predictions.labels[row])]))
  }

  private static func clipped(_ probability: Double) -> Double {
    min(max(probability, 1e-15), 1 - 1e-15)
  }
}
