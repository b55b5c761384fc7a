/// A symmetric matrix of kernel values between training rows, in Float32.
///
/// Rows lie ``stride`` values apart, a multiple of 16, so that vector code has no rest to handle; what is
/// behind the last column is finite and counts nothing.
public struct GramMatrix: Sendable {
  /// The number of rows, and of columns.
  public let rowCount: Int
  /// The distance of the first values of two rows.
  public let stride: Int
  let values: [Float]

  /// The distance of two rows' first values in a matrix of so many rows.
  public static func stride(rowCount: Int) -> Int { (rowCount + 15) / 16 * 16 }

  /// The memory that a matrix of so many rows takes, in bytes.
  public static func byteCount(rowCount: Int) -> Int { 4 * rowCount * stride(rowCount: rowCount) }

  /// Makes a matrix of the values that `fill` writes: all places, also those behind the last column.
  public init(
    rowCount: Int, fill: (UnsafeMutableBufferPointer<Float>) throws -> Void
  ) rethrows {
    self.rowCount = rowCount
    stride = Self.stride(rowCount: rowCount)
    let count = rowCount * stride
    values = try [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      try fill(buffer)
      initialized = count
    }
  }

  /// The value of two rows, both counted from 0.
  public subscript(row: Int, column: Int) -> Float { values[row * stride + column] }

  /// The matrix of some rows only, in the order of `rows`.
  public func selecting(rows: [Int]) -> GramMatrix {
    let width = Self.stride(rowCount: rows.count)
    return GramMatrix(rowCount: rows.count) { buffer in
      buffer.initialize(repeating: 0)
      for (place, row) in rows.enumerated() {
        for (column, other) in rows.enumerated() {
          buffer[place * width + column] = values[row * stride + other]
        }
      }
    }
  }
}
