#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A loss made differentiable, with what a Newton step and a duality gap need of it.
///
/// The hinge losses are maxima over affine pieces, ℓ(f) = maxₘ uₘ with uₘ = aₘ·f + cₘ. For μ > 0 they are
/// replaced by max over p in the simplex of p·u - μ|p|²/2, which is within μ/2 of ℓ and has the slope
/// Aᵀp, where p is the projection of u/μ on the simplex. `squared-hinge` and `softmax` stay as they are.
///
/// Reference: Y. Nesterov, "Smooth minimization of non-smooth functions", Mathematical Programming 103,
/// 2005, doi:10.1007/s10107-004-0552-5.
struct SmoothedLoss {
  let loss: MarginLoss
  /// μ above; has no effect on losses that are smooth by themselves.
  var smoothing: Double

  init(_ loss: MarginLoss) {
    self.loss = loss
    smoothing = 1
  }

  /// Whether there is anything to smooth.
  var isSmoothed: Bool { loss != .squaredHinge && loss != .softmax }

  /// The loss of one row.
  struct Terms {
    /// The loss itself.
    var value = 0.0
    /// The loss with smoothing.
    var smoothed = 0.0
    /// The loss less p·u, 0 or more: what smoothing leaves of the duality gap.
    var slack = 0.0
    /// The second derivative is diag(c) - coupling · c cᵀ for the curvatures c.
    var coupling = 0.0
  }

  /// Evaluates one row.
  ///
  /// - Parameters:
  ///   - scores: One score for a one-vs-rest loss, otherwise one for each class.
  ///   - target: The row's class; for a one-vs-rest loss 0 if the row is of the class, otherwise not 0.
  ///   - slopes: Gets the derivatives by the scores.
  ///   - curvatures: Gets c, of which ``Terms/coupling`` speaks.
  /// - Returns: The values; `scores` may be overwritten.
  @inline(__always)
  func evaluate(
    _ scores: UnsafeMutableBufferPointer<Double>, target: Int,
    slopes: UnsafeMutableBufferPointer<Double>, curvatures: UnsafeMutableBufferPointer<Double>
  ) -> Terms {
    switch loss {
    case .hinge, .squaredHinge:
      let sign: Double = target == 0 ? 1 : -1
      return evaluateBinary(1 - sign * scores[0], sign: sign, &slopes[0], &curvatures[0])
    case .softmax: return evaluateLogistic(scores, target, slopes, curvatures)
    case .categoricalHinge, .crammerSinger:
      return evaluateMulticlass(scores, target, slopes, curvatures)
    }
  }

  @inline(__always)
  private func evaluateBinary(
    _ violation: Double, sign: Double, _ slope: inout Double, _ curvature: inout Double
  ) -> Terms {
    if violation <= 0 {
      slope = 0
      curvature = 0
      return Terms()
    }
    if loss == .squaredHinge {
      slope = -2 * sign * violation
      curvature = 2
      return Terms(value: violation * violation, smoothed: violation * violation)
    }
    let p = min(violation / smoothing, 1)
    slope = -sign * p
    curvature = p < 1 ? 1 / smoothing : 0
    return Terms(
      value: violation, smoothed: p * violation - smoothing * p * p / 2,
      slack: violation * (1 - p))
  }

  private func evaluateLogistic(
    _ scores: UnsafeMutableBufferPointer<Double>, _ target: Int,
    _ slopes: UnsafeMutableBufferPointer<Double>, _ curvatures: UnsafeMutableBufferPointer<Double>
  ) -> Terms {
    var highest = scores[0]
    for score in scores where score > highest { highest = score }
    var sum = 0.0
    for k in 0..<scores.count {
      curvatures[k] = exp(scores[k] - highest)
      sum += curvatures[k]
    }
    for k in 0..<scores.count {
      curvatures[k] /= sum
      slopes[k] = curvatures[k]
    }
    slopes[target] -= 1
    let value = log(sum) + highest - scores[target]
    return Terms(value: value, smoothed: value, coupling: 1)
  }

  /// The pieces are fₘ + 1 - f_y for m ≠ y, 0 for y and, in `categorical-hinge`, 1 - f_y: as if one more
  /// class had the score 0.
  private func evaluateMulticlass(
    _ scores: UnsafeMutableBufferPointer<Double>, _ target: Int,
    _ slopes: UnsafeMutableBufferPointer<Double>, _ curvatures: UnsafeMutableBufferPointer<Double>
  ) -> Terms {
    let own = scores[target]
    let extra: Double? = loss == .categoricalHinge ? 1 - own : nil
    var value = max(0, extra ?? 0)
    for m in 0..<scores.count {
      scores[m] = m == target ? 0 : scores[m] + 1 - own
      if !(scores[m] <= value) { value = scores[m] }
    }
    let threshold = simplexThreshold(scores, extra)
    var terms = Terms(value: value)
    var sum = 0.0
    var pieces = 0
    var squares = 0.0
    for (m, u) in scores.enumerated() {
      let p = max(0, u - threshold) / smoothing
      slopes[m] = p
      curvatures[m] = p > 0 ? 1 / smoothing : 0
      pieces += p > 0 ? 1 : 0
      sum += p * u
      squares += p * p
    }
    if let extra, extra > threshold {
      let p = (extra - threshold) / smoothing
      pieces += 1
      sum += p * extra
      squares += p * p
    }
    slopes[target] -= 1
    // Exactly no curvature where one piece alone is active, which rounding would spoil.
    if pieces < 2 { curvatures.update(repeating: 0) }
    terms.coupling = pieces < 2 ? 0 : smoothing / Double(pieces)
    terms.smoothed = sum - smoothing * squares / 2
    terms.slack = max(0, value - sum)
    return terms
  }

  /// The τ with Σ max(0, uₘ - τ) = μ, by Michelot's iteration: the mean of the remaining pieces rises
  /// until no piece lies below it; at most as many rounds as pieces.
  private func simplexThreshold(
    _ pieces: UnsafeMutableBufferPointer<Double>, _ extra: Double?
  ) -> Double {
    var threshold = -Double.infinity
    var remaining = Int.max
    while true {
      var sum = 0.0
      var count = 0
      for u in pieces where u > threshold {
        sum += u
        count += 1
      }
      if let extra, extra > threshold {
        sum += extra
        count += 1
      }
      // Rounding must not bring a piece back, or the rounds would never end.
      if count == 0 || count >= remaining { return threshold }
      remaining = count
      threshold = (sum - smoothing) / Double(count)
    }
  }
}
