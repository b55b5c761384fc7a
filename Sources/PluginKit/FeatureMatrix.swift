/// Rows of numbers: what models are trained on and what they predict from.
///
/// Values are `Float32`, row by row: the value of row `i` and column `j` is `values[i * columnCount + j]`.
/// NaN stands for a missing value and reaches only plugins that declare ``Capabilities/missingValues``.
public struct FeatureMatrix: Sendable, Equatable {
  /// The number of rows, 0 or more.
  public let rowCount: Int
  /// The number of columns, 0 or more.
  public let columnCount: Int
  /// All values, row by row; `rowCount * columnCount` of them.
  public var values: [Float]

  /// Makes a matrix of values that are given row by row.
  ///
  /// - Precondition: `values.count == rowCount * columnCount`.
  public init(rowCount: Int, columnCount: Int, values: [Float]) {
    precondition(
      values.count == rowCount * columnCount,
      "\(rowCount) x \(columnCount) values are needed, got \(values.count)")
    self.rowCount = rowCount
    self.columnCount = columnCount
    self.values = values
  }

  /// Makes a matrix with the same value everywhere.
  public init(rowCount: Int, columnCount: Int, repeating value: Float = 0) {
    self.init(
      rowCount: rowCount, columnCount: columnCount,
      values: Array(repeating: value, count: rowCount * columnCount))
  }

  /// The value in a row and a column, both counted from 0.
  @inlinable
  public subscript(row: Int, column: Int) -> Float {
    get { values[row * columnCount + column] }
    set { values[row * columnCount + column] = newValue }
  }

  /// The values of one row.
  @inlinable
  public func row(_ row: Int) -> ArraySlice<Float> {
    values[row * columnCount..<(row + 1) * columnCount]
  }

  /// A copy of some rows, in the order of `rows`; a row may be asked for more than once.
  public func selecting(rows: [Int]) -> FeatureMatrix {
    let width = columnCount
    let selected = [Float](unsafeUninitializedCapacity: rows.count * width) { buffer, count in
      values.withUnsafeBufferPointer { source in
        guard let from = source.baseAddress, let to = buffer.baseAddress else { return }
        for (position, row) in rows.enumerated() {
          precondition(row >= 0 && row < rowCount, "row \(row) is not in 0..<\(rowCount)")
          (to + position * width).initialize(from: from + row * width, count: width)
        }
      }
      count = rows.count * width
    }
    return FeatureMatrix(rowCount: rows.count, columnCount: width, values: selected)
  }

  /// A copy of consecutive rows.
  public func selecting(rows: Range<Int>) -> FeatureMatrix {
    FeatureMatrix(
      rowCount: rows.count, columnCount: columnCount,
      values: Array(values[rows.lowerBound * columnCount..<rows.upperBound * columnCount]))
  }
}

/// Decision scores: one row per example, one column per class; the largest score of a row wins.
public typealias ScoreMatrix = FeatureMatrix
