import CKernels

/// Gram matrices of feature rows, and symmetric systems made of them, in vector code.
///
/// Sums run in one fixed order: an entry does not depend on which others are computed with it.
public enum GramKernels {
  /// Writes the products of some rows with others to `gram[i * stride + j]`, i counting `left` from
  /// `firstRow` on and j counting `right`.
  ///
  /// Costs `left.count` · `right.count` · D multiply-adds.
  public static func products(
    _ features: FeatureMatrix, of left: ArraySlice<Int32>, with right: ArraySlice<Int32>,
    into gram: inout [Float], firstRow: Int, stride: Int
  ) {
    precondition(
      right.count <= stride && (firstRow + left.count) * stride <= gram.count,
      "\(left.count) x \(right.count) products do not fit \(gram.count / max(stride, 1)) x \(stride)"
    )
    features.values.withUnsafeBufferPointer { z in
      left.withUnsafeBufferPointer { left in
        right.withUnsafeBufferPointer { right in
          gram.withUnsafeMutableBufferPointer { gram in
            guard let z = z.baseAddress, let a = left.baseAddress, let b = right.baseAddress,
              let out = gram.baseAddress
            else { return }
            kernels_gram(
              z, features.columnCount, a, left.count, b, right.count, out + firstRow * stride,
              stride)
          }
        }
      }
    }
  }

  /// The factor of gram[places, places] + diag(diagonal) by Cholesky's method, in its lower triangle.
  ///
  /// Pivots below 10⁻⁶ of the largest diagonal value are raised to that, so that rounding does not end the
  /// factorisation.
  ///
  /// - Parameters:
  ///   - gram: A symmetric matrix of which the lower triangle is read.
  ///   - stride: The distance of its rows.
  ///   - places: Which rows and columns take part.
  ///   - diagonal: What is added, one number for each place.
  /// - Returns: The factor, row by row; what is above the diagonal has no meaning.
  public static func factor(
    _ gram: [Float], stride: Int, places: [Int32], diagonal: [Float]
  ) -> [Float] {
    let size = places.count
    precondition(diagonal.count == size, "\(size) numbers are needed, got \(diagonal.count)")
    return [Float](unsafeUninitializedCapacity: size * size) { buffer, count in
      count = size * size
      guard let to = buffer.baseAddress else { return }
      kernels_gram_system(gram, stride, places, size, diagonal, to, size)
      var largest: Float = 0
      for i in 0..<size { largest = max(largest, to[i * size + i]) }
      kernels_cholesky(to, size, size, 1e-6 * largest)
    }
  }

  /// Solves with a factor of ``factor(_:stride:places:diagonal:least:)``, in place.
  public static func solve(_ factor: [Float], _ x: inout [Float]) {
    precondition(factor.count == x.count * x.count, "\(x.count) numbers do not fit the factor")
    kernels_cholesky_solve(factor, x.count, x.count, &x)
  }
}
