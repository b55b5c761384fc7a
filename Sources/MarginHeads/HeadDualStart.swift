import PluginKit

/// A class of few rows solved on their Gram matrix.
///
/// Newton's method crawls where planes (almost) separate the rows and λ is small: each step satisfies most rows that
/// count and makes others count, and the hinge's smoothing has to fall far. The dual problem does not mind. With
/// K = Z Zᵀ, which takes n² D/2 multiply-adds once for all classes and penalties, ``DualSolver`` finds the
/// coefficients β of W = Zᵀβ, and
///
///     2λ Σᵢ βᵢ tᵢ - λ‖W‖² - λ² Σᵢ βᵢ²/sᵢ        (the last term for `squared-hinge` only)
///
/// is a lower bound of the optimum. It is taken with W as it is summed from the features in Double, so that the
/// certificate owes nothing to the rounding of K. Where rounding leaves a gap above the rule, Newton's steps
/// follow, now with the right rows.
struct HeadDualStart {
  /// The largest number of rows: K takes 64 MiB.
  static let rowLimit = 4096
  /// Newton's steps before a class of `squared-hinge` is taken for one that crawls; most have ended by then.
  ///
  /// Where there are fewer features than rows, planes separate them less often, and the dual problem is harder.
  static func patience(_ block: HeadBlock) -> Int {
    block.columnCount >= block.rowCount ? 8 : 14
  }

  /// Rows this close above the margin may count in the end.
  private static let reach = 0.2

  private let features: FeatureMatrix
  /// K of all rows, once it was needed.
  private var whole: GramMatrix?

  init(_ passes: HeadPasses) { features = passes.features }

  /// Whether a block should be solved this way before its next step.
  static func isDue(_ block: HeadBlock) -> Bool {
    guard block.rowCount <= rowLimit, !block.hasSeenDual else { return false }
    switch block.loss.loss {
    case .hinge: return true
    case .squaredHinge: return block.iterations >= patience(block)
    default: return false
    }
  }

  /// Moves a block of one class to the solution, if that is better than where it is.
  ///
  /// Rows far above the margin have β = 0, so that K is only needed for the others; what is found for these is
  /// looked at over all rows, and those that fall below the margin join.
  mutating func solve(_ block: inout HeadBlock, _ passes: HeadPasses) throws {
    block.hasSeenDual = true
    block.evaluate()
    var rows = block.loss.loss == .hinge ? allRows : self.rows(of: block, above: -Self.reach)
    for _ in 0..<4 {
      if rows.count > features.rowCount / 2 { rows = allRows }
      let moved = try solution(block, rows, passes)
      block.lowerBound = moved.lowerBound
      if moved.objective < block.objective { block = moved }
      let known = Set(rows)
      let joining = self.rows(of: moved, above: 0).filter { !known.contains($0) }
      if block.gap <= block.allowedGap || joining.isEmpty { break }
      rows = (rows + joining).sorted()
    }
    if block.loss.isSmoothed {
      block.loss.smoothing = max(HeadBlock.leastSmoothing, block.allowedGap / 10)
    }
  }

  private var allRows: [Int32] { (0..<Int32(features.rowCount)).map { $0 } }

  /// The rows that lack more than a limit to a margin of 1.
  private func rows(of block: HeadBlock, above limit: Double) -> [Int32] {
    (0..<Int32(block.rowCount)).filter { row in
      let score = block.scores[Int(row)] + block.biases[0]
      return 1 - (block.targets[Int(row)] == 0 ? score : -score) > limit
    }
  }

  /// The block at the solution for some rows, with a bound for all.
  private mutating func solution(
    _ block: HeadBlock, _ rows: [Int32], _ passes: HeadPasses
  ) throws -> HeadBlock {
    let signs = rows.map { block.targets[Int($0)] == 0 ? 1.0 : -1 }
    let shares = rows.map { block.shares[Int($0)] }
    var solver = DualSolver(loss: block.loss.loss, penalty: block.targetPenalty)
    // Half of the rule, so that rounding the weights has the other half.
    solver.strictness = 0.5
    let solution = try solver.solve(
      gram(rows, passes), signs: signs, shares: shares, checkpoint: passes.checkpoint)
    let weights = combination(solution.coefficients, rows)
    var best = block
    best.objective = .infinity
    for stretch in block.loss.loss == .hinge ? [1, 1 + 1e-6] : [1] {
      // Rounded weights leave rows on the margin a little short of it, which the hinge charges at full price.
      var moved = block
      moved.weights = weights.map { Double(Float(stretch * $0)) }
      moved.scores = try passes.scores(of: [moved.weights], [moved], [0])[0]
      moved.biases = [stretch * solution.bias]
      moved.solveBiases()
      moved.evaluate()
      if moved.objective < best.objective { best = moved }
    }
    best.raiseLowerBound(
      solution.coefficients, signs, shares, squaredNorm: sumOfSquares(weights),
      bias: solution.bias)
    return best
  }

  /// K of some rows; that of all is kept for other classes and penalties.
  private mutating func gram(_ rows: [Int32], _ passes: HeadPasses) throws -> GramMatrix {
    if rows.count < features.rowCount { return try products(rows, passes) }
    let gram = try whole ?? products(rows, passes)
    whole = gram
    return gram
  }

  private func products(_ rows: [Int32], _ passes: HeadPasses) throws -> GramMatrix {
    let count = rows.count
    let stride = GramMatrix.stride(rowCount: count)
    var products = [Float](repeating: 0, count: count * stride)
    for from in Swift.stride(from: 0, to: count, by: 64) {
      try passes.checkpoint()
      let to = min(from + 64, count)
      GramKernels.products(
        features, of: rows[from..<to], with: rows[..<to], into: &products, firstRow: from,
        stride: stride)
    }
    for row in 0..<count {
      for column in row + 1..<max(count, row + 1) {
        products[row * stride + column] = products[column * stride + row]
      }
    }
    return GramMatrix(rowCount: count) { _ = $0.initialize(from: products) }
  }

  /// Zᵀβ, summed in Double.
  private func combination(_ beta: [Double], _ rows: [Int32]) -> [Double] {
    let width = features.columnCount
    var sums = [Double](repeating: 0, count: width)
    features.values.withUnsafeBufferPointer { z in
      sums.withUnsafeMutableBufferPointer { sums in
        for (coefficient, row) in zip(beta, rows) where coefficient != 0 {
          let from = Int(row) * width
          for j in 0..<width { sums[j] += coefficient * Double(z[from + j]) }
        }
      }
    }
    return sums
  }
}

extension HeadBlock {
  /// Takes the value of a dual point as a bound, less what the rounding of Σ βᵢ = 0 could hide.
  fileprivate mutating func raiseLowerBound(
    _ beta: [Double], _ signs: [Double], _ shares: [Double], squaredNorm: Double, bias: Double
  ) {
    let isSquared = loss.loss == .squaredHinge
    var (gain, ridge, sum) = (0.0, 0.0, 0.0)
    for row in beta.indices where shares[row] > 0 {
      gain += beta[row] * signs[row]
      sum += beta[row]
      if isSquared { ridge += beta[row] * beta[row] / shares[row] }
    }
    let residual = 2 * penalty * abs(sum) * 10 * max(1, abs(bias))
    let value =
      2 * penalty * gain - penalty * squaredNorm - penalty * penalty * ridge - residual
    lowerBound = max(lowerBound, value)
  }
}
