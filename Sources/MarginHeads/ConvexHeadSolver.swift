public import PluginKit

/// Trains a linear head to a certified duality gap.
///
/// Minimises λ‖W‖² + (1/S) Σᵢ sᵢ ℓ(W zᵢ + b) over W and b, where the sᵢ are row weights with the sum S and
/// one-vs-rest losses are summed over the classes; the bias is free. With weights of 1 this is the
/// SVM with C = 1/(2λn).
///
/// How depends on the loss and the shape:
///
/// | loss | rows | method |
/// |---|---|---|
/// | `hinge` | up to 4,096 | the dual problem on the Gram matrix: ``HeadDualStart`` |
/// | `squared-hinge` | up to 4,096 | Newton's, and after 8 or 14 steps the dual problem for the classes that are left |
/// | `squared-hinge`, `softmax` | any | Newton's, with conjugate gradients or exact systems: ``HeadConjugateGradients`` |
/// | others | any | the same on a smoothed loss, smoothing falling: ``SmoothedLoss`` |
///
/// Newton's steps go with a line search, for all classes at once, and the penalty falls to λ on the way:
/// ``HeadBlock/Course``. All of them end when the gap of the true problem meets the rule: gap ≤ 10⁻⁴ P and
/// gap ≤ 10⁻² (P(0) - P), for each class where the classes are separate problems.
///
/// A pass costs O(n D K); the memory beside the features is O(n K + D K), and at most 64 MiB for a Gram matrix.
///
/// References: S. S. Keerthi and D. DeCoste, "A modified finite Newton method for fast solution of large
/// scale linear SVMs", JMLR 6, 2005; Y. Nesterov, "Smooth minimization of non-smooth functions",
/// Mathematical Programming 103, 2005, doi:10.1007/s10107-004-0552-5. Unlike the former the bias is free and
/// the linear systems are solved only as far as the gap asks for.
public struct ConvexHeadSolver: Sendable {
  public let loss: MarginLoss
  /// λ of each head that is trained, above 0.
  public let penalties: [Double]
  /// The number of Newton steps for each separate problem.
  public var iterationLimit = 200
  /// The number of conjugate-gradient steps within a Newton step.
  public var productLimit = 400

  /// Makes a solver for one λ.
  public init(loss: MarginLoss, penalty: Double) { self.init(loss: loss, penalties: [penalty]) }

  /// Makes a solver for several λ, whose heads share their passes over the features.
  public init(loss: MarginLoss, penalties: [Double]) {
    for penalty in penalties {
      precondition(penalty > 0, "the convex solver needs a positive penalty, got \(penalty)")
    }
    precondition(!penalties.isEmpty, "the convex solver needs a penalty")
    self.loss = loss
    self.penalties = penalties
  }

  /// Trains the head of the first λ; see ``trainPath(_:labels:weights:classCount:checkpoint:)``.
  public func train(
    _ features: FeatureMatrix, labels: [Int32], weights: [Float]? = nil, classCount: Int,
    checkpoint: () throws -> Void = {}
  ) throws -> (head: LinearHead, report: TrainingReport) {
    try ConvexHeadSolver(self, penalties: [penalties[0]]).trainPath(
      features, labels: labels, weights: weights, classCount: classCount, checkpoint: checkpoint)[0]
  }

  /// Trains a head for each λ.
  ///
  /// All start from W = 0. The penalty falls in stages that are the same for all, and each head leaves that
  /// course where its own λ lies: a head has the same bits whatever other λ are solved with it.
  ///
  /// - Parameters:
  ///   - features: The rows z, finite.
  ///   - labels: The class of each row, in `0..<classCount`.
  ///   - weights: How much each row counts, 0 or more with a positive sum; nil means 1 for all.
  ///   - classCount: The number of classes, at least 2.
  ///   - checkpoint: Called often; what it throws ends the training.
  /// - Returns: In the order of ``penalties`` the head, and a report with the objective and the gaps of the
  ///   head as it is stored.
  /// - Throws: ``TrainingFailure`` if features are too large for Float or an objective is not finite.
  public func trainPath(
    _ features: FeatureMatrix, labels: [Int32], weights: [Float]? = nil, classCount: Int,
    checkpoint: () throws -> Void = {}
  ) throws -> [(head: LinearHead, report: TrainingReport)] {
    let shares = shares(weights, labels.count)
    try refuseExcessiveValues(features, shares)
    return try withoutActuallyEscaping(checkpoint) { checkpoint in
      // The classes of a coupled loss fill the columns of a pass by themselves.
      let groups = loss.isOneVersusRest ? [penalties] : penalties.map { [$0] }
      return try groups.flatMap { penalties in
        var run = HeadNewtonRun(
          ConvexHeadSolver(self, penalties: penalties), features, labels, shares, classCount,
          checkpoint)
        try run.solve()
        return penalties.map(run.result)
      }
    }
  }

  private init(_ other: ConvexHeadSolver, penalties: [Double]) {
    self.init(loss: other.loss, penalties: penalties)
    iterationLimit = other.iterationLimit
    productLimit = other.productLimit
  }

  private func shares(_ weights: [Float]?, _ count: Int) -> [Double] {
    guard let weights else { return Array(repeating: 1 / Double(count), count: count) }
    let sum = weights.reduce(0) { $0 + Double($1) }
    return weights.map { Double($0) / sum }
  }

