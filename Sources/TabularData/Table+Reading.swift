extension Table {
  /// Reads all columns of a file, each as numbers if it holds nothing else, otherwise as categories.
  ///
  /// - Parameters:
  ///   - path: A path, or `-` for standard input.
  ///   - effort: With what it is read.
  /// - Returns: The columns in their order; categories are in the order in which they first occur.
  /// - Throws: ``TableError`` for anything that can't be read.
  package static func read(
    _ path: String, effort: ReadingEffort = ReadingEffort()
  ) throws(TableError) -> Table {
    var text = try DelimitedText(path: path, header: .ifNamingOrDetected([]), effort: effort)
    let cells = try text.readCells(Array(repeating: .infer, count: text.columnCount))
    var columns: [Column] = []
    for (position, name) in text.names.enumerated() {
      switch cells[position] {
      case .skipped: continue
      case .numbers(let numbers): columns.append(Column(name: name, values: .numeric(numbers)))
      case .texts(let texts):
        var categories: [String] = []
        for code in 0..<texts.distinct.count {
          categories.append(try text.string(texts.distinct, code, column: position))
        }
        columns.append(
          Column(name: name, values: .categorical(codes: texts.codes, categories: categories)))
      }
    }
    return Table(rowCount: text.rowCount, columns: columns)
  }
}
