/// Columns of equal length, as a file gives them.
package struct Table: Sendable {
  package let rowCount: Int
  package let columns: [Column]

  package init(rowCount: Int, columns: [Column]) {
    self.rowCount = rowCount
    self.columns = columns
  }

  /// Some rows, in the order of `rows`; a row may be asked for more than once.
  package func selecting(rows: [Int]) -> Table {
    Table(
      rowCount: rows.count,
      columns: columns.map { column in
        switch column.values {
        case .numeric(let values):
          Column(name: column.name, values: .numeric(rows.map { values[$0] }))
        case .categorical(let codes, let categories):
          Column(
            name: column.name,
            values: .categorical(codes: rows.map { codes[$0] }, categories: categories))
        }
      })
  }
}

/// A named column of a table.
package struct Column: Sendable, Equatable {
  /// What the rows hold.
  package enum Values: Sendable, Equatable {
    /// NaN stands for a missing value.
    case numeric([Double])
    /// Positions in `categories`; -1 stands for a missing value.
    case categorical(codes: [Int32], categories: [String])
  }

  package let name: String
  package let values: Values

  package init(name: String, values: Values) {
    self.name = name
    self.values = values
  }
}
