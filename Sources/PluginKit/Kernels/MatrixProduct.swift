import CKernels

/// Products of row-major Float32 matrices, with results that do not depend on how the work is cut.
///
/// Every output is one chain of multiply-adds in ascending order of the contracted index (fused where the
/// CPU can). So a row gives the same bits alone and in a batch, which a BLAS does not promise. A product
/// costs 2 · rows · depth · columns operations; on AVX2 it runs at about the speed of OpenBLAS for a batch
/// of some hundred rows. Nothing is allocated.
public enum MatrixProduct {
  /// Computes x·W + b, or max(0, x·W + b).
  ///
  /// - Parameters:
  ///   - x: The matrix [rows, depth].
  ///   - rows: The number of rows of the result.
  ///   - stride: The distance of the first values of two rows of `x`, `depth` or more.
  ///   - depth: The contracted length.
  ///   - weights: The matrix W [depth, columns].
  ///   - columns: The number of columns of the result.
  ///   - bias: The vector b of `columns` values; nil means zeros.
  ///   - rectified: Whether negative results become 0; NaN stays.
  ///   - result: The matrix [rows, columns]; must not overlap the others.
  public static func affine(
    _ x: UnsafePointer<Float>, rows: Int, stride: Int, depth: Int, weights: UnsafePointer<Float>,
    columns: Int, bias: UnsafePointer<Float>?, rectified: Bool = false,
    into result: UnsafeMutablePointer<Float>
  ) {
    precondition(stride >= depth, "rows of \(depth) values do not fit a distance of \(stride)")
    kernels_matrix_product(
      rows, columns, depth, x, stride, 1, weights, columns, 1, bias, rectified ? 1 : 0, result)
  }

  /// Computes xᵀ·s, the gradient of an affine map's weights from the derivatives `s` of its outputs.
  ///
  /// - Parameters:
  ///   - x: The matrix [rows, width].
  ///   - rows: The contracted length.
  ///   - stride: The distance of the first values of two rows of `x`, `width` or more.
  ///   - width: The number of rows of the result.
  ///   - s: The matrix [rows, columns].
  ///   - columns: The number of columns of the result.
  ///   - result: The matrix [width, columns]; must not overlap the others.
  public static func transposed(
    _ x: UnsafePointer<Float>, rows: Int, stride: Int, width: Int, times s: UnsafePointer<Float>,
    columns: Int, into result: UnsafeMutablePointer<Float>
  ) {
    precondition(stride >= width, "rows of \(width) values do not fit a distance of \(stride)")
    kernels_matrix_product(width, columns, rows, x, 1, stride, s, columns, 1, nil, 0, result)
  }

  /// Computes s·Wᵀ, the gradient of an affine map's inputs from the derivatives `s` of its outputs.
  ///
  /// - Parameters:
  ///   - s: The matrix [rows, depth].
  ///   - rows: The number of rows of the result.
  ///   - depth: The contracted length.
  ///   - weights: The matrix W [columns, depth].
  ///   - columns: The number of columns of the result.
  ///   - result: The matrix [rows, columns]; must not overlap the others.
  public static func product(
    _ s: UnsafePointer<Float>, rows: Int, depth: Int, timesTransposed weights: UnsafePointer<Float>,
    columns: Int, into result: UnsafeMutablePointer<Float>
  ) {
    kernels_matrix_product(rows, columns, depth, s, depth, 1, weights, 1, depth, nil, 0, result)
  }

  /// Computes the sum of each column of s, the gradient of an affine map's bias.
  ///
  /// - Parameters:
  ///   - s: The matrix [rows, columns].
  ///   - rows: The number of rows, added in ascending order.
  ///   - columns: The number of columns.
  ///   - result: The vector of `columns` sums; must not overlap `s`.
  public static func columnSums(
    _ s: UnsafePointer<Float>, rows: Int, columns: Int, into result: UnsafeMutablePointer<Float>
  ) {
    var one: Float = 1
    kernels_matrix_product(1, columns, rows, &one, 0, 0, s, columns, 1, nil, 0, result)
  }

  /// The most rows that ``addGram(_:rows:columns:stride:into:sumStride:)`` takes at once.
  package static let mostGramRows = 256

  /// Adds zᵀ·z to a symmetric matrix, of which the part up to the diagonal is kept.
  ///
  /// Costs rows · columns² operations.
  ///
  /// - Parameters:
  ///   - z: The matrix [rows, columns].
  ///   - rows: At most ``mostGramRows``.
  ///   - columns: The size of the sums.
  ///   - stride: The distance of the first values of two rows of `z`; a power of two would be slow.
  ///   - sums: The matrix [columns, columns]; above the diagonal values are undefined.
  ///   - sumStride: The distance of the first values of two rows of `sums`.
  package static func addGram(
    _ z: UnsafePointer<Float>, rows: Int, columns: Int, stride: Int,
    into sums: UnsafeMutablePointer<Float>, sumStride: Int
  ) {
    precondition(rows <= mostGramRows, "at most \(mostGramRows) rows are added, got \(rows)")
    kernels_gram_add(z, rows, columns, stride, sums, sumStride)
  }

  /// Clears the values whose `condition` is not over 0, which takes derivatives back through a rectifier.
  ///
  /// - Parameters:
  ///   - values: The derivatives by the rectifier's results.
  ///   - condition: The rectifier's results; must not overlap `values`.
  ///   - count: The number of values.
  public static func clear(
    _ values: UnsafeMutablePointer<Float>, unlessPositive condition: UnsafePointer<Float>,
    count: Int
  ) {
    kernels_keep_where_positive(count, condition, values)
  }

  /// Computes x·W + b of a matrix: [rows, columns of x] times [columns of x, columns].
  ///
  /// - Precondition: `weights` has `x.columnCount * columns` values, and `bias` has `columns`.
  public static func affine(
    _ x: FeatureMatrix, weights: [Float], bias: [Float], rectified: Bool = false
  ) -> FeatureMatrix {
    let columns = bias.count
    precondition(
      weights.count == x.columnCount * columns,
      "\(x.columnCount) x \(columns) weights are needed, got \(weights.count)")
    let rows = x.rowCount
    let depth = x.columnCount
    let values = [Float](unsafeUninitializedCapacity: rows * columns) { result, count in
      x.values.withUnsafeBufferPointer { x in
        weights.withUnsafeBufferPointer { weights in
          bias.withUnsafeBufferPointer { bias in
            kernels_matrix_product(
              rows, columns, depth, x.baseAddress, depth, 1, weights.baseAddress, columns, 1,
              bias.baseAddress, rectified ? 1 : 0, result.baseAddress)
          }
        }
      }
      count = rows * columns
    }
    return FeatureMatrix(rowCount: rows, columnCount: columns, values: values)
  }
}
