package import PluginKit

/// A range that holds the true value with a confidence of 95 %.
package struct ConfidenceInterval: Sendable, Equatable {
  package let low: Double
  package let high: Double

  package init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }

  /// Whether a value lies in the interval, ends included; NaN does not.
  package func contains(_ value: Double) -> Bool { low <= value && value <= high }

  /// The interval of a metric's value on these rows.
  ///
  /// Shares of rows have Wilson's interval, balanced accuracy has those of the recalls combined, all other
  /// metrics have a bootstrap. None has width 0: few rows tell little even where every one of them is right.
  ///
  /// - Parameters:
  ///   - metric: The metric.
  ///   - predictions: What it was measured on.
  ///   - seed: Decides on the bootstrap's draws.
  /// - Returns: The interval, which contains the metric's value.
  package static func of(
    _ metric: Metric, _ predictions: Predictions, seed: Seed
  ) -> ConfidenceInterval {
    of([metric], predictions, seed: seed)[0]
  }

  /// The intervals of several metrics, each as ``of(_:_:seed:)`` gives it, at less cost than one by one.
  package static func of(
    _ metrics: [Metric], _ predictions: Predictions, seed: Seed
  ) -> [ConfidenceInterval] {
    let sampled = metrics.filter { exact($0, predictions) == nil }
    var samples = Self.samples(of: sampled, predictions, seed: seed)[...]
    return metrics.map { metric in
      exact(metric, predictions)
        ?? bootstrap(metric, predictions, samples: samples.removeFirst())
    }
  }

  /// The interval of a metric that needs no samples; nil for others.
  private static func exact(
    _ metric: Metric, _ predictions: Predictions
  ) -> ConfidenceInterval? {
    switch metric {
    case .accuracy, .top2Accuracy, .top5Accuracy:
      share(metric.value(of: predictions), of: predictions)
    case .balancedAccuracy: balancedAccuracy(predictions)
    default: nil
    }
  }

  /// The score interval of a share of successes.
  ///
  /// Reference: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
  /// JASA 22, 1927, doi:10.1080/01621459.1927.10502953.
  ///
  /// - Parameters:
  ///   - share: In 0...1.
  ///   - count: The number of trials, above 0.
  /// - Returns: An interval in 0...1 that contains `share`.
  package static func wilson(share: Double, count: Double) -> ConfidenceInterval {
    let z = 1.959963984540054  // the normal distribution's quantile 0.975
    let shrinkage = 1 + z * z / count
    let centre = (share + z * z / (2 * count)) / shrinkage
    let variance = share * (1 - share) / count + z * z / (4 * count * count)
    let reach = z * variance.squareRoot() / shrinkage
    // At a share of 0 or 1 rounding would leave the end a bit beside it.
    return ConfidenceInterval(
      low: max(0, min(share, centre - reach)), high: min(1, max(share, centre + reach)))
  }

  /// The interval for rows that were judged several times: repeats add no rows, so that the width of the
  /// pooled rows' interval grows by the root of their number.
  package func widened(
    around value: Double, repeats: Int, _ metric: Metric
  ) -> ConfidenceInterval {
    guard repeats > 1 else { return self }
    let factor = Double(repeats).squareRoot()
    return ConfidenceInterval(
      low: max(metric.range.lowerBound, value - factor * (value - low)),
      high: min(metric.range.upperBound, value + factor * (high - value)))
  }
}

extension ConfidenceInterval {
  /// The interval of a share of the rows.
  static func share(_ share: Double, of predictions: Predictions) -> ConfidenceInterval {
    let weight = (0..<predictions.rowCount).reduce(0) { $0 + predictions.weight($1) }
    let squares = squaredWeights(predictions).reduce(0, +)
    return wilson(share: share, count: effectiveCount(weight: weight, squares: squares))
  }

  /// The interval of the mean of K recalls r, whose Wilson intervals are [l, u].
  ///
  /// The classes' rows are independent samples, so that the distances of the ends add up like standard
  /// errors: mean - √Σ(r - l)² / K to mean + √Σ(u - r)² / K.
  ///
  /// Reference: G. Y. Zou, W. Huang and X. Zhang, "A note on confidence interval estimation for a linear
  /// function of binomial proportions", Computational Statistics & Data Analysis 53, 2009.
  static func balancedAccuracy(_ predictions: Predictions) -> ConfidenceInterval {
    var (present, sum, below, above) = (0.0, 0.0, 0.0, 0.0)
    let figures = ConfusionMatrix(predictions).perClass
    for (figures, squares) in zip(figures, squaredWeights(predictions)) where figures.support > 0 {
      let recall = figures.recall
      let interval = wilson(
        share: recall, count: effectiveCount(weight: figures.support, squares: squares))
      present += 1
      sum += recall
      below += (recall - interval.low) * (recall - interval.low)
      above += (interval.high - recall) * (interval.high - recall)
    }
    return ConfidenceInterval(
      low: max(0, (sum - below.squareRoot()) / present),
      high: min(1, (sum + above.squareRoot()) / present))
  }

  /// The sums of the squares of the row weights, by true class.
  private static func squaredWeights(_ predictions: Predictions) -> [Double] {
    var sums = [Double](repeating: 0, count: predictions.classCount)
    for row in 0..<predictions.rowCount {
      sums[Int(predictions.labels[row])] += predictions.weight(row) * predictions.weight(row)
    }
    return sums
  }

  /// The number of equally weighted rows that tell as much: (Σw)² / Σw².
  ///
  /// Reference: L. Kish, "Survey Sampling", Wiley, 1965, section 11.7.
  private static func effectiveCount(weight: Double, squares: Double) -> Double {
    weight * weight / squares
  }
}
