import PluginKit

/// The state of ``DualSolver``, in units of 2λ.
struct DualProblem {
  private let signs: [Double]
  /// Cᵢ.
  private let costs: [Double]
  private let isSquared: Bool
  private let strictness: Double
  /// P(0).
  private let trivialObjective: Double
  private var pairs: PairIterations

  private(set) var iterations = 0
  /// The largest violation of the conditions of optimality.
  private(set) var violation = Double.infinity
  private(set) var bias = 0.0
  /// P at the present bias.
  private(set) var objective = Double.infinity
  /// P less the dual value.
  private(set) var gap = Double.infinity

  init(gram: GramMatrix, signs: [Double], costs: [Double], loss: MarginLoss, strictness: Double) {
    self.signs = signs
    self.costs = costs
    self.strictness = strictness
    isSquared = loss == .squaredHinge
    var (above, below) = (0.0, 0.0)
    for (sign, cost) in zip(signs, costs) {
      if sign > 0 { above += cost } else { below += cost }
    }
    let sum = above + below
    trivialObjective =
      isSquared ? (sum > 0 ? 4 * above * below / sum : 0) : 2 * min(above, below)
    let isSquared = self.isSquared
    let bounds = zip(signs, costs).map { isSquared && $1 > 0 ? $0 * .infinity : $0 * $1 }
    pairs = PairIterations(
      gram: gram, targets: signs,
      ridge: costs.map { isSquared && $0 > 0 ? 1 / (2 * $0) : 0 },
      lower: bounds.map { min($0, 0) }, upper: bounds.map { max($0, 0) })
  }

  /// β.
  var coefficients: ArraySlice<Double> { pairs.coefficients[..<signs.count] }

  /// Whether the stopping rule holds at the present bias, or no pair is left to improve.
  var isConverged: Bool { gap <= allowedGap || violation <= 0 }

  private var allowedGap: Double {
    let gained = max(0, trivialObjective - objective)
    return strictness
      * min(
        HeadBlock.tolerance * objective,
        max(HeadBlock.gainTolerance * gained, HeadBlock.trivialTolerance * objective))
  }

  /// Iterates, and looks at the gap.
  mutating func advance(by count: Int) {
    let outcome = pairs.run(limit: count)
    iterations += outcome.count
    violation = outcome.violation
    bias = middleBias()
    evaluate()
    // The best bias costs more, and lowers the gap by no more than some factor near the end.
    if !isConverged, gap <= 10 * allowedGap { certify() }
  }

  /// Takes the best bias, and the gap with it.
  mutating func certify() {
    bias = isSquared ? bestSquaredBias() : bestHingeBias()
    evaluate()
  }

  /// tᵢ - (Kβ)ᵢ.
  private func residual(_ row: Int) -> Double {
    pairs.residuals[row] + pairs.ridge[row] * pairs.coefficients[row]
  }

  /// The middle between the two most violating rows, which is where the bias of the optimum lies.
  private func middleBias() -> Double {
    var (top, bottom) = (-Double.infinity, Double.infinity)
    for row in signs.indices where costs[row] > 0 {
      let value = pairs.residuals[row]
      let isRaised = pairs.coefficients[row] * signs[row] > 0
      let isFull = !isSquared && pairs.coefficients[row] * signs[row] >= costs[row]
      if signs[row] > 0 ? !isFull : isRaised { top = max(top, value) }
      if signs[row] > 0 ? isRaised : !isFull { bottom = min(bottom, value) }
    }
    if top == -.infinity { return bottom == .infinity ? 0 : bottom }
    return bottom == .infinity ? top : (top + bottom) / 2
  }

  private mutating func evaluate() {
    var (norm, loss, gap) = (0.0, 0.0, 0.0)
    for row in signs.indices where costs[row] > 0 {
      let coefficient = pairs.coefficients[row]
      let residual = residual(row)
      let cost = costs[row]
      let alpha = signs[row] * coefficient
      let missing = signs[row] * (residual - bias)
      norm += coefficient * (signs[row] - residual)
      if isSquared {
        if missing > 0 {
          loss += cost * missing * missing
          let difference = missing - alpha / (2 * cost)
          gap += cost * difference * difference
        } else {
          gap += alpha * (alpha / (4 * cost) - missing)
        }
      } else if missing > 0 {
        loss += cost * missing
        gap += (cost - alpha) * missing
      } else {
        gap -= alpha * missing
      }
    }
    objective = norm / 2 + loss
    self.gap = gap
  }

  /// The minimum of Σᵢ Cᵢ max(0, uᵢ), whose slope grows by Cᵢ at each residual and passes 0 at one of
  /// them, or is 0 between two.
  private func bestHingeBias() -> Double {
    var edges: [(place: Double, cost: Double)] = []
    var slope = 0.0
    for row in signs.indices where costs[row] > 0 {
      edges.append((residual(row), costs[row]))
      if signs[row] > 0 { slope -= costs[row] }
    }
    let rounding = 1e-12 * edges.reduce(0) { $0 + $1.cost }
    edges.sort { $0.place < $1.place }
    for (position, edge) in edges.enumerated() {
      slope += edge.cost
      if slope > rounding { return edge.place }
      if slope >= -rounding {
        return (edge.place + edges[min(position + 1, edges.count - 1)].place) / 2
      }
    }
    return edges.last?.place ?? 0
  }

  /// The zero of the slope -2 Σᵢ Cᵢ tᵢ max(0, uᵢ), which rises and is linear between residuals, by Newton's
  /// method inside a bracket.
  private func bestSquaredBias() -> Double {
    let residuals = signs.indices.filter { costs[$0] > 0 }.map(residual)
    guard var low = residuals.min(), var high = residuals.max() else { return 0 }
    var best = min(max(bias, low), high)
    for _ in 0..<100 {
      var (slope, curvature) = (0.0, 0.0)
      for row in signs.indices where costs[row] > 0 {
        let missing = signs[row] * (residual(row) - best)
        if missing > 0 {
          slope -= costs[row] * signs[row] * missing
          curvature += costs[row]
        }
      }
      if slope > 0 { high = best } else { low = best }
      let next = best - slope / curvature
      let chosen = next > low && next < high ? next : (low + high) / 2
      if slope == 0 || chosen == best { break }
      best = chosen
    }
    return best
  }
}
