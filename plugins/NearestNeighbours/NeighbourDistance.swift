/// How far two rows are apart.
enum NeighbourDistance: String, CaseIterable, Sendable {
  /// The root of Σ (x - y)².
  case euclidean
  /// Σ |x - y|.
  case manhattan

  /// What grows with the distance and is cheaper: the square for `euclidean`, otherwise the distance.
  ///
  /// Lanes are summed in a fixed order, so that a row's value depends on the two rows alone.
  @inline(__always)
  func key(_ query: [SIMD8<Float>], _ row: UnsafePointer<SIMD8<Float>>) -> Float {
    var sum = SIMD8<Float>.zero
    for block in query.indices {
      sum += term(query[block] - row[block])
    }
    return sum.sum()
  }

  /// The least key that a row within a box can have.
  ///
  /// Rounding is monotone and the order of operations is that of ``key(_:_:)``: the bound holds for the
  /// rounded keys, to the bit, so that a search that leaves out boxes finds the same rows.
  @inline(__always)
  func bound(
    _ query: [SIMD8<Float>], low: UnsafePointer<SIMD8<Float>>, high: UnsafePointer<SIMD8<Float>>
  ) -> Float {
    var sum = SIMD8<Float>.zero
    for block in query.indices {
      let outside = pointwiseMax(low[block] - query[block], query[block] - high[block])
      sum += term(pointwiseMax(outside, .zero))
    }
    return sum.sum()
  }

  /// The distance of a key.
  func distance(ofKey key: Float) -> Float {
    switch self {
    case .euclidean: key.squareRoot()
    case .manhattan: key
    }
  }

  @inline(__always)
  private func term(_ difference: SIMD8<Float>) -> SIMD8<Float> {
    switch self {
    case .euclidean: difference * difference
    case .manhattan: pointwiseMax(difference, -difference)
    }
  }
}
