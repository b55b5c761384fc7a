import PluginKit

/// The columns of a table as codes of one byte: the bins of their values.
///
/// A column of up to 255 different values has a bin for each; otherwise bins hold about equal weights of rows.
/// Equal values are always in one bin. Binning costs O(n log n) a column, and n d bytes.
struct BinnedFeatures: Sendable {
  /// The bins of one column, by ascending value.
  struct Column: Sendable {
    /// The smallest and the largest value in each bin.
    var lows: [Float] = []
    var highs: [Float] = []

    /// A value between two bins, so that rows of bins up to `bin` are at or below it, and later ones above.
    func threshold(after bin: Int) -> Float {
      let (low, high) = (highs[bin], lows[bin + 1])
      let middle = low / 2 + high / 2
      return middle >= low && middle < high ? middle : low
    }

    /// The last bin whose values begin at or below `value`; at least the first.
    func bin(below value: Float) -> Int {
      var (first, last) = (0, lows.count - 1)
      while first < last {
        let middle = (first + last + 1) / 2
        if lows[middle] <= value { first = middle } else { last = middle - 1 }
      }
      return first
    }
  }

  /// The code of a missing value.
  static let missing = UInt8.max
  private static let mostBins = 255

  let rowCount: Int
  let columns: [Column]
  /// Column after column.
  let codes: [UInt8]

  /// Bins the columns of a matrix; rows count by their weights, those of weight 0 as absent.
  init(_ matrix: FeatureMatrix, weights: [Float]?, checkpoint: () throws -> Void) rethrows {
    var columns: [Column] = []
    var codes = [UInt8](repeating: Self.missing, count: matrix.values.count)
    for column in 0..<matrix.columnCount {
      try checkpoint()
      let values = (0..<matrix.rowCount).map { matrix[$0, column] }
      let bins = Self.bins(values, weights)
      for (row, value) in values.enumerated() where !value.isNaN {
        codes[column * matrix.rowCount + row] = UInt8(bins.bin(below: value))
      }
      columns.append(bins)
    }
    rowCount = matrix.rowCount
    self.columns = columns
    self.codes = codes
  }

  /// The memory in use, for the cache.
  var byteCount: Int { codes.count + columns.count * Self.mostBins * 8 }

  private static func bins(_ values: [Float], _ weights: [Float]?) -> Column {
    let order = values.indices.filter { !values[$0].isNaN && weights?[$0] != 0 }
      .sorted { values[$0] < values[$1] }
    var distinct: [(value: Float, weight: Double)] = []
    for row in order {
      let weight = Double(weights?[row] ?? 1)
      if let last = distinct.last, last.value == values[row] {
        distinct[distinct.count - 1].weight += weight
      } else {
        distinct.append((values[row], weight))
      }
    }
    return distinct.count <= mostBins
      ? Column(lows: distinct.map(\.value), highs: distinct.map(\.value))
      : quantiles(distinct)
  }

  /// Bins of about equal weight: each is filled until it has its share of what the bins before have left.
  private static func quantiles(_ distinct: [(value: Float, weight: Double)]) -> Column {
    var column = Column()
    var left = distinct.reduce(0) { $0 + $1.weight }
    var filled = 0.0
    for (place, (value, weight)) in distinct.enumerated() {
      let binsLeft = mostBins - column.highs.count
      if column.lows.count == column.highs.count { column.lows.append(value) }
      filled += weight
      let isLast = place == distinct.count - 1
      if isLast || (binsLeft > 1 && filled >= left / Double(binsLeft)) {
        column.highs.append(value)
        left -= filled
        filled = 0
      }
    }
    return column
  }
}
