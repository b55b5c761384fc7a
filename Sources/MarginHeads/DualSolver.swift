public import PluginKit

/// Solves a two-class machine that is given by its Gram matrix, to a certified duality gap.
///
/// Minimises P(g, b) = λ‖g‖² + Σᵢ sᵢ ℓ(tᵢ (g(xᵢ) + b)) for signs tᵢ and shares sᵢ over g = Σᵢ βᵢ k(xᵢ, ·) and a
/// free b, with the losses `hinge` and `squared-hinge`. With shares of 1/n that is the SVM with C = 1/(2λn).
/// In units of 2λ, with Cᵢ = sᵢ / 2λ, the dual problem is
///
///     maximise βᵀt - ½ βᵀ(K + R)β  under  Σᵢ βᵢ = 0,  0 ≤ tᵢ βᵢ (≤ Cᵢ and R = 0 for `hinge`; Rᵢᵢ = 1/2Cᵢ
///     for `squared-hinge`)
///
/// It is solved by sequential minimal optimisation from β = 0. The gap of a β and any b is a sum over rows,
/// with uᵢ = tᵢ (tᵢ - (Kβ)ᵢ - b), which is what is missing to a margin of 1, and αᵢ = tᵢ βᵢ:
///
///     hinge: (Cᵢ - αᵢ) uᵢ if uᵢ > 0, otherwise -αᵢ uᵢ
///     squared-hinge: Cᵢ (uᵢ - αᵢ/2Cᵢ)² if uᵢ > 0, otherwise αᵢ²/4Cᵢ - αᵢ uᵢ
///
/// so that it is looked at often, and the rule of the other convex solver ends the work: gap ≤ 10⁻⁴ P and
/// gap ≤ 10⁻² (P(0) - P). That takes fewer iterations than bounding the violation does: n/8 to 4n for
/// 20 settings of scale and λ at random on the Wi-Fi data (n = 1,600), at O(n) each.
///
/// References: see ``PluginKit/PairIterations``; for the shift R, S. S. Keerthi, S. K. Shevade,
/// C. Bhattacharyya and K. R. K. Murthy, "A fast iterative nearest point algorithm for support vector machine
/// classifier design", IEEE Transactions on Neural Networks 11, 2000.
/// Unlike libsvm it doesn't shrink: few iterations are left when rows could be left out.
public struct DualSolver: Sendable {
  public let loss: MarginLoss
  /// λ, above 0.
  public let penalty: Double
  /// The number of iterations: a second for 1,600 rows.
  public var iterationLimit = 1_000_000
  /// The share of the allowed gap at which the work ends.
  package var strictness = 1.0

  public init(loss: MarginLoss, penalty: Double) {
    precondition(loss.isOneVersusRest, "the dual solver does not know the loss \(loss.rawValue)")
    precondition(penalty > 0, "the dual solver needs a positive penalty, got \(penalty)")
    self.loss = loss
    self.penalty = penalty
  }

  /// What was found for one machine.
  public struct Solution: Sendable {
    /// β: scores are K·coefficients + bias.
    public var coefficients: [Double]
    public let bias: Double
    /// P.
    public let objective: Double
    /// P less the dual value, 0 or more up to rounding.
    public let gap: Double
    public let iterations: Int
    /// Whether the stopping rule holds.
    public let isConverged: Bool
  }

  /// Solves a machine.
  ///
  /// - Parameters:
  ///   - gram: K; a constant may be missing from all of its values.
  ///   - signs: 1 or -1 for each row.
  ///   - shares: sᵢ, 0 or more; the rows of share 0 take no part.
  ///   - checkpoint: Called every few milliseconds; what it throws ends the work.
  /// - Returns: Coefficients and bias with their gap, in Double.
  public func solve(
    _ gram: GramMatrix, signs: [Double], shares: [Double], checkpoint: () throws -> Void
  ) rethrows -> Solution {
    var problem = DualProblem(
      gram: gram, signs: signs, costs: shares.map { $0 / (2 * penalty) }, loss: loss,
      strictness: strictness)
    let stretch = max(64, gram.rowCount / 8)
    while true {
      try checkpoint()
      problem.advance(by: min(stretch, iterationLimit - problem.iterations))
      if problem.isConverged || problem.iterations >= iterationLimit { break }
    }
    problem.certify()
    return Solution(
      coefficients: Array(problem.coefficients), bias: problem.bias,
      objective: 2 * penalty * problem.objective, gap: 2 * penalty * problem.gap,
      iterations: problem.iterations, isConverged: problem.isConverged)
  }
}
