#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
package import PluginKit

extension ConfidenceInterval {
  /// The percentile interval of a metric over samples of the rows with replacement.
  ///
  /// There are 1,000 samples; beyond 20,000 rows fewer, so that at most 20 million rows are drawn, but never
  /// below 200. A sample holds no mistake that the rows don't hold, and of rows without any all samples are
  /// alike: the ends are at least as far from the metric's value as ``leastReach(_:_:)`` says.
  ///
  /// Reference: B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap", Chapman & Hall, 1993,
  /// chapter 13.
  static func bootstrap(
    _ metric: Metric, _ predictions: Predictions, seed: Seed
  ) -> ConfidenceInterval {
    let value = metric.value(of: predictions)
    let values = samples(of: metric, predictions, seed: seed).filter { !$0.isNaN }.sorted()
    let reach = leastReach(metric, predictions)
    let lowest = metric == .matthewsCorrelation ? -1.0 : 0.0
    let highest = metric == .logLoss ? Double.infinity : 1.0
    let low = values.isEmpty ? value : quantile(0.025, ofSorted: values)
    let high = values.isEmpty ? value : quantile(0.975, ofSorted: values)
    return ConfidenceInterval(
      low: min(value, max(lowest, min(low, value - reach.below))),
      high: max(value, min(highest, max(high, value + reach.above))))
  }

  /// A metric's values on samples of the rows with replacement; the same seed draws the same rows for all
  /// predictions of as many rows.
  package static func samples(
    of metric: Metric, _ predictions: Predictions, seed: Seed
  ) -> [Double] {
    let count = min(1000, max(200, 20_000_000 / predictions.rowCount))
    var generator = seed.keyed("bootstrap-" + metric.rawValue).generator()
    let resampled = metric == .logLoss ? lossSamples : classSamples
    return resampled(metric, predictions, count, &generator)
  }

  /// How far a metric's interval reaches at the least, by what may be wrong with rows that were not seen.
  ///
  /// * Macro F1 counts every class the same: as far as the interval of the balanced accuracy.
  /// * Matthews correlation counts every row the same: as far as the longer arm of the accuracy's Wilson
  ///   interval, times K / (K - 1), its slope in the accuracy for K classes of one size. The longer arm goes
  ///   both ways, as a correlation of 0 by convention says nothing about its direction.
  /// * Log loss: as far as the same arm, times log 2, the least that a mistake costs.
  private static func leastReach(
    _ metric: Metric, _ predictions: Predictions
  ) -> (below: Double, above: Double) {
    guard metric != .macroF1 else {
      let value = Metric.balancedAccuracy.value(of: predictions)
      let interval = balancedAccuracy(predictions)
      return (value - interval.low, interval.high - value)
    }
    let value = Metric.accuracy.value(of: predictions)
    let interval = accuracy(predictions)
    let arm = max(value - interval.low, interval.high - value)
    guard metric == .matthewsCorrelation else { return (arm * log(2), arm * log(2)) }
    let classes = Double(max(2, ConfusionMatrix(predictions).perClass.count { $0.support > 0 }))
    let reach = arm * classes / (classes - 1)
    return (reach, reach)
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
