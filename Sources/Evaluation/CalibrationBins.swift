/// Rows by the probability of their predicted class: how often they are right, and how sure the model was.
///
/// Bin b of B holds probabilities over b/B up to (b + 1)/B.
///
/// Reference: C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, "On calibration of modern neural networks",
/// ICML 2017, arXiv:1706.04599, section 2, with their 15 bins.
package struct CalibrationBins: Sendable, Equatable {
  /// How many bins there are.
  package static let count = 15

  /// One bin.
  package struct Bin: Sendable, Equatable {
    /// The weight of the rows in it.
    package fileprivate(set) var weight = 0.0
    /// The weight of those that are right.
    package fileprivate(set) var right = 0.0
    /// The sum of the predicted class's probabilities, by weight.
    package fileprivate(set) var confidence = 0.0
  }

  /// All bins, from the lowest probabilities on; some may be empty.
  package private(set) var bins = [Bin](repeating: Bin(), count: count)

  /// Counts rows, each by its weight.
  package init(_ predictions: Predictions) {
    for row in 0..<predictions.rowCount {
      add(
        Self.confidence(predictions, row),
        isRight: predictions.predicted[row] == predictions.labels[row],
        weight: predictions.weight(row))
    }
  }

  init() {}

  /// The probability of the predicted class of a row.
  static func confidence(_ predictions: Predictions, _ row: Int) -> Double {
    predictions.probabilities[row * predictions.classCount + Int(predictions.predicted[row])]
  }

  mutating func add(_ confidence: Double, isRight: Bool, weight: Double) {
    let place = Int((confidence * Double(Self.count)).rounded(.up)) - 1
    let bin = min(max(place, 0), Self.count - 1)
    bins[bin].weight += weight
    bins[bin].right += isRight ? weight : 0
    bins[bin].confidence += weight * confidence
  }

  /// The mean distance of the share of right rows from the mean probability, bins counted by their rows.
  package var expectedError: Double {
    let total = bins.reduce(0) { $0 + $1.weight }
    return bins.reduce(0) { $0 + abs($1.right - $1.confidence) } / total
  }
}
