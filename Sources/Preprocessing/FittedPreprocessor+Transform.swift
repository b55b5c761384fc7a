package import PluginKit
package import TableColumns

extension FittedPreprocessor {
  /// Makes rows of a table into rows of a matrix.
  ///
  /// Columns are found by their names, further ones are ignored; categories are matched by their text. A
  /// row's result does not depend on the other rows, to the bit.
  ///
  /// - Parameters:
  ///   - table: A table with the columns of the training table, in any order.
  ///   - rows: Which rows, in which order; nil for all.
  /// - Returns: A matrix with ``columns``; NaN only if the model accepts missing values.
  /// - Throws: ``PreprocessingError`` that names the columns that do not fit.
  package func transform(
    _ table: Table, rows: [Int]? = nil
  ) throws(PreprocessingError) -> FeatureMatrix {
    let sources = try matched(table)
    let rowCount = rows?.count ?? table.rowCount
    var matrix = MatrixWriter(rowCount: rowCount, columnCount: columns.count)
    for start in stride(from: 0, to: rowCount, by: blockRowCount) {
      let places = start..<min(start + blockRowCount, rowCount)
      let block = sources.map { WorkingColumn($0, rows: rows, places: places) }
      try matrix.write(Self.applying(steps, to: block), at: start)
    }
    let incomplete = matrix.incompleteColumns.map { columns[$0].origin }
    guard acceptsMissing || incomplete.isEmpty else {
      throw .missingValues(columns: incomplete.withoutRepeats)
    }
    return FeatureMatrix(
      rowCount: rowCount, columnCount: columns.count, values: matrix.values)
  }

  /// Rows that go through the steps at once: a block of 512 KiB stays in the second-level cache.
  private var blockRowCount: Int { max(64, (1 << 16) / max(1, columns.count)) }

  /// The columns of a table in the order of the training table.
  private func matched(_ table: Table) throws(PreprocessingError) -> [Column] {
    var columnOfName: [String: Column] = [:]
    for column in table.columns { columnOfName[column.name] = column }
    let absent = inputs.map(\.name).filter { columnOfName[$0] == nil }
    guard absent.isEmpty else { throw .absentColumns(absent) }
    var matched: [Column] = []
    for input in inputs {
      guard let column = columnOfName[input.name] else { continue }
      matched.append(try checked(column, isCategorical: input.isCategorical))
    }
    return matched
  }

  /// The column, if it is of the expected kind; a column without any value is of either.
  private func checked(
    _ column: Column, isCategorical: Bool
  ) throws(PreprocessingError) -> Column {
    switch (column.values, isCategorical) {
    case (.numeric, false), (.categorical, true): return column
    case (.numeric(let numbers), true):
      guard numbers.allSatisfy(\.isNaN) else { throw .notCategorical(column: column.name) }
      return Column(
        name: column.name, values: .categorical(codes: numbers.map { _ in -1 }, categories: []))
    case (.categorical(let codes, let categories), false):
      if let code = codes.first(where: { $0 >= 0 }) {
        throw .notNumeric(column: column.name, example: categories[Int(code)])
      }
      return Column(name: column.name, values: .numeric(codes.map { _ in .nan }))
    }
  }
}

/// Collects blocks of columns as a row-major matrix of 32-bit numbers.
private struct MatrixWriter {
  let columnCount: Int
  var values: [Float]
  private var isIncomplete: [Bool]

  init(rowCount: Int, columnCount: Int) {
    self.columnCount = columnCount
    values = Array(repeating: 0, count: rowCount * columnCount)
    isIncomplete = Array(repeating: false, count: columnCount)
  }

  /// The positions of columns with a missing value, in order.
  var incompleteColumns: [Int] { isIncomplete.indices.filter { isIncomplete[$0] } }

  mutating func write(_ block: [WorkingColumn], at row: Int) throws(PreprocessingError) {
    for (position, column) in block.enumerated() {
      guard case .numbers(let numbers, _) = column.values else {
        preconditionFailure("'\(column.name)' is categorical after the last step")
      }
      guard !write(numbers, to: position, from: row) else { continue }
      if let value = numbers.first(where: { !$0.isNaN && !Float($0).isFinite }) {
        throw .outOfRange(column: column.origin, value: value)
      }
      isIncomplete[position] = true
    }
  }

  /// Writes a part of a column, and says whether all of it is finite.
  private mutating func write(_ numbers: [Double], to column: Int, from row: Int) -> Bool {
    values.withUnsafeMutableBufferPointer { values in
      var isFinite = true
      var place = row * columnCount + column
      for number in numbers {
        let value = Float(number)
        isFinite = isFinite && value.isFinite
        values[place] = value
        place += columnCount
      }
      return isFinite
    }
  }
}
