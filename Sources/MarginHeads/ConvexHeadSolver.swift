public import PluginKit

/// Trains a linear head to a certified duality gap.
///
/// Minimises λ‖W‖² + (1/S) Σᵢ sᵢ ℓ(W zᵢ + b) over W and b, where the sᵢ are row weights with the sum S and
/// one-vs-rest losses are summed over the classes; the bias is free. With weights of 1 this is the
/// SVM with C = 1/(2λn).
///
/// The method is Newton's with conjugate gradients and a line search, on all classes at once; losses with
/// kinks are smoothed. Within a fit first the penalty falls to λ and then the smoothing, until the gap of the
/// true problem meets the rule: gap ≤ 10⁻⁴ P and gap ≤ 10⁻² (P(0) - P), for each class where the classes are
/// separate problems.
///
/// A pass costs O(n D K); the memory beside the features is O(n K + D K).
///
/// References: S. S. Keerthi and D. DeCoste, "A modified finite Newton method for fast solution of large
/// scale linear SVMs", JMLR 6, 2005; Y. Nesterov, "Smooth minimization of non-smooth functions",
/// Mathematical Programming 103, 2005, doi:10.1007/s10107-004-0552-5. Unlike the former the bias is free and
/// the linear systems are solved only as far as the gap asks for.
public struct ConvexHeadSolver: Sendable {
  public let loss: MarginLoss
  /// λ, above 0.
  public let penalty: Double
  /// The number of Newton steps for each separate problem.
  public var iterationLimit = 200
  /// The number of conjugate-gradient steps within a Newton step.
  public var productLimit = 400

  public init(loss: MarginLoss, penalty: Double) {
    precondition(penalty > 0, "the convex solver needs a positive penalty, got \(penalty)")
    self.loss = loss
    self.penalty = penalty
  }

  /// Trains a head.
  ///
  /// - Parameters:
  ///   - features: The rows z, finite.
  ///   - labels: The class of each row, in `0..<classCount`.
  ///   - weights: How much each row counts, 0 or more with a positive sum; nil means 1 for all.
  ///   - classCount: The number of classes, at least 2.
  ///   - checkpoint: Called often; what it throws ends the training.
  /// - Returns: The head, and a report with the objective and the gaps of the head as it is stored.
  /// - Throws: ``TrainingFailure`` if features are too large for Float or the objective is not finite.
  public func train(
    _ features: FeatureMatrix, labels: [Int32], weights: [Float]? = nil, classCount: Int,
    checkpoint: () throws -> Void = {}
  ) throws -> (head: LinearHead, report: TrainingReport) {
    let shares = shares(weights, labels.count)
    let moments = columnMoments(features, shares)
    try refuseExcessiveValues(moments)
    return try withoutActuallyEscaping(checkpoint) { checkpoint in
      var run = HeadNewtonRun(
        self, features, moments, labels, shares, classCount, checkpoint)
      try run.solve()
      return (run.head, run.report)
    }
  }

  private func shares(_ weights: [Float]?, _ count: Int) -> [Double] {
    guard let weights else { return Array(repeating: 1 / Double(count), count: count) }
    let sum = weights.reduce(0) { $0 + Double($1) }
    return weights.map { Double($0) / sum }
  }

  /// Sums of products of larger values would leave the range of Float, and no step would be a direction.
  private func refuseExcessiveValues(_ columnMoments: [Double]) throws {
    for (column, moment) in columnMoments.enumerated() where !(moment <= 1e30) {
      let magnitude = moment.isFinite ? "\(Float(moment.squareRoot()))" : "no finite number"
      throw TrainingFailure(
        "feature \(column + 1) has the root mean square \(magnitude), and the solver takes at most "
          + "1e15; scaled features would do")
    }
  }
}

/// One training: the blocks and how they advance.
private struct HeadNewtonRun {
  let solver: ConvexHeadSolver
  let passes: HeadPasses
  let gradients: HeadConjugateGradients
  let classCount: Int
  var blocks: [HeadBlock]

  init(
    _ solver: ConvexHeadSolver, _ features: FeatureMatrix, _ columnMoments: [Double],
    _ labels: [Int32], _ shares: [Double], _ classCount: Int,
    _ checkpoint: @escaping () throws -> Void
  ) {
    self.solver = solver
    self.classCount = classCount
    passes = HeadPasses(features: features, checkpoint: checkpoint)
    gradients = HeadConjugateGradients(
      columnMoments: columnMoments, limit: solver.productLimit)
    let ranges =
      solver.loss.isOneVersusRest ? (0..<classCount).map { $0..<$0 + 1 } : [0..<classCount]
    blocks = ranges.map {
      HeadBlock(
        solver.loss, classes: $0, labels: labels, shares: shares, classCount: classCount,
        columnCount: features.columnCount, penalty: solver.penalty)
    }
  }

