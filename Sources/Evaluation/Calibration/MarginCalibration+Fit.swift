#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
package import PluginKit

/// How curves are fitted: each class k against all others, to targets t that are no certainties.
///
/// With n₁ rows of class k and n₀ others a row's target is (n₁ + 1)/(n₁ + 2) or 1/(n₀ + 2): a curve says
/// nothing is impossible on the evidence of n rows.
///
/// * Platt minimises Σᵢ wᵢ (log(1 + exp(zᵢ)) - tᵢ zᵢ) for z = a·m + b over b and a ≥ 0.
/// * Isotonic minimises Σᵢ wᵢ (tᵢ - f(mᵢ))² over all f that never fall.
///
/// References: J. Platt, "Probabilistic outputs for support vector machines", 1999, for the targets; H.-T. Lin,
/// C.-J. Lin and R. C. Weng, "A note on Platt's probabilistic outputs for support vector machines", Machine
/// Learning 68, 2007, for Newton's method with a line search; B. Zadrozny and C. Elkan, "Transforming classifier
/// scores into accurate multiclass probability estimates", KDD 2002, for the isotonic curves of each class
/// against the others.
extension MarginCalibration {
  /// A sigmoid for each class.
  ///
  /// Some ten passes of O(n) a class.
  package static func platt(
    scores: ScoreMatrix, labels: [Int32], weights: [Float]? = nil
  ) -> MarginCalibration {
    MarginCalibration(
      curves: (0..<scores.columnCount).map { kind in
        CurveProblem(kind, scores, labels, weights).sigmoid()
      })
  }

  /// A rising curve for each class.
  ///
  /// O(n log n) a class.
  package static func isotonic(
    scores: ScoreMatrix, labels: [Int32], weights: [Float]? = nil
  ) -> MarginCalibration {
    MarginCalibration(
      curves: (0..<scores.columnCount).map { kind in
        CurveProblem(kind, scores, labels, weights).rising()
      })
  }
}

/// Rows of one class and all others.
private struct CurveProblem {
  let margins: [Double]
  let targets: [Double]
  /// Row weights whose mean is 1.
  let weights: [Double]

  init(_ kind: Int, _ scores: ScoreMatrix, _ labels: [Int32], _ weights: [Float]?) {
    precondition(
      scores.rowCount == labels.count && !labels.isEmpty,
      "\(scores.rowCount) rows of scores have \(labels.count) labels")
    margins = MarginCalibration.margins(of: kind, in: scores)
    let raw = weights.map { $0.map { Double($0) } } ?? Array(repeating: 1, count: labels.count)
    let mean = raw.reduce(0, +) / Double(raw.count)
    let scaled = raw.map { $0 / mean }
    self.weights = scaled
    let own = labels.indices.reduce(0.0) { labels[$1] == Int32(kind) ? $0 + scaled[$1] : $0 }
    let others = Double(labels.count) - own
    let (high, low) = ((own + 1) / (own + 2), 1 / (max(0, others) + 2))
    targets = labels.map { $0 == Int32(kind) ? high : low }
  }

  // MARK: Isotonic

  /// The pools of adjacent violators, with a knot at both ends of each.
  func rising() -> CalibrationCurve {
    var pools: [Pool] = []
    for var pool in rowsByMargin() {
      while let before = pools.last, before.mean >= pool.mean {
        pool = Pool(
          first: before.first, last: pool.last, sum: before.sum + pool.sum,
          weight: before.weight + pool.weight)
        pools.removeLast()
      }
      pools.append(pool)
    }
    var (knots, values): ([Double], [Double]) = ([], [])
    for pool in pools {
      for margin in pool.first < pool.last ? [pool.first, pool.last] : [pool.first] {
        knots.append(margin)
        values.append(pool.mean)
      }
    }
    return .knots(margins: knots, values: values)
  }

  /// Rows with neighbouring margins, whose mean target is the value of the curve.
  private struct Pool {
    var first: Double
    var last: Double
    var sum: Double
    var weight: Double
    var mean: Double { sum / weight }
  }

  /// A pool for each margin that occurs, ascending.
  private func rowsByMargin() -> [Pool] {
    var pools: [Pool] = []
    for row in margins.indices.sorted(by: { (margins[$0], $0) < (margins[$1], $1) })
    where weights[row] > 0 {
      if pools.last?.last != margins[row] {
        pools.append(Pool(first: margins[row], last: margins[row], sum: 0, weight: 0))
      }
      pools[pools.count - 1].sum += weights[row] * targets[row]
      pools[pools.count - 1].weight += weights[row]
    }
    return pools
  }

  // MARK: Platt

  func sigmoid() -> CalibrationCurve {
    let total = weights.reduce(0, +)
    let spread = (zip(margins, weights).reduce(0) { $0 + $1.1 * $1.0 * $1.0 } / total).squareRoot()
    let share = zip(targets, weights).reduce(0) { $0 + $1.0 * $1.1 } / total
    let level = CalibrationCurve.sigmoid(slope: 0, offset: log(share / (1 - share)))
    guard spread > 0 else { return level }
    var (slope, offset) = (0.0, log(share / (1 - share)))
    var loss = self.loss(slope / spread, offset)
    for _ in 0..<100 {
      let step = newtonStep(slope, offset, spread)
      var length = 1.0
      var next = self.loss((slope + step.slope) / spread, offset + step.offset)
      while next > loss - 1e-4 * length * step.decrease, length > 1e-10 {
        length /= 2
        next = self.loss((slope + length * step.slope) / spread, offset + length * step.offset)
      }
      guard length > 1e-10 else { break }
      slope += length * step.slope
      offset += length * step.offset
      let isSettled = loss - next <= 1e-12 * abs(loss)
      loss = next
      if isSettled { break }
    }
    // Scores that rank the class backwards tell nothing that a rising curve can say.
    return slope > 0 ? .sigmoid(slope: slope / spread, offset: offset) : level
  }

  /// The mean loss of the curve.
  private func loss(_ slope: Double, _ offset: Double) -> Double {
    var sum = 0.0
    for row in margins.indices {
      let z = slope * margins[row] + offset
      sum += weights[row] * (max(z, 0) + log1p(exp(-abs(z))) - targets[row] * z)
    }
    return sum / Double(margins.count)
  }

  /// Newton's step for margins divided by their spread, and how much the loss falls along it at first.
  private func newtonStep(
    _ slope: Double, _ offset: Double, _ spread: Double
  ) -> (slope: Double, offset: Double, decrease: Double) {
    var (g0, g1, h00, h01, h11) = (0.0, 0.0, 1e-12, 0.0, 1e-12)
    for row in margins.indices {
      let margin = margins[row] / spread
      let p = 1 / (1 + exp(-(slope * margin + offset)))
      let (residual, curvature) = (weights[row] * (p - targets[row]), weights[row] * p * (1 - p))
      g0 += residual * margin
      g1 += residual
      h00 += curvature * margin * margin
      h01 += curvature * margin
      h11 += curvature
    }
    let determinant = h00 * h11 - h01 * h01
    let step0 = -(h11 * g0 - h01 * g1) / determinant
    let step1 = -(h00 * g1 - h01 * g0) / determinant
    let count = Double(margins.count)
    return (step0, step1, -(g0 * step0 + g1 * step1) / count)
  }
}
