public import PluginKit

/// Trains a linear head on features that are computed when they are needed, for tables whose features would
/// not fit memory.
///
/// The problem is that of ``ConvexHeadSolver``: λ‖W‖² + (1/S) Σᵢ sᵢ ℓ(W zᵢ + b), zᵢ = z(xᵢ), the bias free. Each
/// pass maps tiles of rows that stay in cache, scores them, and adds up the derivative. A block (a class of a
/// one-vs-rest loss) moves by the limited-memory quasi-Newton method, preconditioned by the Cholesky factors of
/// second derivatives from the rows with curvature in a sample: a step is close to Newton's and costs one pass.
/// Samples grow by four, each from the solution on the one before, so that most steps are taken on few rows
/// and about five on all of them.
///
/// Training ends when for each block gap ≤ 10⁻³ P and gap ≤ 10⁻² (P(0) - P), which is certified over all rows,
/// or after ``passLimit`` passes over them. Hinge losses are smoothed first, less and less; they need many more
/// passes, and often end by the limit.
///
/// A pass costs O(n D (d + K)). The memory beside the rows is bounded by 256 MiB for the factors, and O(D K)
/// for about 30 vectors.
///
/// References: R. H. Byrd, G. M. Chin, J. Nocedal and Y. Wu, "Sample size selection in optimization methods for
/// machine learning", Mathematical Programming 134, 2012, doi:10.1007/s10107-012-0572-5; D. C. Liu and
/// J. Nocedal, "On the limited memory BFGS method for large scale optimization", Mathematical Programming 45,
/// 1989, doi:10.1007/BF01589116.
public struct StreamedHeadSolver: Sendable {
  public let loss: MarginLoss
  /// λ, above 0.
  public let penalty: Double
  /// The most passes over all rows.
  public var passLimit = 60
  /// The rows of the first sample, at least; it has 16 D of them if that is more.
  package var leastSample = 8_192

  public init(loss: MarginLoss, penalty: Double) {
    precondition(penalty > 0, "the convex solver needs a positive penalty, got \(penalty)")
    self.loss = loss
    self.penalty = penalty
  }

  /// Trains a head.
  ///
  /// - Parameters:
  ///   - data: The rows before they are mapped, finite.
  ///   - projection: What maps them.
  ///   - seed: Draws the samples.
  ///   - checkpoint: Called often; what it throws ends the training.
  /// - Returns: The head, and a report with the objective and the gaps of the head as it is stored.
  /// - Throws: What `checkpoint` throws.
  public func train(
    _ data: TrainingData, projection: FourierProjection, seed: Seed,
    checkpoint: () throws -> Void = {}
  ) throws -> (head: LinearHead, report: TrainingReport) {
    try withoutActuallyEscaping(checkpoint) { checkpoint in
      var run = StreamedRun(self, data, projection, seed, checkpoint)
      try run.solve()
      return (run.head, run.report)
    }
  }
}

/// One training: samples, blocks and how they advance.
private struct StreamedRun {
  let solver: StreamedHeadSolver
  let pass: StreamedPass
  /// Rows in random order, as many as the largest sample has.
  let order: [Int32]
  let blockWidth: Int
  let mostCurvatureRows: Int
  var blocks: [StreamedBlock]
  var passes = 0
  /// How many rows the preconditioners were last taken from, and the steps since then.
  private var renewedRows = 0
  private var stepsSinceRenewal = 0

  /// The estimated distance, relative to the objective, at which a sample has no more to say.
  ///
  /// Each step saved on a sample costs several on the next, as preconditioners of an early point know rows that
  /// have no curvature any more.
  static let sampleTolerance = 5e-4
  /// The most steps on a sample; a few dozen are usual.
  static let mostSampleSteps = 200
  /// Steps after which preconditioners are first renewed, and then at thrice as many each time.
  static let firstRenewal = 10
  /// After so many steps a preconditioner still serves as that of the present point.
  static let fewSteps = 3

  init(
    _ solver: StreamedHeadSolver, _ data: TrainingData, _ projection: FourierProjection,
    _ seed: Seed, _ checkpoint: @escaping () throws -> Void
  ) {
    self.solver = solver
    let rows = StreamedRows(
      matrix: data.features, projection: projection, labels: data.labels, weights: data.weights)
    pass = StreamedPass(rows: rows, checkpoint: checkpoint)
    let width = projection.featureCount
    let largest = Self.sampleSizes(solver, rowCount: rows.rowCount, featureCount: width).max()
    order = Self.draw(largest ?? min(rows.rowCount, 1 << 18), of: data, seed)
    // Factors of all classes take at most 256 MiB.
    blockWidth = max(16, min(width, 2_048, (1 << 26) / (data.classCount * width)))
    // About as many as cost half a pass, where a cosine counts as 16 multiply-adds.
    mostCurvatureRows = max(
      8 * blockWidth,
      rows.rowCount * (projection.columnCount + 16 + 2 * data.classCount)
        / (data.classCount * blockWidth))
    let ranges =
      solver.loss.isOneVersusRest
      ? (0..<data.classCount).map { $0..<$0 + 1 } : [0..<data.classCount]
    let total = rows.weightSum(nil)
    let shares = data.labels.indices.map { rows.weight($0) / total }
    blocks = ranges.map { classes in
      StreamedBlock(
        solver.loss, classes: classes, featureCount: width, penalty: solver.penalty,
        trivialObjective: HeadBlock.trivialObjective(
          solver.loss, classes, data.labels, shares, data.classCount))
    }
  }

