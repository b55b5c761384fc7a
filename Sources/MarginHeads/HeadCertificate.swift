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

  /// The relative gap at which W = 0 itself is accepted as the optimum, with nothing gained over it.
  static let trivialTolerance = 1e-6

  /// The gap that the stopping rule asks for at the current point.
  var allowedGap: Double {
    let gained = max(0, trivialObjective - objective)
    return min(
      Self.tolerance * objective,
      max(Self.gainTolerance * gained, Self.trivialTolerance * objective))
  }

  /// Raises the lower bound by the dual point of the current slopes, and says whether the rule holds.
  ///
  /// Only the last stage, at the target penalty, counts. What is left of the bias condition by rounding is charged as if the best bias lay ten times as far
  /// out as the present one.
  mutating func updateCertificate() {
    guard penalty == targetPenalty else { return }
    let distance = sumOfSquares(gradient) / (4 * penalty)
    let reach = biases.reduce(1) { max($0, abs($1)) }
    let bound = objective - slack - distance - 10 * reach * biasResidual
    lowerBound = max(lowerBound, bound)
    isConverged = gap <= allowedGap
  }

  /// Below this μ the rounding of scores, even in Double, decides about slopes.
  static let leastSmoothing = 1e-13

  /// Lowers μ where smoothing, no longer the distance from the smoothed optimum, makes up the gap.
  ///
  /// The slack falls about as fast as μ: the next μ is what the rule asks for, but not below a fifth.
  ///
  /// - Returns: Whether μ was lowered.
  mutating func sharpen() -> Bool {
    guard loss.isSmoothed, slack > 0, penalty == targetPenalty,
      loss.smoothing > Self.leastSmoothing
    else { return false }
    let distance = sumOfSquares(gradient) / (4 * penalty)
    let allowed = allowedGap
    guard slack > allowed / 2, distance <= max(slack / 2, allowed / 4) else { return false }
    loss.smoothing *= min(max(0.4 * allowed / slack, 0.2), 0.5)
    return true
  }
}

/// Σ xᵢ².
func sumOfSquares(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 } }
