/// The stopping rule of the convex solver.
///
/// With the slopes p of the (smoothed) loss as the point of the dual problem and V = -Σᵢ sᵢ Aᵀpᵢ zᵢᵀ, the
/// inequality of Fenchel and Young turns the difference of primal and dual value into
///
///     P - D = Σᵢ sᵢ (ℓ(fᵢ) - pᵢ·uᵢ) + |2λW - V|² / 4λ,
///
/// provided that the slopes of each class sum to 0, as they do where the bias is optimal. The last term is
/// the squared gradient over 4λ, so the gap costs no pass over the data.
extension HeadBlock {
  /// The relative gap at which a block is solved.
  static let tolerance = 1e-4
  /// The gap at which a block is solved, as a share of what was gained over W = 0.
  static let gainTolerance = 1e-2

  /// The gap that the stopping rule asks for at the current point.
  var allowedGap: Double {
    min(Self.tolerance * objective, Self.gainTolerance * (trivialObjective - objective))
  }

  /// Raises the lower bound by the dual point of the current slopes, and says whether the rule holds.
  ///
  /// What is left of the bias condition by rounding is charged as if the best bias lay ten times as far
  /// out as the present one.
  mutating func updateCertificate() {
    let distance = sumOfSquares(gradient) / (4 * penalty)
    let reach = biases.reduce(1) { max($0, abs($1)) }
    let bound = objective - slack - distance - 10 * reach * biasResidual
    lowerBound = max(lowerBound, bound)
    isConverged = gap <= allowedGap
  }

  /// Forgets the certificate, so that it can be made again from rounded weights.
  mutating func resetCertificate() {
    lowerBound = -.infinity
    isConverged = false
  }

  /// Lowers μ where smoothing, no longer the distance from the smoothed optimum, makes up the gap.
  ///
  /// The slack falls about as fast as μ: the next μ is what the rule asks for, but not below a tenth.
  ///
  /// - Returns: Whether μ was lowered.
  mutating func sharpen() -> Bool {
    guard loss.isSmoothed, slack > 0 else { return false }
    let distance = sumOfSquares(gradient) / (4 * penalty)
    let allowed = max(allowedGap, 0)
    guard slack > allowed / 2, distance <= max(slack / 2, allowed / 4) else { return false }
    loss.smoothing *= min(max(0.4 * allowed / slack, 0.1), 0.5)
    return true
  }
}

/// Σ xᵢ².
func sumOfSquares(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 } }