  /// The samples before all rows, each a quarter of the next.
  static func sampleSizes(
    _ solver: StreamedHeadSolver, rowCount: Int, featureCount: Int
  ) -> [Int] {
    var sizes: [Int] = []
    var size = max(solver.leastSample, 16 * featureCount)
    while size <= rowCount / 3 {
      sizes.append(size)
      size *= 4
    }
    return sizes
  }

  /// Draws rows of positive weight without replacement (Fisher and Yates).
  static func draw(_ count: Int, of data: TrainingData, _ seed: Seed) -> [Int32] {
    var rows = (0..<Int32(data.labels.count)).filter { row in
      data.weights.map { $0[Int(row)] > 0 } ?? true
    }
    var generator = seed.keyed("streamed rows").generator()
    let count = min(count, rows.count)
    for position in 0..<count {
      rows.swapAt(position, position + generator.index(below: rows.count - position))
    }
    return Array(rows.prefix(count))
  }

  mutating func solve() throws {
    let sizes = Self.sampleSizes(
      solver, rowCount: pass.rows.rowCount, featureCount: pass.rows.featureCount)
    for size in sizes { try descend(order.prefix(size)) }
    if let last = sizes.last {
      // Rounds on a sample are cheap; the limit keeps smoothing from chasing its rounding.
      for _ in 0..<12 where try sharpen(order.prefix(last)) {}
    }
    try descend(nil)
    while passes < solver.passLimit, try sharpen(nil) {}
  }

  /// Factors second derivatives at the present points of some blocks.
  private mutating func renewPreconditioners(
    _ chosen: [Int], _ sample: ArraySlice<Int32>
  ) throws {
    let isFirst = blocks.allSatisfy { $0.preconditioners.isEmpty }
    for index in chosen { blocks[index].preconditioners = [] }
    (renewedRows, stepsSinceRenewal) = (sample.count, 0)
    // At W = 0 all classes of a one-vs-rest loss have the same second derivative.
    let isShared = isFirst && solver.loss.isOneVersusRest
    let found = try pass.preconditioners(
      at: isShared ? [blocks[0].point] : chosen.map { blocks[$0].point }, sample: sample,
      penalty: solver.penalty, most: isFirst ? mostCurvatureRows / 2 : mostCurvatureRows,
      blockWidth: blockWidth)
    var from = 0
    for index in chosen {
      let width = blocks[index].classes.count
      blocks[index].preconditioners = isShared ? found : Array(found[from..<from + width])
      from += width
    }
  }

  /// Minimises over a sample as far as it pays, or over all rows to the stopping rule.
  private mutating func descend(_ sample: ArraySlice<Int32>?) throws {
    let all = Array(blocks.indices)
    let curvatureRows = sample ?? order[...]
    // The same rows at nearly the same point have nothing new to say.
    if curvatureRows.count != renewedRows || stepsSinceRenewal > Self.fewSteps {
      try renewPreconditioners(all, curvatureRows)
    }
    let sums = try evaluate(all, sample, \.point)
    for index in all { blocks[index].restart(sums[index], isWhole: sample == nil) }
    var renewal = Self.firstRenewal
    var steps = 0
    while true {
      let chosen = all.filter { isUnfinished(blocks[$0], sample) }
      if chosen.isEmpty || (sample != nil && steps == Self.mostSampleSteps) { return }
      if steps == renewal {
        renewal *= 3
        try renewPreconditioners(chosen, curvatureRows)
        for index in chosen { blocks[index].chooseDirection() }
      }
      let sums = try evaluate(chosen, sample, \.trial)
      for (position, index) in chosen.enumerated() {
        blocks[index].consider(sums[position], isWhole: sample == nil)
      }
      steps += 1
      stepsSinceRenewal += 1
    }
  }

  private func isUnfinished(_ block: StreamedBlock, _ sample: ArraySlice<Int32>?) -> Bool {
    if block.isStalled { return false }
    guard sample == nil else {
      return block.estimate > Self.sampleTolerance * block.objective
    }
    return !block.isConverged && !block.isTooSmooth(isWhole: true) && passes < solver.passLimit
  }

  /// Evaluates some blocks in one pass.
  private mutating func evaluate(
    _ chosen: [Int], _ sample: ArraySlice<Int32>?, _ point: KeyPath<StreamedBlock, StreamedPoint>
  ) throws -> [StreamedSums] {
    if sample == nil { passes += 1 }
    return try pass.evaluate(chosen.map { blocks[$0][keyPath: point] }, over: sample)
  }

  /// Lowers the smoothing of blocks that it keeps from their gap, and descends again.
  ///
  /// - Returns: Whether there were any.
  private mutating func sharpen(_ sample: ArraySlice<Int32>?) throws -> Bool {
    let chosen = blocks.indices.filter { blocks[$0].isTooSmooth(isWhole: sample == nil) }
    if chosen.isEmpty { return false }
    for index in chosen { blocks[index].loss.smoothing *= 0.3 }
    renewedRows = 0  // another loss has other second derivatives
    try descend(sample)
    return true
  }

  var head: LinearHead {
    LinearHead(
      classCount: blocks.reduce(0) { $0 + $1.classes.count },
      featureCount: pass.rows.featureCount,
      weights: blocks.flatMap { $0.point.weights.map { Float($0) } },
      biases: blocks.flatMap { $0.point.biases.map { Float($0) } })
  }

  var report: TrainingReport {
    TrainingReport(
      stopping: blocks.allSatisfy(\.isConverged) ? .converged : .budget,
      objective: blocks.reduce(0) { $0 + $1.objective },
      relativeGaps: blocks.map { $0.objective > 0 ? max(0, $0.gap / $0.objective) : 0 },
      iterations: blocks.map(\.iterations).max() ?? 0)
  }
}
