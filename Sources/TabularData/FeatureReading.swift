extension FeatureField {
  /// How the cells of the column are to be read.
  var reading: CellReading {
    switch kind {
    case .numeric: .number
    case .categorical, .date: .text
    }
  }
}

extension DelimitedText {
  /// Makes the column of a feature.
  ///
  /// Categories that the field does not know come after those that it knows, so that no value is
  /// taken for another.
  ///
  /// - Parameters:
  ///   - field: The feature.
  ///   - cells: The cells of its column, perhaps of some rows only.
  ///   - position: The position of its column in this text.
  /// - Returns: A column with the name of the feature.
  /// - Throws: ``TableError`` where a text is no date or not UTF-8.
  func column(
    _ field: FeatureField, from cells: CellColumn, at position: Int
  ) throws(TableError) -> Column {
    switch (field.kind, cells) {
    case (.numeric, .numbers(let values)):
      return Column(name: field.name, values: .numeric(values))
    case (.categorical(let categories), .texts(let texts)):
      let values = try categorical(texts, known: categories, at: position)
      return Column(name: field.name, values: values)
    case (.date(let part, let order), .texts(let texts)):
      var values = [Double](repeating: .nan, count: texts.distinct.count)
      for code in TextFacts(texts).codes {
        values[code] = part.value(of: try date(texts, code, order, column: position))
      }
      let numbers = texts.codes.map { $0 < 0 ? .nan : values[Int($0)] }
      return Column(name: field.name, values: .numeric(numbers))
    default:
      preconditionFailure("the cells of \(field.name) were read as another kind")
    }
  }

  private func categorical(
    _ texts: TextColumn, known: [String], at position: Int
  ) throws(TableError) -> Column.Values {
    var categories = known
    var codeOfCategory = known.placesByBytes
    var translation = [Int32](repeating: -1, count: texts.distinct.count)
    for code in TextFacts(texts).codes {
      let category = try string(texts.distinct, code, column: position)
      if let known = codeOfCategory[ByteText(category)] {
        translation[code] = Int32(known)
      } else {
        translation[code] = Int32(categories.count)
        codeOfCategory[ByteText(category)] = categories.count
        categories.append(category)
      }
    }
    let codes = texts.codes.map { $0 < 0 ? -1 : translation[Int($0)] }
    return .categorical(codes: codes, categories: categories)
  }

  /// A date of a column of dates.
  func date(
    _ texts: TextColumn, _ code: Int, _ order: DateOrder, column: Int
  ) throws(TableError) -> DateTime {
    if let date = DateTime(texts.distinct[code], order: order) { return date }
    let word = quoted(String(decoding: texts.distinct[code], as: UTF8.self))
    throw error(
      row: texts.distinct.firstRows[code], column: column,
      "holds \(word), which is no date; write dates as 2020-12-31 or 2020-12-31T14:05:00")
  }

  /// A distinct text of a column as a string.
  ///
  /// - Throws: ``TableError`` if it is not UTF-8.
  func string(
    _ texts: DistinctTexts, _ code: Int, column: Int
  ) throws(TableError) -> String {
    if let string = String(validating: texts[code], as: UTF8.self) { return string }
    throw error(
      row: texts.firstRows[code], column: column,
      "holds text that is not UTF-8; save the table as UTF-8")
  }
}

extension CellColumn {
  /// The cells of some rows, in the order of `rows`.
  func selecting(rows: [Int]) -> CellColumn {
    switch self {
    case .skipped: .skipped
    case .numbers(let values): .numbers(rows.map { values[$0] })
    case .texts(let texts):
      .texts(TextColumn(codes: rows.map { texts.codes[$0] }, distinct: texts.distinct))
    }
  }
}
