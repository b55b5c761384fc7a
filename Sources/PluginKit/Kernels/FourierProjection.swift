import CKernels

/// A map from rows x to a cos(W x / s + b): random Fourier features, in vector code.
///
/// The error of a feature against exact arithmetic is about 4·10⁻⁷ of its amplitude plus what Float32 leaves
/// of the projection, whose error grows with its size.
public struct FourierProjection: Sendable {
  /// The number of features that a row gets.
  public let featureCount: Int
  /// The number of columns of the rows.
  public let columnCount: Int
  private let isPaired: Bool
  private let amplitude: Float
  /// W / 2πs for 16 projections at a time: lane after lane of each column.
  private let panels: [Float]
  /// b / 2π.
  private let phases: [Float]

  private static let lanes = 16

  /// Makes a map.
  ///
  /// - Parameters:
  ///   - weights: W, one row of `columnCount` numbers for each projection.
  ///   - phases: b in radians, one for each projection.
  ///   - columnCount: The number of columns of the rows.
  ///   - scale: s, by which projections are divided.
  ///   - amplitude: a.
  ///   - featureCount: The number of features: without pairs as many as projections.
  ///   - isPaired: Whether projection j gives two features, the cosine at 2j and the sine at 2j + 1; the
  ///     last sine is left out if `featureCount` is odd.
  public init(
    weights: [Float], phases: [Float], columnCount: Int, scale: Double, amplitude: Double,
    featureCount: Int, isPaired: Bool
  ) {
    let count = phases.count
    precondition(
      weights.count == count * columnCount
        && count == (isPaired ? (featureCount + 1) / 2 : featureCount),
      "\(weights.count) weights and \(count) phases do not give \(featureCount) features")
    self.featureCount = featureCount
    self.columnCount = columnCount
    self.isPaired = isPaired
    self.amplitude = Float(amplitude)
    let padded = (count + Self.lanes - 1) / Self.lanes * Self.lanes
    var panels = [Float](repeating: 0, count: padded * columnCount)
    let turns = 1 / (2 * Double.pi)
    for projection in 0..<count {
      let first = projection / Self.lanes * Self.lanes * columnCount + projection % Self.lanes
      for column in 0..<columnCount {
        let weight = Double(weights[projection * columnCount + column])
        panels[first + column * Self.lanes] = Float(weight * turns / scale)
      }
    }
    self.panels = panels
    self.phases =
      phases.map { Float(Double($0) * turns) }
      + [Float](repeating: 0, count: padded - count)
  }

  /// The features of some rows.
  ///
  /// A row's features do not depend on the other rows, to the bit, and are finite. Costs O(n d D).
  public func features(of matrix: FeatureMatrix, rows: Range<Int>? = nil) -> FeatureMatrix {
    features(of: matrix, rows: rows, checkpoint: {})
  }

  /// The same, calling `checkpoint` every few milliseconds; what it throws ends the work.
  public func features(
    of matrix: FeatureMatrix, rows: Range<Int>? = nil, checkpoint: () throws -> Void
  ) rethrows -> FeatureMatrix {
    precondition(
      matrix.columnCount == columnCount,
      "rows of \(columnCount) columns are needed, got \(matrix.columnCount)")
    let rows = rows ?? 0..<matrix.rowCount
    let block = max(1, (1 << 25) / max(1, columnCount * featureCount))
    let values = try [Float](unsafeUninitializedCapacity: rows.count * featureCount) {
      buffer, count in
      for from in stride(from: 0, to: rows.count, by: block) {
        try checkpoint()
        let size = min(block, rows.count - from)
        write(matrix, from: rows.lowerBound + from, count: size, to: buffer, at: from)
      }
      count = rows.count * featureCount
    }
    return FeatureMatrix(rowCount: rows.count, columnCount: featureCount, values: values)
  }

  private func write(
    _ matrix: FeatureMatrix, from row: Int, count: Int,
    to buffer: UnsafeMutableBufferPointer<Float>,
    at position: Int
  ) {
    matrix.values.withUnsafeBufferPointer { x in
      guard let out = buffer.baseAddress else { return }
      // Rows without columns have no storage to point to; any address serves.
      let first = x.baseAddress.map { $0 + row * columnCount } ?? UnsafePointer(out)
      kernels_fourier_features(
        first, count, columnCount, panels, phases, isPaired ? 1 : 0, amplitude,
        out + position * featureCount, featureCount)
    }
  }
}