  /// Solves all blocks; those whose rounded weights miss the rule get a second and a third chance.
  mutating func solve() throws {
    for _ in 0..<3 {
      try refresh(Array(blocks.indices))
      while let chosen = unfinished() { try advance(chosen) }
      try round()
      if blocks.allSatisfy({ $0.isConverged || $0.iterations >= solver.iterationLimit }) { return }
      for index in blocks.indices { blocks[index].isFinished = blocks[index].isConverged }
    }
  }

  private func unfinished() -> [Int]? {
    let chosen = blocks.indices.filter { !blocks[$0].isFinished }
    return chosen.isEmpty ? nil : chosen
  }

  /// Brings everything that depends on weights and scores up to date.
  private mutating func refresh(_ chosen: [Int]) throws {
    for index in chosen {
      blocks[index].solveBiases()
      blocks[index].evaluate()
      guard blocks[index].objective.isFinite else {
        throw TrainingFailure(
          "the objective is not finite after \(blocks[index].iterations) Newton steps; scaled "
            + "features would do")
      }
    }
    try passes.updateGradients(&blocks, chosen)
    for index in chosen {
      blocks[index].updateCertificate()
      if blocks[index].isConverged || blocks[index].iterations >= solver.iterationLimit {
        blocks[index].isFinished = true
      }
    }
  }

  /// One Newton step of each chosen block.
  private mutating func advance(_ chosen: [Int]) throws {
    let sharpened = chosen.filter { blocks[$0].sharpen() }
    if !sharpened.isEmpty { try refresh(sharpened) }
    let chosen = chosen.filter { !blocks[$0].isFinished }
    if chosen.isEmpty { return }
    // The kernels work in Float: a rounded direction keeps weights and scores consistent.
    let solutions = try gradients.solve(blocks, chosen, passes).map { $0.map { Double(Float($0)) } }
    let weights = zip(solutions, chosen).map { Array($0[..<blocks[$1].weights.count]) }
    let scores = try passes.scores(of: weights, blocks, chosen)
    for (position, index) in chosen.enumerated() {
      let direction = HeadBlock.Direction(
        weights: weights[position],
        biases: Array(solutions[position][weights[position].count...]), scores: scores[position])
      let step = blocks[index].move(along: direction)
      blocks[index].iterations += 1
      if step == 0, blocks[index].penalty == blocks[index].targetPenalty {
        blocks[index].isFinished = true
      }
      blocks[index].lowerPenalty(after: step)
    }
    try refresh(chosen)
  }

  /// Rounds the weights to Float, as the head stores them, and certifies the result; dual values that were
  /// found before still bound the optimum.
  private mutating func round() throws {
    let all = Array(blocks.indices)
    for index in all {
      blocks[index].weights = blocks[index].weights.map { Double(Float($0)) }
    }
    let scores = try passes.scores(of: blocks.map(\.weights), blocks, all)
    for index in all { blocks[index].scores = scores[index] }
    try refresh(all)
  }

  var head: LinearHead {
    LinearHead(
      classCount: classCount, featureCount: passes.features.columnCount,
      weights: blocks.flatMap { $0.weights.map(Float.init) },
      biases: blocks.flatMap { $0.biases.map(Float.init) })
  }

  var report: TrainingReport {
    TrainingReport(
      stopping: blocks.allSatisfy(\.isConverged) ? .converged : .budget,
      objective: blocks.reduce(0) { $0 + $1.objective },
      relativeGaps: blocks.map { $0.objective > 0 ? max(0, $0.gap / $0.objective) : 0 },
      iterations: blocks.map(\.iterations).max() ?? 0)
  }
}

/// Σᵢ sᵢ zᵢⱼ² for each column j.
private func columnMoments(_ features: FeatureMatrix, _ shares: [Double]) -> [Double] {
  var moments = [Double](repeating: 0, count: features.columnCount)
  let width = features.columnCount
  features.values.withUnsafeBufferPointer { values in
    for row in 0..<features.rowCount where shares[row] > 0 {
      for j in 0..<width {
        let value = Double(values[row * width + j])
        moments[j] += shares[row] * value * value
      }
    }
  }
  return moments
}
