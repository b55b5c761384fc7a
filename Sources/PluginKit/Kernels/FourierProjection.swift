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
  let amplitude: Float
  /// W / πs for 16 projections at a time: lane after lane of each column.
  private let panels: [Float]
  /// b / π.
  private let phases: [Float]

  private static let lanes = 16

  /// The most bytes of features that a training holds; with more it computes them anew when it needs them.
  public static let mostStoredBytes = 1 << 30

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
    let halfTurns = 1 / Double.pi
    for projection in 0..<count {
      let first = projection / Self.lanes * Self.lanes * columnCount + projection % Self.lanes
      for column in 0..<columnCount {
        let weight = Double(weights[projection * columnCount + column])
        panels[first + column * Self.lanes] = Float(weight * halfTurns / scale)
      }
    }
    self.panels = panels
    self.phases =
      phases.map { Float(Double($0) * halfTurns) }
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
      LargeMemory.advise(buffer)
      for from in stride(from: 0, to: rows.count, by: block) {
        try checkpoint()
        let size = min(block, rows.count - from)
        write(matrix, from: rows.lowerBound + from, count: size, to: buffer, at: from)
      }
      count = rows.count * featureCount
    }
    return FeatureMatrix(rowCount: rows.count, columnCount: featureCount, values: values)
  }

  /// The scores of a linear head on the features of rows, which are never stored as a whole.
  ///
  /// A row's scores do not depend on the other rows, to the bit. Rows go through in tiles whose features stay
  /// in the second-level cache. Costs O(n D (d + K)).
  ///
  /// - Parameters:
  ///   - matrix: The rows before they are mapped.
  ///   - weights: `featureCount` numbers for each class.
  ///   - biases: One number for each class.
  /// - Returns: The scores, row by row.
  public func scores(of matrix: FeatureMatrix, weights: [Float], biases: [Float]) -> [Float] {
    let classes = biases.count
    precondition(
      matrix.columnCount == columnCount && weights.count == classes * featureCount,
      "\(matrix.columnCount) columns and \(weights.count) weights do not fit \(columnCount) columns, "
        + "\(featureCount) features and \(classes) classes")
    let tile = max(1, min(matrix.rowCount, Self.scoredTile / max(1, featureCount)))
    let ordinals = (0..<Int32(tile)).map { $0 }
    return [Float](unsafeUninitializedCapacity: matrix.rowCount * classes) { scores, count in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: tile * featureCount + 1) { z in
        matrix.values.withUnsafeBufferPointer { x in
          guard let z = z.baseAddress, let to = scores.baseAddress else { return }
          // Rows without columns have no storage to point to; any address serves.
          let x = x.baseAddress ?? UnsafePointer(z)
          for from in stride(from: 0, to: matrix.rowCount, by: tile) {
            let size = min(tile, matrix.rowCount - from)
            map(x + from * columnCount, size, into: z)
            HeadKernels.writeScores(
              z, columnCount: featureCount,
              rows: size == tile ? ordinals : Array(ordinals.prefix(size)), weights: weights,
              biases: biases, classCount: classes, into: to + from * classes)
          }
        }
      }
      count = matrix.rowCount * classes
    }
  }

  /// How many features of a tile are held: 128 KiB.
  private static let scoredTile = 1 << 15

  /// The features of listed rows, into memory of the caller's, one row after the other.
  ///
  /// - Parameters:
  ///   - rows: Rows of `matrix` in any order.
  ///   - matrix: The rows before they are mapped.
  ///   - scratch: Room for the listed rows, kept from call to call.
  ///   - result: Gets `rows.count` x `featureCount` values.
  package func write(
    rows: [Int32], of matrix: FeatureMatrix, scratch: inout [Float],
    into result: UnsafeMutablePointer<Float>
  ) {
    let size = rows.count * columnCount
    if scratch.count < size { scratch = Array(repeating: 0, count: size) }
    matrix.values.withUnsafeBufferPointer { x in
      scratch.withUnsafeMutableBufferPointer { scratch in
        if let x = x.baseAddress, let scratch = scratch.baseAddress {
          for (position, row) in rows.enumerated() {
            (scratch + position * columnCount).update(
              from: x + Int(row) * columnCount, count: columnCount)
          }
        }
        map(scratch.baseAddress ?? UnsafeMutablePointer(result), rows.count, into: result)
      }
    }
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
      map(first, count, into: out + position * featureCount)
    }
  }

  private func map(
    _ x: UnsafePointer<Float>, _ count: Int, into result: UnsafeMutablePointer<Float>
  ) {
    let isSparse =
      columnCount >= Self.leastListedColumns && ListedRows.isWorthwhile(x, count * columnCount)
    if isSparse {
      mapListed(x, count, into: result)
    } else {
      kernels_fourier_features(
        x, count, columnCount, panels, phases, isPaired ? 1 : 0, amplitude, result, featureCount)
    }
  }

  /// The same to the bit for rows that are mostly zeros.
  private func mapListed(
    _ x: UnsafePointer<Float>, _ count: Int, into result: UnsafeMutablePointer<Float>
  ) {
    let tile = min(count, Self.listedTile)
    var places = [Int32](repeating: 0, count: tile * columnCount + 1)
    var values = [Float](repeating: 0, count: tile * columnCount + 1)
    for from in stride(from: 0, to: count, by: tile) {
      let rows = min(tile, count - from)
      let starts = ListedRows.list(
        x + from * columnCount, rows: rows, columns: columnCount, &places, &values)
      kernels_listed_fourier_features(
        rows, columnCount, starts, places, values, panels, phases, isPaired ? 1 : 0, amplitude,
        result + from * featureCount, featureCount)
    }
  }

  /// Rows that share a panel of weights while it is in cache.
  private static let listedTile = 64
  /// Below this lists cost more than they save.
  private static let leastListedColumns = 64
}
