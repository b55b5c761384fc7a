import TableColumns

/// Makes values by name into a table with the features of a model.
struct InputReader: Sendable {
  /// The columns that features come from, each once.
  let columns: [InputColumn]
  private let features: [FeatureField]
  /// For each feature the codes of its categories; empty for other kinds.
  private let codes: [[ByteText: Int]]

  init(_ features: [FeatureField]) {
    self.features = features
    var columns: [InputColumn] = []
    for feature in features where columns.last?.name != feature.column {
      let kind: InputColumn.Kind =
        switch feature.kind {
        case .numeric: .number
        case .categorical(let categories): .category(categories)
        case .date: .date
        }
      columns.append(InputColumn(name: feature.column, kind: kind))
    }
    self.columns = columns
    codes = features.map { feature in
      if case .categorical(let categories) = feature.kind { categories.placesByBytes } else { [:] }
    }
  }

  /// Rows as columns.
  func columnValues(of rows: [[String: Value]]) throws(InputError) -> [String: ColumnValues] {
    for (place, row) in rows.enumerated() {
      let absent = columns.map(\.name).filter { row[$0] == nil }
      guard absent.isEmpty else {
        throw .absent(absent, among: row.keys.sorted(), row: place)
      }
    }
    var values: [String: ColumnValues] = [:]
    for column in columns {
      let cells = rows.map { $0[column.name] ?? .missing }
      values[column.name] =
        column.kind == .number
        ? .numbers(try column.numbers(cells)) : .texts(try column.texts(cells))
    }
    return values
  }

  /// The features of rows that are given column by column.
  func table(_ values: [String: ColumnValues]) throws(InputError) -> Table {
    let absent = columns.map(\.name).filter { values[$0] == nil }
    guard absent.isEmpty else { throw .absent(absent, among: values.keys.sorted(), row: nil) }
    let rowCount = columns.first.flatMap { values[$0.name]?.count } ?? 0
    for column in columns {
      guard let count = values[column.name]?.count, count != rowCount else { continue }
      throw InputError(
        .unequalLengths, columns: [columns[0].name, column.name],
        "the column \(quoted(columns[0].name)) has \(counted(rowCount, "value")), and "
          + "\(quoted(column.name)) has \(counted(count, "value"))")
    }
    var read: [Column] = []
    for (feature, codes) in zip(features, codes) {
      guard let values = values[feature.column] else { continue }
      read.append(Column(name: feature.name, values: try feature.read(values, codes)))
    }
    return Table(rowCount: rowCount, columns: read)
  }
}

extension InputColumn {
  /// The numbers of cells, NaN where a value is missing.
  fileprivate func numbers(_ cells: [Value]) throws(InputError) -> [Double] {
    var numbers: [Double] = []
    numbers.reserveCapacity(cells.count)
    for (row, cell) in cells.enumerated() {
      switch cell {
      case .number(let number): numbers.append(number)
      case .missing: numbers.append(.nan)
      case .text(let text):
        guard text.meansMissing else { throw .notANumber(text, column: name, row: row) }
        numbers.append(.nan)
      }
    }
    return numbers
  }

  /// The texts of cells, nil where a value is missing.
  fileprivate func texts(_ cells: [Value]) throws(InputError) -> [String?] {
    var texts: [String?] = []
    texts.reserveCapacity(cells.count)
    for (row, cell) in cells.enumerated() {
      switch cell {
      case .text(let text): texts.append(text)
      case .missing: texts.append(nil)
      case .number(let number):
        guard number.isNaN else { throw .notAText(number, column: name, row: row) }
        texts.append(nil)
      }
    }
    return texts
  }
}

extension FeatureField {
  fileprivate func read(
    _ values: ColumnValues, _ codes: [ByteText: Int]
  ) throws(InputError) -> Column.Values {
    switch (kind, values) {
    case (.numeric, .numbers(let numbers)):
      if let row = numbers.firstIndex(where: \.isInfinite) {
        throw .infinite(column: column, row: row)
      }
      return .numeric(numbers)
    case (.numeric, .texts(let texts)):
      if let row = texts.firstIndex(where: { !($0?.meansMissing ?? true) }), let text = texts[row] {
        throw .notANumber(text, column: column, row: row)
      }
      return .numeric(texts.map { _ in .nan })
    case (_, .numbers(let numbers)):
      if let row = numbers.firstIndex(where: { !$0.isNaN }) {
        throw .notAText(numbers[row], column: column, row: row)
      }
      return try read(.texts(numbers.map { _ in nil }), codes)
    case (.categorical(let known), .texts(let texts)):
      return categories(texts, known, codes)
    case (.date(let part, let order), .texts(let texts)):
      return .numeric(try dates(texts, part, order))
    }
  }

  /// Codes of categories; those that the model does not know come after those that it knows.
  private func categories(
    _ texts: [String?], _ known: [String], _ codes: [ByteText: Int]
  ) -> Column.Values {
    var (categories, codeOfText) = (known, codes)
    let codes = texts.map { text -> Int32 in
      guard let text, !text.meansMissing else { return -1 }
      let key = ByteText(text)
      if let code = codeOfText[key] { return Int32(code) }
      codeOfText[key] = categories.count
      categories.append(text)
      return Int32(categories.count - 1)
    }
    return .categorical(codes: codes, categories: categories)
  }

  private func dates(
    _ texts: [String?], _ part: DatePart, _ order: DateOrder
  ) throws(InputError) -> [Double] {
    var numbers: [Double] = []
    numbers.reserveCapacity(texts.count)
    for (row, text) in texts.enumerated() {
      if let text, !text.meansMissing {
        guard let date = DateTime(Array(text.utf8)[...], order: order) else {
          throw .notADate(text, column: column, row: row)
        }
        numbers.append(part.value(of: date))
      } else {
        numbers.append(.nan)
      }
    }
    return numbers
  }
}

extension String {
  /// Whether a table would take the text as a missing value.
  fileprivate var meansMissing: Bool {
    // No word for a missing value is longer.
    guard utf8.count <= 4 else { return false }
    return Array(utf8).withUnsafeBufferPointer(isMissingWord)
  }
}

extension InputError {
  fileprivate static func notANumber(_ text: String, column: String, row: Int) -> InputError {
    InputError(
      .wrongKind, columns: [column], row: row,
      "row \(row) holds the text \(quoted(text)) in \(quoted(column)), which is a column of "
        + "numbers: give a number, or nil where it is not known")
  }

  fileprivate static func notAText(_ number: Double, column: String, row: Int) -> InputError {
    InputError(
      .wrongKind, columns: [column], row: row,
      "row \(row) holds the number \(number) in \(quoted(column)), which is a column of texts: "
        + "give the text as the table has it, or nil where it is not known")
  }

  fileprivate static func notADate(_ text: String, column: String, row: Int) -> InputError {
    InputError(
      .wrongKind, columns: [column], row: row,
      "row \(row) holds \(quoted(text)) in \(quoted(column)), which is no date: write dates as "
        + "2020-12-31 or 2020-12-31T14:05:00")
  }

  fileprivate static func infinite(column: String, row: Int) -> InputError {
    InputError(
      .outOfRange, columns: [column], row: row,
      "row \(row) holds an infinite number in \(quoted(column)): give nil where it is not known")
  }
}
