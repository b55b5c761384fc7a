package import Evaluation
import PluginKit

/// How often two classifiers decide alike, on rows that neither has learnt from.
package struct Agreement: Sendable, Equatable {
  /// What the model is compared with, such as "the exact SVM with the same kernel, loss and C".
  package let other: String
  package let rowCount: Int
  /// The share of rows with the same decision.
  package let share: Double
  /// Wilson's 95 % interval of ``share``.
  package let interval: ConfidenceInterval
  /// The share of rows on which the model is right.
  package let accuracy: Double
  package let otherAccuracy: Double
  /// How many rows the model alone gets right.
  package let onlyModelRight: Int
  package let onlyOtherRight: Int
  /// The probability of such unequal numbers, or more so, if both are right equally often.
  package let mcNemar: Double

  init(with other: String, model: [Int32], exact: [Int32], labels: [Int32]) {
    self.other = other
    rowCount = labels.count
    let count = Double(labels.count)
    share = Double(zip(model, exact).count { $0 == $1 }) / count
    interval = .wilson(share: share, count: count)
    accuracy = Double(zip(model, labels).count { $0 == $1 }) / count
    otherAccuracy = Double(zip(exact, labels).count { $0 == $1 }) / count
    onlyModelRight = labels.indices.count { model[$0] == labels[$0] && exact[$0] != labels[$0] }
    onlyOtherRight = labels.indices.count { model[$0] != labels[$0] && exact[$0] == labels[$0] }
    mcNemar = mcNemarTest(onlyModelRight, onlyOtherRight)
  }
}

/// McNemar's exact test: the two-sided probability of a split of b + c fair coins at least as uneven.
///
/// Reference: Q. McNemar, "Note on the sampling error of the difference between correlated proportions or
/// percentages", Psychometrika 12, 1947, doi:10.1007/BF02295996; here with the binomial distribution itself.
///
/// - Returns: A number in 0...1; 1 where b = c.
package func mcNemarTest(_ b: Int, _ c: Int) -> Double {
  let count = b + c
  let tail = (0...min(b, c)).reduce(0.0) { sum, successes in
    let chance =
      logFactorial(count) - logFactorial(successes) - logFactorial(count - successes)
      + Double(count) * logOfHalf
    return sum + exponential(chance)
  }
  return min(1, 2 * tail)
}

private let logOfHalf = -0.693147180559945309
