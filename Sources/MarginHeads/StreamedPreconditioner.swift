import PluginKit

/// An approximate inverse of the second derivative of one class' objective.
///
/// The matrix is [A u; uᵀ c] for weights and bias, with A = 2λI + Σᵢ cᵢ zᵢ zᵢᵀ over a sample of the rows. Of A
/// only blocks on the diagonal are kept where the whole would be too large; the bias is eliminated last.
struct StreamedPreconditioner: Sendable {
  private let blocks: [(columns: Range<Int>, factor: CholeskyFactor)]
  /// A⁻¹ u.
  private let image: [Double]
  private let border: [Double]
  /// c - uᵀ A⁻¹ u.
  private let pivot: Double

  /// Factors the blocks; `curvature` is the sum of the cᵢ.
  init(
    blocks: [(columns: Range<Int>, factor: CholeskyFactor)], border: [Double], curvature: Double,
    penalty: Double
  ) {
    self.blocks = blocks
    self.border = border
    image = Self.solve(blocks, border[...])
    // Features that nearly hold the constant leave a pivot far below the curvature, but for rounding not below
    // 2λ|A⁻¹u|². With blocks left out the difference may come out too small, and without rows it is nothing.
    let least =
      blocks.count == 1
      ? max(2 * penalty * sumOfSquares(image), 1e-6 * curvature, 1e-9)
      : max(0.01 * curvature, 1e-3)
    pivot = max(curvature - dot(border, image), least)
  }

  /// The approximate solution for weights and bias; costs 2 D operations per column of a block.
  func solve(_ right: [Double]) -> [Double] {
    var solution = Self.solve(blocks, right.dropLast())
    let bias = ((right.last ?? 0) - dot(border, solution)) / pivot
    for j in 0..<solution.count { solution[j] -= bias * image[j] }
    solution.append(bias)
    return solution
  }

  private static func solve(
    _ blocks: [(columns: Range<Int>, factor: CholeskyFactor)], _ right: ArraySlice<Double>
  ) -> [Double] {
    // Rounded to Float relative to the largest value: late gradients are tiny.
    let scale = right.reduce(0) { max($0, abs($1)) }
    guard scale > 0, scale.isFinite else { return Array(repeating: 0, count: right.count) }
    var values = right.map { Float($0 / scale) }
    values.withUnsafeMutableBufferPointer { values in
      guard let values = values.baseAddress else { return }
      for (columns, factor) in blocks { factor.solve(values + columns.lowerBound) }
    }
    return values.map { scale * Double($0) }
  }
}

/// Collects the rows of a ``StreamedPreconditioner``.
struct StreamedCurvature {
  private let columnCount: Int
  private let blocks: [Range<Int>]
  private let stride: Int
  /// For each block of columns its square of sums.
  private var sums: [[Float]]
  private var border: [Float]
  private var curvature = 0.0
  /// Rows times √c, waiting to be added together.
  private var waiting: [Float]
  private var waitingCount = 0
  /// How many rows were added.
  private(set) var rowCount = 0

  init(columnCount: Int, blockWidth: Int) {
    self.columnCount = columnCount
    blocks = Swift.stride(from: 0, to: columnCount, by: blockWidth).map {
      $0..<min($0 + blockWidth, columnCount)
    }
    // Off powers of two, which would fight for the same places of the cache.
    stride = (columnCount + 31) / 16 * 16
    sums = blocks.map { Array(repeating: 0, count: $0.count * $0.count) }
    border = Array(repeating: 0, count: columnCount)
    waiting = Array(repeating: 0, count: MatrixProduct.mostGramRows * stride)
  }

  /// Adds c z zᵀ.
  mutating func add(_ z: UnsafePointer<Float>, curvature c: Double) {
    let factor = Float(c.squareRoot())
    let weight = Float(c)
    let from = waitingCount * stride
    let columnCount = self.columnCount
    waiting.withUnsafeMutableBufferPointer { waiting in
      for j in 0..<columnCount { waiting[from + j] = factor * z[j] }
    }
    border.withUnsafeMutableBufferPointer { border in
      for j in 0..<columnCount { border[j] += weight * z[j] }
    }
    curvature += c
    rowCount += 1
    waitingCount += 1
    if waitingCount == MatrixProduct.mostGramRows { flush() }
  }

  private mutating func flush() {
    let count = waitingCount
    let stride = self.stride
    for (index, columns) in blocks.enumerated() {
      waiting.withUnsafeBufferPointer { waiting in
        sums[index].withUnsafeMutableBufferPointer { sums in
          guard let waiting = waiting.baseAddress, let sums = sums.baseAddress else { return }
          MatrixProduct.addGram(
            waiting + columns.lowerBound, rows: count, columns: columns.count,
            stride: stride, into: sums, sumStride: columns.count)
        }
      }
    }
    waitingCount = 0
  }

  /// Factors what was collected, divided by `share`, the share of all rows that were looked at.
  mutating func preconditioner(penalty: Double, share: Double) -> StreamedPreconditioner {
    flush()
    let scale = Float(1 / share)
    var factors: [(columns: Range<Int>, factor: CholeskyFactor)] = []
    for (index, columns) in blocks.enumerated() {
      var matrix: [Float] = []
      swap(&matrix, &sums[index])
      let size = columns.count
      var trace: Float = 0
      for j in 0..<size {
        for i in 0...j { matrix[j * size + i] *= scale }
        trace += matrix[j * size + j]
      }
      // Rounding leaves errors of about 10⁻⁷ of the largest eigenvalue.
      let floor = max(Float(2 * penalty), 1e-6 * trace / Float(size))
      for j in 0..<size { matrix[j * size + j] += floor }
      factors.append((columns, CholeskyFactor(matrix, size: size, leastPivot: floor)))
    }
    return StreamedPreconditioner(
      blocks: factors, border: border.map { Double($0 * scale) }, curvature: curvature / share,
      penalty: penalty)
  }
}
