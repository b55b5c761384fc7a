import PluginKit

/// The rows of a streamed training: what is mapped anew in every pass, with labels and weights.
///
/// This is the seam for tables that are not in memory: whoever visits rows asks for tiles of listed rows, and
/// keeps nothing of them.
struct StreamedRows {
  let matrix: FeatureMatrix
  let projection: FourierProjection
  let labels: [Int32]
  /// sᵢ before they are divided by their sum; nil means 1.
  let weights: [Float]?

  var rowCount: Int { labels.count }
  var featureCount: Int { projection.featureCount }

  func weight(_ row: Int) -> Double { weights.map { Double($0[row]) } ?? 1 }

  /// The sum of the weights of some rows; nil means all.
  func weightSum(_ rows: ArraySlice<Int32>?) -> Double {
    guard let weights else { return Double(rows?.count ?? rowCount) }
    guard let rows else { return weights.reduce(0) { $0 + Double($1) } }
    return rows.reduce(0) { $0 + Double(weights[Int($1)]) }
  }
}

/// Visits rows in tiles whose features stay in the second-level cache.
final class StreamedTiles {
  let rows: StreamedRows
  private let capacity: Int
  private let features: UnsafeMutableBufferPointer<Float>
  private let allOrdinals: [Int32]
  private var scratch: [Float] = []
  /// The rows of the current tile.
  private(set) var listed: [Int32] = []

  /// How many features a tile has room for: 128 KiB.
  private static let room = 1 << 15

  init(_ rows: StreamedRows) {
    self.rows = rows
    capacity = max(8, Self.room / max(1, rows.featureCount))
    features = .allocate(capacity: max(1, capacity * rows.featureCount))
    features.initialize(repeating: 0)
    allOrdinals = (0..<Int32(capacity)).map { $0 }
  }

  deinit { features.deallocate() }

  /// How many rows a tile has.
  var rowCount: Int { listed.count }

  /// The features of a row of the tile.
  func row(_ position: Int) -> UnsafePointer<Float> {
    UnsafePointer(start + position * rows.featureCount)
  }

  private var start: UnsafeMutablePointer<Float> {
    guard let start = features.baseAddress else { preconditionFailure("tiles have room") }
    return start
  }

  /// Maps the next rows of a list, or of all rows, from a position on.
  ///
  /// - Returns: The position behind them; nil at the end.
  func advance(_ sample: ArraySlice<Int32>?, from position: Int) -> Int? {
    let end = min(position + capacity, sample?.count ?? rows.rowCount)
    guard position < end else { return nil }
    listed.removeAll(keepingCapacity: true)
    if let sample {
      listed += sample[sample.startIndex + position..<sample.startIndex + end]
    } else {
      for row in position..<end { listed.append(Int32(row)) }
    }
    rows.projection.write(rows: listed, of: rows.matrix, scratch: &scratch, into: start)
    return end
  }

  /// Writes the scores of the tile's rows.
  func writeScores(weights: [Float], biases: [Float], into scores: inout [Float]) {
    let ordinals = rowCount == capacity ? allOrdinals : Array(allOrdinals.prefix(rowCount))
    scores.withUnsafeMutableBufferPointer { scores in
      guard let scores = scores.baseAddress else { return }
      HeadKernels.writeScores(
        start, columnCount: rows.featureCount, rows: ordinals, weights: weights, biases: biases,
        classCount: biases.count, into: scores)
    }
  }

  /// Adds the tile's rows times their factors to `sums`, for listed positions in the tile.
  func accumulate(_ positions: [Int32], factors: [Float], classCount: Int, into sums: inout [Float])
  {
    sums.withUnsafeMutableBufferPointer { sums in
      guard let sums = sums.baseAddress else { return }
      HeadKernels.accumulate(
        start, columnCount: rows.featureCount, rows: positions, factors: factors,
        classCount: classCount, into: sums)
    }
  }

  /// The most rows of a tile.
  var mostRows: Int { capacity }
}
