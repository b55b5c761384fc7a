#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
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
  /// Accuracy has Wilson's interval, all other metrics have a bootstrap.
  ///
  /// - Parameters:
  ///   - metric: The metric.
  ///   - predictions: What it was measured on.
  ///   - seed: Decides on the bootstrap's draws.
  /// - Returns: The interval, which contains the metric's value.
  package static func of(
    _ metric: Metric, _ predictions: Predictions, seed: Seed
  ) -> ConfidenceInterval {
    guard metric == .accuracy else { return bootstrap(metric, predictions, seed: seed) }
    return wilson(
      share: metric.value(of: predictions), count: effectiveRowCount(predictions))
  }

  /// The number of equally weighted rows that tell as much: (Σw)² / Σw².
  ///
  /// Reference: L. Kish, "Survey Sampling", Wiley, 1965, section 11.7.
  private static func effectiveRowCount(_ predictions: Predictions) -> Double {
    guard let weights = predictions.weights else { return Double(predictions.rowCount) }
    var (sum, squares) = (0.0, 0.0)
    for weight in weights {
      sum += Double(weight)
      squares += Double(weight) * Double(weight)
    }
    return sum * sum / squares
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
}

extension ConfidenceInterval {
  /// The percentile interval of a metric over samples of the rows with replacement.
  ///
  /// There are 1,000 samples; beyond 20,000 rows fewer, so that at most 20 million rows are drawn, but never
  /// below 200. The interval is widened to contain the metric's value, which an asymmetric metric can miss.
  ///
  /// Reference: B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap", Chapman & Hall, 1993,
  /// chapter 13.
  static func bootstrap(
    _ metric: Metric, _ predictions: Predictions, seed: Seed
  ) -> ConfidenceInterval {
    let count = min(1000, max(200, 20_000_000 / predictions.rowCount))
    let value = metric.value(of: predictions)
    var generator = seed.keyed("bootstrap-" + metric.rawValue).generator()
    let resampled = metric == .logLoss ? lossSamples : classSamples
    let values = resampled(metric, predictions, count, &generator)
      .filter { !$0.isNaN }.sorted()
    guard !values.isEmpty else { return ConfidenceInterval(low: value, high: value) }
    return ConfidenceInterval(
      low: min(value, quantile(0.025, ofSorted: values)),
      high: max(value, quantile(0.975, ofSorted: values)))
  }

  private static func quantile(_ share: Double, ofSorted values: [Double]) -> Double {
    let position = share * Double(values.count - 1)
    let low = Int(position)
    let high = min(low + 1, values.count - 1)
    return values[low] + (values[high] - values[low]) * (position - Double(low))
  }

  /// Values of a metric of the predicted classes, for each sample of rows.
  private static func classSamples(
    _ metric: Metric, _ predictions: Predictions, count: Int, generator: inout SeededGenerator
  ) -> [Double] {
    let (rows, width) = (predictions.rowCount, predictions.classCount)
    let cells = (0..<rows).map {
      Int(predictions.labels[$0]) * width + Int(predictions.predicted[$0])
    }
    let weights = (0..<rows).map { predictions.weight($0) }
    return (0..<count).map { _ in
      var sums = [Double](repeating: 0, count: width * width)
      for _ in 0..<rows {
        let row = generator.index(below: rows)
        sums[cells[row]] += weights[row]
      }
      return metric.value(of: ConfusionMatrix(classCount: width, sums: sums)) ?? .nan
    }
  }

  /// Values of the log loss for each sample of rows.
  private static func lossSamples(
    _ metric: Metric, _ predictions: Predictions, count: Int, generator: inout SeededGenerator
  ) -> [Double] {
    let rows = predictions.rowCount
    let weights = (0..<rows).map { predictions.weight($0) }
    let losses = (0..<rows).map {
      weights[$0] * Metric.rowLogLoss(of: predictions, $0)
    }
    return (0..<count).map { _ in
      var (sum, total) = (0.0, 0.0)
      for _ in 0..<rows {
        let row = generator.index(below: rows)
        sum += losses[row]
        total += weights[row]
      }
      return sum / total
    }
  }
}
