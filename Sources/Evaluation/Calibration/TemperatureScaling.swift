#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
package import PluginKit

/// Turns decision scores into probabilities by one fitted number.
///
/// The probabilities of a row are softmax(β · scores), and β > 0 minimises the weighted log loss
///
///     L(β) = Σᵢ wᵢ (log Σₖ exp(β sᵢₖ) - β Σₖ tᵢₖ sᵢₖ) / Σᵢ wᵢ
///
/// on rows that the model was not trained on. L is convex in β. The order of the classes of a row stays, so
/// that the most probable class is the one with the largest score.
///
/// The target t puts 1 - ε on the true class and spreads ε = 1 / (n + 1) evenly over all K classes: as if
/// one label in n + 1 were drawn at random. So β is finite also where the scores separate the classes, and
/// no row is ever declared certain on the evidence of n rows; the effect vanishes with growing n.
///
/// Reference: C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, "On calibration of modern neural networks",
/// ICML 2017, arXiv:1706.04599, where β is 1/T and ε is 0. The smoothed target is due to J. Platt,
/// "Probabilistic outputs for support vector machines", 1999.
package struct TemperatureScaling: Sendable, Equatable {
  /// What scores are multiplied by, over 0: the inverse of the temperature.
  package let beta: Double

  /// Takes a fitted factor.
  ///
  /// - Precondition: `beta` is finite and over 0.
  package init(beta: Double) {
    precondition(beta > 0 && beta.isFinite, "a factor over 0 is needed, got \(beta)")
    self.beta = beta
  }

  /// Fits the factor to rows that the model was not trained on.
  ///
  /// With s the root mean square of the rows' ranges of scores, β is sought in 10⁻³/s...10³/s, by Newton's
  /// method with bisection as its guard. Scores without any differences give 1. Some ten passes of O(n · K).
  ///
  /// - Parameters:
  ///   - scores: One row per example, all finite.
  ///   - labels: The class of each row.
  ///   - weights: How much each row counts; nil means that all count 1.
  /// - Returns: The factor, always finite and over 0.
  package static func fit(
    scores: ScoreMatrix, labels: [Int32], weights: [Float]? = nil
  ) -> TemperatureScaling {
    precondition(
      scores.rowCount == labels.count && !labels.isEmpty,
      "\(scores.rowCount) rows of scores have \(labels.count) labels")
    let problem = TemperatureProblem(scores, labels, weights)
    guard problem.spread > 0 else { return TemperatureScaling(beta: 1) }
    return TemperatureScaling(beta: problem.minimiser())
  }

  /// The probabilities of scores, row by row.
  ///
  /// A row's probabilities do not depend on the other rows.
  package func probabilities(of scores: ScoreMatrix) -> [Double] {
    let width = scores.columnCount
    var probabilities = scores.values.map { Double($0) }
    for row in 0..<scores.rowCount {
      softmax(&probabilities, row * width..<(row + 1) * width)
    }
    return probabilities
  }

  private func softmax(_ values: inout [Double], _ places: Range<Int>) {
    guard var best = places.first else { return }
    for place in places where values[place] > values[best] { best = place }
    let largest = values[best]
    var sum = 0.0
    for place in places {
      values[place] = exp(beta * (values[place] - largest))
      sum += values[place]
    }
    for place in places { values[place] /= sum }
    // Scores that differ by little round to equal probabilities; the lower class would then win the tie.
    values.raise(best, among: places)
  }
}

/// The one-dimensional problem that β solves.
private struct TemperatureProblem {
  let width: Int
  /// Scores less the largest of their row.
  let differences: [Double]
  let labels: [Int32]
  /// Row weights that sum to 1.
  let weights: [Double]
  /// The root mean square of the rows' ranges.
  let spread: Double
  /// The share of the target that is spread over all classes.
  let smoothing: Double

  init(_ scores: ScoreMatrix, _ labels: [Int32], _ weights: [Float]?) {
    width = scores.columnCount
    self.labels = labels
    smoothing = 1 / (Double(labels.count) + 1)
    let raw = weights.map { $0.map { Double($0) } } ?? Array(repeating: 1, count: labels.count)
    let total = raw.reduce(0, +)
    self.weights = raw.map { $0 / total }
    var differences = scores.values.map { Double($0) }
    var squares = 0.0
    for row in labels.indices {
      let places = row * width..<(row + 1) * width
      let largest = differences[places].max() ?? 0
      let range = largest - (differences[places].min() ?? 0)
      squares += self.weights[row] * range * range
      for place in places { differences[place] -= largest }
    }
    spread = squares.squareRoot()
    self.differences = differences
  }

  /// The β where the slope of L changes its sign, or the end of the range towards which L falls.
  func minimiser() -> Double {
    var (low, high) = (1e-3 / spread, 1e3 / spread)
    if slope(at: low).first >= 0 { return low }
    if slope(at: high).first <= 0 { return high }
    var beta = 1 / spread
    for _ in 0..<100 {
      let (first, second) = slope(at: beta)
      if first < 0 { low = beta } else { high = beta }
      let newton = beta - first / second
      let next = newton > low && newton < high ? newton : (low * high).squareRoot()
      let isSettled = abs(next - beta) <= 1e-10 * beta
      beta = next
      if isSettled { break }
    }
    return beta
  }

  /// The first and the second derivative of L.
  func slope(at beta: Double) -> (first: Double, second: Double) {
    var (first, second) = (0.0, 0.0)
    for row in labels.indices {
      let start = row * width
      var (sum, mean, square, plain) = (0.0, 0.0, 0.0, 0.0)
      for place in start..<start + width {
        let difference = differences[place]
        let mass = exp(beta * difference)
        sum += mass
        mean += mass * difference
        square += mass * difference * difference
        plain += difference
      }
      mean /= sum
      let own = differences[start + Int(labels[row])]
      let target = (1 - smoothing) * own + smoothing * plain / Double(width)
      first += weights[row] * (mean - target)
      second += weights[row] * (square / sum - mean * mean)
    }
    return (first, second)
  }
}
