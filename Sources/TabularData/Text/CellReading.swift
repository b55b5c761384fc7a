/// How the cells of a column are to be read.
enum CellReading: Equatable {
  case skip
  /// As numbers if all cells are, otherwise as texts.
  case infer
  /// As numbers; a cell that is none is an error.
  case number
  /// As texts.
  case text
  /// As texts of which only blank ones are missing: `NA` may be a label.
  case label
}

/// The cells of a column, one for each row.
enum CellColumn {
  case skipped
  /// Finite numbers, NaN where a value is missing.
  case numbers([Double])
  case texts(TextColumn)
}

/// Texts by code: the distinct ones once, in the order in which they first occur.
struct TextColumn {
  /// The distinct text of each row, -1 where it is missing.
  var codes: [Int32]
  var distinct: DistinctTexts
}

extension DelimitedText {
  /// Reads all cells of some columns.
  ///
  /// A column whose kind is to be inferred is read as numbers unless there is a text in the first
  /// rows; where one comes later, such columns are read as texts in a second pass.
  ///
  /// - Parameter readings: How to read each column of the file.
  /// - Returns: The cells of each column of the file, `skipped` where they are not wanted.
  /// - Throws: ``TableError`` at the first fault of the text, at the first infinite number of a column
  ///   of numbers, or at the first text where a number is needed.
  mutating func readCells(_ readings: [CellReading]) throws(TableError) -> [CellColumn] {
    let holdsText = textColumns
    var columns = try collect(
      readings.indices.map { column in
        readings[column] == .infer && holdsText[column] ? .text : readings[column]
      })
    try check(columns)
    let mistaken = columns.map { $0.firstText != nil }
    if mistaken.contains(true) {
      let texts = try collect(mistaken.map { $0 ? .text : .skip })
      for column in columns.indices where mistaken[column] { columns[column] = texts[column] }
    }
    return columns.map(\.cells)
  }

  /// Throws at the first infinite number of a column of numbers, or the first text where a number is
  /// needed.
  func check(_ columns: [CellCollector.CollectedColumn]) throws(TableError) {
    for (position, column) in columns.enumerated() {
      if column.reading == .number, let row = column.firstText {
        throw notANumber(row: row, column: position)
      }
      if column.firstText == nil, let row = column.firstInfinite {
        throw infinite(row: row, column: position)
      }
    }
  }

  private func notANumber(row: Int, column: Int) -> TableError {
    error(row: row, column: column) { shown in
      "holds \(quoted(shown)), which is no number; correct it, or leave the cell blank"
    }
  }

  private func infinite(row: Int, column: Int) -> TableError {
    error(row: row, column: column) { shown in
      "holds \(quoted(shown)), an infinite value; leave the cell blank if the value is not known"
    }
  }
}

extension CellCollector.CollectedColumn {
  var cells: CellColumn {
    switch reading {
    case .skip: .skipped
    case .infer, .number: .numbers(numbers)
    case .text, .label: .texts(TextColumn(codes: codes, distinct: distinct))
    }
  }
}
