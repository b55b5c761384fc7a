#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension PairedComparison {
  /// McNemar's exact test of two accuracies on the same rows.
  ///
  /// With b rows that only one gets right and c that only the other does, p is the probability of a split as
  /// uneven as b to c, or more so, in b + c tosses of a coin.
  ///
  /// Reference: Q. McNemar, "Note on the sampling error of the difference between correlated proportions or
  /// percentages", Psychometrika 12, 1947, doi:10.1007/BF02295996.
  ///
  /// - Parameters:
  ///   - entry: What the entry says.
  ///   - best: What the best says about the same rows, none of them weighted.
  /// - Returns: The test and its p.
  package static func mcNemar(_ entry: Predictions, best: Predictions) -> PairedComparison {
    precondition(entry.labels == best.labels, "two predictions are not of the same rows")
    var (gained, lost) = (0, 0)
    for row in entry.labels.indices {
      let isRight = entry.predicted[row] == entry.labels[row]
      let bestIsRight = best.predicted[row] == best.labels[row]
      if isRight, !bestIsRight { gained += 1 }
      if bestIsRight, !isRight { lost += 1 }
    }
    return PairedComparison(
      test: .mcNemar, difference: Double(gained - lost) / Double(entry.rowCount),
      p: coinProbability(fewer: min(gained, lost), of: gained + lost))
  }

  /// The probability that of so many tosses of a coin so few, or fewer, fall on the rarer side.
  static func coinProbability(fewer: Int, of count: Int) -> Double {
    guard 2 * fewer < count else { return 1 }
    let tosses = Double(count)
    let all = lgamma(tosses + 1) - tosses * log(2)
    var tail = 0.0
    for side in 0...fewer {
      let side = Double(side)
      tail += exp(all - lgamma(side + 1) - lgamma(tosses - side + 1))
    }
    return min(1, 2 * tail)
  }

  /// The corrected resampled t-test of values on J folds, which share training rows.
  ///
  /// With the mean d̄ and the variance σ² of the folds' differences,
  ///
  ///     t = d̄ / √((1/J + n₂/n₁) σ²)
  ///
  /// has about Student's distribution with J - 1 degrees of freedom, where n₂ rows judge and n₁ train in each.
  ///
  /// References: C. Nadeau and Y. Bengio, "Inference for the generalization error", Machine Learning 52, 2003,
  /// doi:10.1023/A:1024068626366; R. R. Bouckaert and E. Frank, "Evaluating the replicability of significance
  /// tests for comparing learning algorithms", PAKDD 2004, for repeated cross-validation.
  ///
  /// - Parameters:
  ///   - entry: The entry's value on each fold, 2 or more.
  ///   - best: The best one's values on the same folds.
  ///   - testShare: The rows that judge a fold by those that train it, n₂/n₁.
  ///   - difference: The difference of the values of all rows, which is shown.
  /// - Returns: The test and its p, which is 1 where fewer than two folds can be compared.
  package static func correctedT(
    _ entry: [Double], best: [Double], testShare: Double, difference: Double
  ) -> PairedComparison {
    precondition(
      entry.count == best.count && entry.count > 1, "\(entry.count) and \(best.count) folds")
    // A metric that is not defined on a fold says nothing about it.
    let differences = zip(entry, best).map { $0 - $1 }.filter { !$0.isNaN }
    let count = Double(differences.count)
    let mean = differences.reduce(0, +) / count
    let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    guard differences.count > 1, mean != 0 else {
      return PairedComparison(test: .correctedT, difference: difference, p: 1)
    }
    let t = abs(mean) / ((1 / count + testShare) * variance).squareRoot()
    return PairedComparison(
      test: .correctedT, difference: difference,
      p: studentTail(t, degreesOfFreedom: count - 1))
  }

  /// The test of any metric by samples of the rows with replacement, the same rows for both.
  ///
  /// p is twice the share of samples in which the difference is 0 or has the other sign, at most 1.
  ///
  /// Reference: B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap", Chapman & Hall, 1993,
  /// chapter 15.
  ///
  /// - Parameters:
  ///   - difference: The entry's value less that of the best.
  ///   - entry: The entry's values in ``ConfidenceInterval/samples(of:_:seed:)``.
  ///   - best: Those of the best, by the same seed.
  /// - Returns: The test and its p.
  package static func bootstrap(
    difference: Double, _ entry: [Double], best: [Double]
  ) -> PairedComparison {
    let contrary = zip(entry, best).count { value, other in
      let sample = value - other
      return sample.isNaN || sample * difference <= 0
    }
    let share = Double(contrary + 1) / Double(entry.count + 1)
    let isEqual = difference == 0 || difference.isNaN
    return PairedComparison(
      test: .bootstrap, difference: difference, p: isEqual ? 1 : min(1, 2 * share))
  }
}

extension Predictions {
  /// The same about some rows, in the order of `rows`; a row may be asked for more than once.
  package func selecting(rows: [Int]) -> Predictions {
    Predictions(
      labels: rows.map { labels[$0] },
      probabilities: rows.flatMap { probabilities[$0 * classCount..<($0 + 1) * classCount] },
      classCount: classCount, weights: weights.map { weights in rows.map { weights[$0] } },
      costs: costs)
  }
}
