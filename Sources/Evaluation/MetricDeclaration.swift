/// All that is said about a metric, once: by it values, intervals, messages and reports are made.
///
/// In the formulas y is the true class of a row, z the predicted one, p its probabilities; K classes. Where
/// rows have weights, counts and means are weighted.
package struct MetricDeclaration: Sendable {
  /// What people call it.
  package let title: String
  package let direction: Metric.Direction
  /// The values that it can have.
  package let range: ClosedRange<Double>
  /// How it is defined, for people.
  package let formula: String
  let measure: MetricMeasure

  /// Whether probabilities are judged, and not the predicted classes alone.
  package var needsProbabilities: Bool {
    if case .classes = measure { false } else { true }
  }

  init(
    _ title: String, _ formula: String, _ direction: Metric.Direction = .maximize,
    in range: ClosedRange<Double> = 0...1, by measure: MetricMeasure
  ) {
    self.title = title
    self.direction = direction
    self.range = range
    self.formula = formula
    self.measure = measure
  }
}

/// How a metric's value comes about.
enum MetricMeasure: Sendable {
  /// From what is taken for what.
  case classes(@Sendable (ConfusionMatrix) -> Double)
  /// As the weighted mean of a figure of each row.
  case rows(@Sendable (Predictions, Int) -> Double)
  /// From how well the probability of each class ranks the rows: the mean over the classes that can be judged.
  case ranking(@Sendable (ClassRanking, RowWeights) -> Double?)
  /// From how far probabilities stand from the shares of right predictions.
  case bins(@Sendable (CalibrationBins) -> Double)
}

extension Metric {
  /// The metric's facts.
  package var declaration: MetricDeclaration {
    switch self {
    case .accuracy:
      .init("accuracy", "the share of rows with z = y", by: .classes { $0.correct / $0.total })
    case .balancedAccuracy:
      .init(
        "balanced accuracy", "the mean over the classes of the share of their rows with z = y",
        by: .classes(Self.balancedAccuracy))
    case .macroF1:
      .init(
        "macro F1", "the mean over the classes of 2 precision recall / (precision + recall)",
        by: .classes(Self.macroF1))
    case .matthewsCorrelation:
      .init(
        "Matthews correlation", "the correlation of y and z as indicator vectors", in: -1...1,
        by: .classes(Self.matthewsCorrelation))
    case .quadraticKappa:
      .init(
        "quadratic kappa",
        "1 - mean (y - z)² / that of independent y and z, classes counted in their order",
        in: -1...1, by: .classes(Self.quadraticKappa))
    case .top2Accuracy: Self.topAccuracy(2)
    case .top5Accuracy: Self.topAccuracy(5)
    case .rocAUC:
      .init(
        "ROC AUC",
        "the mean over the classes of the chance that a row of the class has a higher p of it than "
          + "another row, ties half", by: .ranking { $0.rocArea($1) })
    case .averagePrecision:
      .init(
        "average precision",
        "the mean over the classes of Σ precision · Δ recall over all thresholds of p",
        by: .ranking { $0.averagePrecision($1) })
    case .logLoss:
      .init(
        "log loss", "mean -log p(y)", .minimize, in: 0...Double.infinity,
        by: .rows(Self.rowLogLoss))
    case .brierScore:
      .init(
        "Brier score", "mean ½ Σ (p(k) - [k = y])² over the classes k", .minimize,
        by: .rows(Self.rowBrierScore))
    case .calibrationError:
      .init(
        "calibration error",
        "mean |share of z = y - mean p(z)| over 15 bins of p(z), each by its rows", .minimize,
        by: .bins(\.expectedError))
    }
  }

  private static func topAccuracy(_ count: Int) -> MetricDeclaration {
    .init(
      "top-\(count) accuracy", "the share of rows where fewer than \(count) classes are before y",
      by: .rows { predictions, row in predictions.placeOfLabel(row) < count ? 1 : 0 })
  }
}
