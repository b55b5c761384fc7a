import CKernels

/// A matrix most of whose values are zero: for each row the places and values of the others.
///
/// Products with it have the bits of ``MatrixProduct``, and cost 2 operations per listed value and column.
package struct ListedRows: Sendable {
  package let rowCount: Int
  package let columnCount: Int
  /// Where the values of each row start in the lists, and where the last row ends.
  private let starts: [Int]
  private let places: [Int32]
  private let values: [Float]

  /// The share of values that are not zero up to which lists are faster than rows of all values.
  package static let mostShare = 0.35

  /// Lists the values of a matrix; nil if more than ``mostShare`` of them are not zero.
  ///
  /// Takes 8 bytes for each listed value.
  package init?(_ matrix: FeatureMatrix) {
    guard Self.isWorthwhile(matrix.values, matrix.values.count) else { return nil }
    let count = kernels_count_nonzero(matrix.values, matrix.values.count)
    rowCount = matrix.rowCount
    columnCount = matrix.columnCount
    // Listing writes one place ahead.
    var places = [Int32](repeating: 0, count: count + 1)
    var values = [Float](repeating: 0, count: count + 1)
    starts = matrix.values.withUnsafeBufferPointer { source in
      source.baseAddress.map {
        Self.list($0, rows: matrix.rowCount, columns: matrix.columnCount, &places, &values)
      } ?? Array(repeating: 0, count: matrix.rowCount + 1)
    }
    self.places = places
    self.values = values
  }

  /// Whether few enough of some values are not zero.
  static func isWorthwhile(_ values: UnsafePointer<Float>, _ count: Int) -> Bool {
    Double(kernels_count_nonzero(values, count)) <= mostShare * Double(count)
  }

  /// Lists the values of some rows; returns where each row's start, and where the last one's end.
  static func list(
    _ x: UnsafePointer<Float>, rows: Int, columns: Int, _ places: inout [Int32],
    _ values: inout [Float]
  ) -> [Int] {
    var starts = [0]
    starts.reserveCapacity(rows + 1)
    places.withUnsafeMutableBufferPointer { places in
      values.withUnsafeMutableBufferPointer { values in
        guard let places = places.baseAddress, let values = values.baseAddress else { return }
        var from = 0
        for row in 0..<rows {
          from += kernels_list_nonzero(x + row * columns, columns, places + from, values + from)
          starts.append(from)
        }
      }
    }
    return starts
  }

  /// How many values some rows have.
  package func valueCount(_ rows: [Int32]) -> Int {
    rows.reduce(0) { $0 + starts[Int($1) + 1] - starts[Int($1)] }
  }

  /// Computes x·W + b, or max(0, x·W + b), for some rows x.
  ///
  /// - Parameters:
  ///   - rows: The rows, in the order of the result.
  ///   - weights: The matrix W [columnCount, columns].
  ///   - columns: The number of columns of the result.
  ///   - bias: The vector b of `columns` values.
  ///   - rectified: Whether negative results become 0; NaN stays.
  ///   - result: The matrix [rows, columns]; must not overlap the others.
  package func affine(
    rows: [Int32], weights: UnsafePointer<Float>, columns: Int, bias: UnsafePointer<Float>,
    rectified: Bool, into result: UnsafeMutablePointer<Float>
  ) {
    kernels_listed_product(
      rows.count, columns, starts, places, values, rows, weights, bias,
      rectified ? 1 : 0, result)
  }

  /// Room for turning a batch into columns.
  package struct Scratch {
    fileprivate var ends: [Int] = []
    fileprivate var places: [Int32] = []
    fileprivate var values: [Float] = []

    package init() {}

    fileprivate mutating func reserve(columns: Int, values count: Int) {
      if ends.count <= columns { ends = Array(repeating: 0, count: columns + 1) }
      guard values.count < count else { return }
      places = Array(repeating: 0, count: count)
      values = Array(repeating: 0, count: count)
    }
  }

  /// Computes xᵀ·s for some rows x.
  ///
  /// - Parameters:
  ///   - rows: The rows.
  ///   - s: The matrix [rows, columns].
  ///   - columns: The number of columns of the result.
  ///   - scratch: Room, kept from call to call.
  ///   - result: The matrix [columnCount, columns]; must not overlap `s`.
  package func transposed(
    rows: [Int32], times s: UnsafePointer<Float>, columns: Int, scratch: inout Scratch,
    into result: UnsafeMutablePointer<Float>
  ) {
    scratch.reserve(columns: columnCount, values: valueCount(rows))
    kernels_listed_transposed(
      rows.count, columnCount, columns, starts, places, values, rows, s, &scratch.ends,
      &scratch.places, &scratch.values, result)
  }
}
