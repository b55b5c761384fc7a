import PluginKit

/// The factor L of a symmetric positive definite matrix A = L Lᵀ, in Float32.
///
/// Blocked from left to right, so that nearly all of the n³/3 operations are matrix products. Made for
/// preconditioners, which need no more digits: a pivot that rounding has made too small is raised.
struct CholeskyFactor: Sendable {
  let size: Int
  /// L row by row; what lies above the diagonal means nothing.
  private let lower: [Float]

  private static let block = 64

  /// Factors a matrix.
  ///
  /// - Parameters:
  ///   - matrix: A row by row, of which the part up to the diagonal is read.
  ///   - size: The number of rows.
  ///   - leastPivot: What pivots are raised to, above 0.
  init(_ matrix: consuming [Float], size: Int, leastPivot: Float) {
    precondition(matrix.count == size * size, "\(matrix.count) values are no \(size) x \(size)")
    self.size = size
    var work = matrix
    work.withUnsafeMutableBufferPointer { a in
      guard let a = a.baseAddress else { return }
      for from in stride(from: 0, to: size, by: Self.block) {
        let width = min(Self.block, size - from)
        factorDiagonal(a + from * (size + 1), width, stride: size, leastPivot)
        if from + width < size { eliminate(a, size, from, width) }
      }
    }
    lower = work
  }

  /// Solves A x = b in place.
  ///
  /// Costs 2 n² operations. `x` has `size` values.
  func solve(_ x: UnsafeMutablePointer<Float>) {
    lower.withUnsafeBufferPointer { lower in
      guard let lower = lower.baseAddress else { return }
      for i in 0..<size {
        let row = lower + i * size
        x[i] = (x[i] - product(row, x, i)) / row[i]
      }
      for i in (0..<size).reversed() {
        let row = lower + i * size
        x[i] /= row[i]
        subtract(row, times: x[i], from: x, i)
      }
    }
  }
}

/// Factors the first `size` rows of a matrix whose rows lie `stride` apart.
private func factorDiagonal(
  _ a: UnsafeMutablePointer<Float>, _ size: Int, stride: Int, _ leastPivot: Float
) {
  for j in 0..<size {
    let row = a + j * stride
    row[j] = max(row[j] - product(row, row, j), leastPivot).squareRoot()
    for i in j + 1..<max(size, j + 1) {
      let other = a + i * stride
      other[j] = (other[j] - product(other, row, j)) / row[j]
    }
  }
}

/// Brings the rows below a factored diagonal block up to date: first its columns, then all later ones.
private func eliminate(_ a: UnsafeMutablePointer<Float>, _ size: Int, _ from: Int, _ width: Int) {
  let below = from + width
  let count = size - below
  let inverse = inverseOfLower(a + from * (size + 1), width, stride: size)
  withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * count * width) { scratch in
    guard let copy = scratch.baseAddress else { return }
    let panel = copy + count * width
    for i in 0..<count {
      (copy + i * width).update(from: a + (below + i) * size + from, count: width)
    }
    // L₂₁ = A₂₁ L₁₁⁻ᵀ.
    MatrixProduct.product(
      copy, rows: count, depth: width, timesTransposed: inverse, columns: width, into: panel)
    for i in 0..<count {
      (a + (below + i) * size + from).update(from: panel + i * width, count: width)
    }
    subtractSquare(of: panel, count, width, from: a + below * (size + 1), stride: size)
  }
}

/// Takes P Pᵀ from the lower part of a matrix, some rows at a time.
private func subtractSquare(
  of panel: UnsafePointer<Float>, _ count: Int, _ width: Int, from a: UnsafeMutablePointer<Float>,
  stride: Int
) {
  let step = 96
  withUnsafeTemporaryAllocation(of: Float.self, capacity: step * count) { products in
    guard let products = products.baseAddress else { return }
    for first in Swift.stride(from: 0, to: count, by: step) {
      let rows = min(step, count - first)
      let columns = first + rows
      MatrixProduct.product(
        panel + first * width, rows: rows, depth: width, timesTransposed: panel, columns: columns,
        into: products)
      for i in 0..<rows {
        subtract(products + i * columns, times: 1, from: a + (first + i) * stride, columns)
      }
    }
  }
}

/// The inverse of a lower triangle, row by row with zeros above.
private func inverseOfLower(
  _ l: UnsafePointer<Float>, _ size: Int, stride: Int
) -> [Float] {
  var inverse = [Float](repeating: 0, count: size * size)
  for j in 0..<size {
    inverse[j * size + j] = 1 / l[j * stride + j]
    for i in j + 1..<max(size, j + 1) {
      var sum: Float = 0
      for k in j..<i { sum += l[i * stride + k] * inverse[k * size + j] }
      inverse[i * size + j] = -sum / l[i * stride + i]
    }
  }
  return inverse
}

/// Σ xᵢ yᵢ, in eight sums.
private func product(_ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ count: Int) -> Float {
  var lanes = SIMD8<Float>()
  var i = 0
  while i + 8 <= count {
    let a = UnsafeRawPointer(x + i).loadUnaligned(as: SIMD8<Float>.self)
    let b = UnsafeRawPointer(y + i).loadUnaligned(as: SIMD8<Float>.self)
    lanes += a * b
    i += 8
  }
  var sum = lanes.sum()
  while i < count {
    sum += x[i] * y[i]
    i += 1
  }
  return sum
}

/// y -= factor · x.
private func subtract(
  _ x: UnsafePointer<Float>, times factor: Float, from y: UnsafeMutablePointer<Float>, _ count: Int
) {
  for i in 0..<count { y[i] -= factor * x[i] }
}
