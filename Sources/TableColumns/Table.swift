/// Columns of equal length.
package struct Table: Sendable, Equatable {
  /// The number of rows, 0 or more.
  package let rowCount: Int
  /// The columns in their order.
  package let columns: [Column]

  /// Makes a table.
  ///
  /// - Precondition: Each column has `rowCount` values.
  package init(rowCount: Int, columns: [Column]) {
    for column in columns {
      precondition(
        column.values.count == rowCount,
        "column \(column.name) has \(column.values.count) values, expected \(rowCount)")
    }
    self.rowCount = rowCount
    self.columns = columns
  }

  /// A copy of some rows, in the order of `rows`; a row may be asked for more than once.
  package func selecting(rows: [Int]) -> Table {
    Table(rowCount: rows.count, columns: columns.map { $0.selecting(rows: rows) })
  }
}

/// A named column of values of one kind.
package struct Column: Sendable, Equatable {
  /// What a column holds, one value for each row.
  package enum Values: Sendable, Equatable {
    /// Finite numbers; NaN is a missing value.
    case numeric([Double])
    /// Indices into `categories`; -1 is a missing value. A category may be without rows.
    case categorical(codes: [Int32], categories: [String])

    /// The number of rows.
    package var count: Int {
      switch self {
      case .numeric(let numbers): numbers.count
      case .categorical(let codes, _): codes.count
      }
    }

    /// Whether two columns say the same, missing values being equal to each other.
    package static func == (left: Self, right: Self) -> Bool {
      switch (left, right) {
      case (.numeric(let a), .numeric(let b)):
        a.count == b.count && zip(a, b).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
      case (.categorical(let a, let categoriesA), .categorical(let b, let categoriesB)):
        a == b && categoriesA == categoriesB
      default: false
      }
    }
  }

  package let name: String
  package let values: Values

  package init(name: String, values: Values) {
    self.name = name
    self.values = values
  }

  /// A copy of some rows, in the order of `rows`.
  package func selecting(rows: [Int]) -> Column {
    switch values {
    case .numeric(let numbers):
      Column(name: name, values: .numeric(rows.map { numbers[$0] }))
    case .categorical(let codes, let categories):
      Column(
        name: name, values: .categorical(codes: rows.map { codes[$0] }, categories: categories))
    }
  }
}
