#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
package import PluginKit

extension ConfidenceInterval {
  /// The percentile interval of a metric over samples of the rows with replacement.
  ///
  /// There are 1,000 samples; beyond 20,000 rows fewer, so that at most 20 million rows are drawn, or sorted
  /// probabilities gone through, but never below 200. A sample holds no mistake that the rows don't hold, and of
  /// rows without any all samples are alike: the ends are at least as far from the metric's value as
  /// ``leastReach(_:_:)`` says.
  ///
  /// Reference: B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap", Chapman & Hall, 1993,
  /// chapter 13.
  static func bootstrap(
    _ metric: Metric, _ predictions: Predictions, samples: [Double]
  ) -> ConfidenceInterval {
    let value = metric.value(of: predictions)
    let values = samples.filter { !$0.isNaN }.sorted()
    let reach = leastReach(metric, predictions)
    let low = values.isEmpty ? value : quantile(0.025, ofSorted: values)
    let high = values.isEmpty ? value : quantile(0.975, ofSorted: values)
    return ConfidenceInterval(
      low: min(value, max(metric.range.lowerBound, min(low, value - reach.below))),
      high: max(value, min(metric.range.upperBound, max(high, value + reach.above))))
  }

  /// A metric's values on samples of the rows with replacement; the same seed draws the same rows for all
  /// metrics, and for all predictions of as many rows.
  package static func samples(
    of metric: Metric, _ predictions: Predictions, seed: Seed
  ) -> [Double] {
    samples(of: [metric], predictions, seed: seed)[0]
  }

  /// The values of several metrics on the same samples, which are drawn once for all of them.
  static func samples(
    of metrics: [Metric], _ predictions: Predictions, seed: Seed
  ) -> [[Double]] {
    let rows = predictions.rowCount
    let counts = metrics.map { sampleCount(of: $0, predictions) }
    let samplers = metrics.map { sampler($0, predictions) }
    var generator = seed.keyed("bootstrap").generator()
    var values = metrics.map { _ in [Double]() }
    for sample in 0..<(counts.max() ?? 0) {
      var drawn = [Double](repeating: 0, count: rows)
      for _ in 0..<rows { drawn[generator.index(below: rows)] += 1 }
      for index in metrics.indices where sample < counts[index] {
        values[index].append(samplers[index](drawn))
      }
    }
    return values
  }

  private static func sampleCount(of metric: Metric, _ predictions: Predictions) -> Int {
    let isRanked = if case .ranking = metric.declaration.measure { true } else { false }
    let work = predictions.rowCount * (isRanked ? predictions.classCount : 1)
    return min(1000, max(200, 20_000_000 / work))
  }

  /// How far a metric's interval reaches at the least, by what may be wrong with rows that were not seen.
  ///
  /// * Macro F1 counts every class the same: as far as the interval of the balanced accuracy.
  /// * Matthews correlation and kappa count every row the same: as far as the longer arm of the accuracy's
  ///   Wilson interval, times K / (K - 1), their slope in the accuracy for K classes of one size. The longer
  ///   arm goes both ways, as a correlation of 0 by convention says nothing about its direction.
  /// * Log loss, Brier score and calibration error: as far as the same arm, times the least that a mistake
  ///   costs beside a row that is right and certain: log 2, 1/4 and 1.
  /// * Those that rank rows: as far as ``rankingReach(_:_:)``.
  private static func leastReach(
    _ metric: Metric, _ predictions: Predictions
  ) -> (below: Double, above: Double) {
    switch metric {
    case .macroF1:
      let value = Metric.balancedAccuracy.value(of: predictions)
      let interval = balancedAccuracy(predictions)
      return (value - interval.low, interval.high - value)
    case .rocAUC, .averagePrecision: return rankingReach(metric, predictions)
    default: break
    }
    let value = Metric.accuracy.value(of: predictions)
    let interval = share(value, of: predictions)
    let arm = max(value - interval.low, interval.high - value)
    let classes = Double(max(2, ConfusionMatrix(predictions).perClass.count { $0.support > 0 }))
    let reach =
      switch metric {
      case .matthewsCorrelation, .quadraticKappa: arm * classes / (classes - 1)
      case .logLoss: arm * log(2)
      case .brierScore: arm / 4
      default: arm
      }
    return (reach, reach)
  }

  /// The mean over the classes of the arms of Wilson's interval of a class's figure.
  ///
  /// The figure is taken as a share of the class's m rows for the average precision, and of 4 m n / (m + n)
  /// rows for the area, where n rows are others: of m + n rows where both are equally many, as the variance
  /// of a statistic of ranks goes with 1/m + 1/n. The whole range where no class can be judged.
  private static func rankingReach(
    _ metric: Metric, _ predictions: Predictions
  ) -> (below: Double, above: Double) {
    let figures = RankingFigures(predictions)
    var (classes, below, above) = (0.0, 0.0, 0.0)
    for (ranking, value) in zip(figures.rankings, figures.perClass(metric)) {
      guard let value else { continue }
      let (own, other) = ranking.effectiveCounts(figures.weights)
      let count = metric == .rocAUC ? 4 * own * other / (own + other) : own
      let interval = wilson(share: value, count: count)
      classes += 1
      below += value - interval.low
      above += interval.high - value
    }
    return classes > 0 ? (below / classes, above / classes) : (1, 1)
  }

  /// The value below which a share of some ascending values lies, between two of them in proportion.
  package static func quantile(_ share: Double, ofSorted values: [Double]) -> Double {
    let position = share * Double(values.count - 1)
    let low = Int(position)
    let high = min(low + 1, values.count - 1)
    return values[low] + (values[high] - values[low]) * (position - Double(low))
  }
}

// MARK: Samples

extension ConfidenceInterval {
  /// What gives the metric's value for a sample, which says how often each row was drawn.
  private static func sampler(
    _ metric: Metric, _ predictions: Predictions
  ) -> ([Double]) -> Double {
    let rows = predictions.rowCount
    let weights = (0..<rows).map { predictions.weight($0) }
    switch metric.declaration.measure {
    case .classes(let figure):
      let width = predictions.classCount
      let cells = (0..<rows).map {
        Int(predictions.labels[$0]) * width + Int(predictions.predicted[$0])
      }
      return { drawn in
        var sums = [Double](repeating: 0, count: width * width)
        for row in 0..<rows { sums[cells[row]] += weights[row] * drawn[row] }
        return figure(ConfusionMatrix(classCount: width, sums: sums))
      }
    case .rows(let figure):
      let terms = (0..<rows).map { weights[$0] * figure(predictions, $0) }
      return { drawn in
        var (sum, total) = (0.0, 0.0)
        for row in 0..<rows {
          sum += terms[row] * drawn[row]
          total += weights[row] * drawn[row]
        }
        return sum / total
      }
    case .ranking:
      let figures = RankingFigures(predictions)
      return { drawn in figures.mean(metric, zip(drawn, weights).map { $0 * $1 }) }
    case .bins(let figure):
      let confidences = (0..<rows).map { CalibrationBins.confidence(predictions, $0) }
      return { drawn in
        var bins = CalibrationBins()
        for row in 0..<rows {
          bins.add(
            confidences[row], isRight: predictions.predicted[row] == predictions.labels[row],
            weight: weights[row] * drawn[row])
        }
        return figure(bins)
      }
    }
  }
}
