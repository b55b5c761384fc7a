/// The best bias for given weights, which the dual point of the certificate needs.
extension HeadBlock {
  /// Moves the biases to the minimum of the smoothed losses, to the accuracy of Double.
  mutating func solveBiases() {
    if loss.loss.isOneVersusRest { solveOneBias() } else { solveCoupledBiases() }
  }

  /// Finds the zero of the derivative, a falling piecewise linear function with the sign reversed, by
  /// Newton's method inside a bracket: finitely many steps.
  private mutating func solveOneBias() {
    guard var bracket = biasBracket() else { return }
    var bias = min(max(biases[0], bracket.lowerBound), bracket.upperBound)
    for _ in 0..<200 {
      var slope = 0.0
      var curvature = 0.0
      visitRows(biases: [bias]) { row, _, slopes, curvatures in
        slope += shares[row] * slopes[0]
        curvature += shares[row] * curvatures[0]
      }
      if abs(slope) <= 1e-16 { break }
      bracket = slope > 0 ? bracket.lowerBound...bias : bias...bracket.upperBound
      let next = bias - slope / curvature
      let middle = (bracket.lowerBound + bracket.upperBound) / 2
      let chosen = next > bracket.lowerBound && next < bracket.upperBound ? next : middle
      if chosen == bias { break }
      bias = chosen
    }
    biases[0] = bias
  }

  /// From where only rows of the class push to where only the others do; nil for scores that are not
  /// finite.
  private func biasBracket() -> ClosedRange<Double>? {
    var low = Double.infinity
    var high = -Double.infinity
    for row in 0..<rowCount where shares[row] > 0 {
      let edge = (targets[row] == 0 ? 1 : -1) - scores[row]
      low = min(low, edge)
      high = max(high, edge)
    }
    // A smoothed hinge is linear only μ further in.
    let margin = loss.isSmoothed ? loss.smoothing : 0
    guard low.isFinite, high.isFinite else { return nil }
    return (low - margin)...(high + margin)
  }

  /// Newton's method with the damping of Levenberg and Marquardt: classes without curvature, or the
  /// direction in which all scores rise together, would make the plain step meaningless.
  private mutating func solveCoupledBiases() {
    var state = biasState(biases)
    var damping = 1e-10
    for _ in 0..<60 {
      if state.slopes.reduce(0, { $0 + abs($1) }) <= 1e-13 { return }
      let step = solveDamped(state.curvature, state.slopes, damping: damping)
      let next = zip(biases, step).map { $0 - $1 }
      let trial = biasState(next)
      let improves =
        trial.value < state.value
        || (trial.value == state.value
          && sumOfSquares(trial.slopes) < sumOfSquares(state.slopes))
      if improves {
        biases = next
        state = trial
        damping = max(damping / 100, 1e-13)
      } else {
        damping *= 10
        if damping > 1e3 { return }
      }
    }
  }

  private struct BiasState {
    var value = 0.0
    var slopes: [Double]
    /// The matrix of second derivatives, row by row.
    var curvature: [Double]
  }

  private func biasState(_ biases: [Double]) -> BiasState {
    let width = self.width
    var state = BiasState(
      slopes: Array(repeating: 0, count: width),
      curvature: Array(repeating: 0, count: width * width))
    visitRows(biases: biases) { row, terms, slopes, curvatures in
      let share = shares[row]
      state.value += share * terms.smoothed
      for k in 0..<width {
        state.slopes[k] += share * slopes[k]
        guard curvatures[k] > 0 else { continue }
        state.curvature[k * width + k] += share * curvatures[k]
        let factor = share * terms.coupling * curvatures[k]
        for j in 0..<width { state.curvature[k * width + j] -= factor * curvatures[j] }
      }
    }
    return state
  }
}

/// Solves (A + damping I) x = b for a symmetric positive semidefinite A by Cholesky's method; O(m³).
private func solveDamped(_ matrix: [Double], _ right: [Double], damping: Double) -> [Double] {
  let size = right.count
  var factor = matrix
  var x = right
  for column in 0..<size {
    var pivot = factor[column * size + column] + damping
    for k in 0..<column { pivot -= factor[column * size + k] * factor[column * size + k] }
    pivot = max(pivot, damping / 2).squareRoot()
    factor[column * size + column] = pivot
    for row in column + 1..<max(size, column + 1) {
      var sum = factor[row * size + column]
      for k in 0..<column { sum -= factor[row * size + k] * factor[column * size + k] }
      factor[row * size + column] = sum / pivot
    }
  }
  for row in 0..<size {
    for k in 0..<row { x[row] -= factor[row * size + k] * x[k] }
    x[row] /= factor[row * size + row]
  }
  for row in (0..<size).reversed() {
    for k in row + 1..<max(size, row + 1) { x[row] -= factor[k * size + row] * x[k] }
    x[row] /= factor[row * size + row]
  }
  return x
}