  /// Sums of products of larger values would leave the range of Float, and no step would be a direction.
  private func refuseExcessiveValues(_ features: FeatureMatrix, _ shares: [Double]) throws {
    if HeadKernels.areWithin(1e15, features) { return }
    for (column, moment) in columnMoments(features, shares).enumerated() where !(moment <= 1e30) {
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
  var gradients: HeadConjugateGradients
  let classCount: Int
  var blocks: [HeadBlock]
  private var dual: HeadDualStart?

  init(
    _ solver: ConvexHeadSolver, _ features: FeatureMatrix, _ labels: [Int32], _ shares: [Double],
    _ classCount: Int, _ checkpoint: @escaping () throws -> Void
  ) {
    self.solver = solver
    self.classCount = classCount
    passes = HeadPasses(features: features, checkpoint: checkpoint)
    gradients = HeadConjugateGradients(
      features, classCount: classCount, limit: solver.productLimit)
    let ranges =
      solver.loss.isOneVersusRest ? (0..<classCount).map { $0..<$0 + 1 } : [0..<classCount]
    let isDual = solver.loss == .hinge && features.rowCount <= HeadDualStart.rowLimit
    let courses =
      isDual
      ? Set(solver.penalties).sorted(by: >).map { .init(start: $0, branches: [], target: $0) }
      : HeadBlock.courses(to: solver.penalties)
    blocks = ranges.flatMap { range in
      let block = HeadBlock(
        solver.loss, classes: range, labels: labels, shares: shares, classCount: classCount,
        columnCount: features.columnCount)
      return courses.map { block.following($0) }
    }
  }

  /// Solves all blocks; those whose rounded weights miss the rule get a second and a third chance.
  mutating func solve() throws {
    try solveDuals()
    for _ in 0..<3 {
      try refresh(blocks.indices.filter { !blocks[$0].isRounded })
      while let chosen = unfinished() {
        try advance(chosen)
        try refresh(solveDuals())
      }
      try round(blocks.indices.filter { !blocks[$0].isRounded })
      if blocks.allSatisfy(\.isRounded) { return }
    }
  }

  /// Takes those blocks to the dual problem that Newton's steps don't suit.
  @discardableResult
  private mutating func solveDuals() throws -> [Int] {
    var due = blocks.indices.filter { !blocks[$0].isFinished && HeadDualStart.isDue(blocks[$0]) }
    if due.isEmpty { return [] }
    for index in due {
      let branches = blocks[index].leaveCourse()
      due += blocks.count..<blocks.count + branches.count
      blocks += branches
    }
    var dual = dual ?? HeadDualStart(passes)
    for index in due { try dual.solve(&blocks[index], passes) }
    self.dual = dual
    return due
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
      blocks[index].isFinished =
        blocks[index].isConverged || blocks[index].iterations >= solver.iterationLimit
    }
  }

  /// One Newton step of each chosen block.
  private mutating func advance(_ chosen: [Int]) throws {
    let sharpened = chosen.filter { blocks[$0].sharpen() }
    if !sharpened.isEmpty { try refresh(sharpened) }
    let chosen = chosen.filter { !blocks[$0].isFinished }
    if chosen.isEmpty { return }
    // The kernels work in Float: a rounded direction keeps weights and scores consistent.
    let solutions = try gradients.solve(&blocks, chosen, passes)
    let weights = solutions.map { $0.weights.map { Double(Float($0)) } }
    let scores = try passes.scores(of: weights, blocks, chosen)
    var stuck: [Int] = []
    let known = blocks.count
    for (position, index) in chosen.enumerated() {
      let direction = HeadBlock.Direction(
        weights: weights[position], biases: solutions[position].biases, scores: scores[position])
      let step = blocks[index].move(along: direction)
      blocks[index].iterations += 1
      if step == 0, blocks[index].penalty == blocks[index].targetPenalty { stuck.append(index) }
      blocks += blocks[index].lowerPenalty(after: step, along: direction)
    }
    try refresh(chosen + (known..<blocks.count))
    for index in stuck { blocks[index].isFinished = true }
  }

  /// Rounds the weights to Float, as the head stores them, and certifies the result; dual values that were
  /// found before still bound the optimum.
  private mutating func round(_ chosen: [Int]) throws {
    for index in chosen {
      blocks[index].weights = blocks[index].weights.map { Double(Float($0)) }
    }
    let scores = try passes.scores(of: chosen.map { blocks[$0].weights }, blocks, chosen)
    for (position, index) in chosen.enumerated() { blocks[index].scores = scores[position] }
    try refresh(chosen)
    for index in chosen { blocks[index].isRounded = blocks[index].isFinished }
  }

  /// What was found for a penalty.
  func result(_ penalty: Double) -> (head: LinearHead, report: TrainingReport) {
    let blocks = blocks.filter { $0.targetPenalty == penalty }.sorted {
      $0.classes.lowerBound < $1.classes.lowerBound
    }
    let head = LinearHead(
      classCount: classCount, featureCount: passes.features.columnCount,
      weights: blocks.flatMap { $0.weights.map(Float.init) },
      biases: blocks.flatMap { $0.biases.map(Float.init) })
    let report = TrainingReport(
      stopping: blocks.allSatisfy(\.isConverged) ? .converged : .budget,
      objective: blocks.reduce(0) { $0 + $1.objective },
      relativeGaps: blocks.map { $0.objective > 0 ? max(0, $0.gap / $0.objective) : 0 },
      iterations: blocks.map(\.iterations).max() ?? 0)
    return (head, report)
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
