import PluginKit
import TableColumns

/// Some rows of a column on its way from the table through the steps to the feature matrix.
struct WorkingColumn: Sendable {
  /// What the rows hold.
  enum Values: Sendable {
    /// NaN stands for a missing value.
    case numbers([Double], FeatureColumn.Kind)
    /// Positions in `texts`; -1 stands for a missing value. Other blocks may have other `texts`.
    case categories(codes: [Int32], texts: [String])
  }

  /// What people call the column, such as `floor=2`.
  let name: String
  /// The column of the table that it comes from.
  let origin: String
  var values: Values

  /// Whether any row has no value.
  var hasMissing: Bool {
    switch values {
    // Counted to the end, which the compiler turns into vector instructions.
    case .numbers(let numbers, _): numbers.reduce(0) { $0 &+ ($1 == $1 ? 0 : 1) } > 0
    case .categories(let codes, _): codes.contains { $0 < 0 }
    }
  }

  /// The same column with other values.
  func with(_ values: Values) -> WorkingColumn {
    WorkingColumn(name: name, origin: origin, values: values)
  }
}

extension WorkingColumn {
  /// The values of a table's column in consecutive places of `rows`, or in consecutive rows.
  init(_ column: Column, rows: [Int]?, places: Range<Int>) {
    name = column.name
    origin = column.name
    switch column.values {
    case .numeric(let numbers):
      values = .numbers(Self.picked(numbers, rows, places), .numeric)
    case .categorical(let codes, let categories):
      values = .categories(codes: Self.picked(codes, rows, places), texts: categories)
    }
  }

  private static func picked<Value>(
    _ values: [Value], _ rows: [Int]?, _ places: Range<Int>
  ) -> [Value] {
    guard let rows else { return places == values.indices ? values : Array(values[places]) }
    return rows[places].map { values[$0] }
  }
}
