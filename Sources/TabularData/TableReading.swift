/// A table read by the schema of a model.
package struct TableReading: Sendable {
  /// The features in the order of the schema; categories that the schema does not know come after
  /// its own.
  package let features: Table
  /// The class of each row, -1 where the label is missing or none of the classes; nil without a
  /// column of labels.
  package let labels: [Int32]?
  /// The label of each row as written, empty where it is missing; nil without a column of labels.
  package let labelTexts: [String]?
  /// The weight of each row; nil if the model was trained without weights, the column is not there,
  /// or it was not asked for.
  package let weights: [Double]?

  /// The number of rows, 1 or more.
  package var rowCount: Int { features.rowCount }
}

extension TableSchema {
  /// Reads a table to predict or evaluate on.
  ///
  /// Columns are found by name, whatever their order; other columns are not looked at. A table
  /// without names holds either exactly the features in their order, or all columns of the table
  /// that was learnt from.
  ///
  /// - Parameters:
  ///   - path: A path, or `-` for standard input.
  ///   - readsWeights: Whether weights matter, as in an evaluation; a prediction has no use for them,
  ///     and does not fail on wrong ones.
  ///   - effort: With what the table is read.
  /// - Returns: Features, and labels and, if asked for, weights where the table has them.
  /// - Throws: ``TableError`` for anything that can't be read; columns that are missing are named
  ///   all at once.
  package func read(
    _ path: String, readsWeights: Bool = false, effort: ReadingEffort = ReadingEffort()
  ) throws(TableError) -> TableReading {
    var text = try DelimitedText(path: path, header: headerRule, effort: effort)
    let content = try content(of: &text, readsWeights: readsWeights)
    let labels = try content.labelCells.map { (cells, column) throws(TableError) in
      (words: try Labels.words(cells, column: column, in: text), codes: cells.codes)
    }
    let codeOfClass = classes.placesByBytes
    return TableReading(
      features: content.features,
      labels: labels.map { labels in
        let codes = labels.words.map { Int32(codeOfClass[ByteText($0)] ?? -1) }
        return labels.codes.map { $0 < 0 ? -1 : codes[Int($0)] }
      },
      labelTexts: labels.map { labels in
        labels.codes.map { $0 < 0 ? "" : labels.words[Int($0)] }
      },
      weights: content.weights)
  }

  /// The first row is a header if it holds a name that the schema knows.
  private var headerRule: HeaderRule {
    let names = features.map(\.column) + [target]
    return hadHeader ? .ifNamingOrDetected(names) : .ifNaming(names)
  }
}

extension TableSchema {
  /// Reads the features of a table block by block, so that memory does not grow with the table.
  ///
  /// Columns are found as in ``read(_:readsWeights:effort:)``; labels and weights are not looked at.
  ///
  /// - Parameters:
  ///   - path: A path, or `-` for standard input.
  ///   - effort: With what the table is read. Blocks are as large as chunks of the text.
  ///   - work: What is done with the features of some consecutive rows, by any thread.
  ///   - take: What is then done with the results, in the order of the table.
  /// - Throws: ``TableError`` for anything that can't be read, or what `work` or `take` throws, at the
  ///   first block for which something is wrong; those before it have been taken then.
  package func readBlocks<Output>(
    _ path: String, effort: ReadingEffort = ReadingEffort(),
    work: @escaping (Table) throws -> Output, take: @escaping (Output) throws -> Void
  ) throws {
    let text = try DelimitedText(
      path: path, header: headerRule, effort: effort, isRepeatable: false)
    guard text.hasRows else { throw text.error("the table has a header but no rows") }
    let places = try places(in: text).features
    var readings = [CellReading](repeating: .skip, count: text.columnCount)
    for (field, position) in zip(features, places) { readings[position] = field.reading }
    try text.readBlocks(
      readings,
      work: { (text, cells, rowCount) in
        let features = try self.columns(of: text, cells, at: places)
        return try work(Table(rowCount: rowCount, columns: features))
      }, take: take)
  }
}

extension Dataset {
  /// Reads a separate table of test rows, which has the columns of the first one.
  ///
  /// - Parameters:
  ///   - path: A path, or `-` for standard input.
  ///   - options: The options of the first table.
  ///   - schema: The schema of the first table.
  ///   - effort: With what the table is read.
  /// - Returns: The test rows, without groups and times.
  /// - Throws: ``TableError`` as ``load(_:splitBy:)`` does, for columns that are not there, also
  ///   that of weights, and for labels that are not among the classes.
  package static func loadTest(
    path: String, options: TableOptions, schema: TableSchema,
    effort: ReadingEffort = ReadingEffort()
  ) throws(TableError) -> Dataset {
    let names = schema.features.map(\.column) + [schema.target]
    let rule: HeaderRule =
      switch options.header {
      case .present: .present
      case .absent: .absent
      case .auto: schema.hadHeader ? .ifNamingOrDetected(names) : .ifNaming(names)
      }
    var text = try DelimitedText(path: path, header: rule, effort: effort)
    let content = try schema.content(of: &text, readsWeights: true)
    guard let (cells, column) = content.labelCells else {
      throw text.error("a table of test rows needs the column of labels, \(quoted(schema.target))")
    }
    if let weight = schema.weightPlace, content.weights == nil {
      throw text.error("a table of test rows needs the column of weights, \(quoted(weight.name))")
    }
    let labels = try Labels(
      cells, column: column, classes: schema.classes, missing: options.missingLabel, in: text)
    let rows = labels.labelledRows
    let leftOut = labels.leftOutWarning(column: column, in: text)
    return Dataset(
      schema: schema, features: content.features.selecting(rows: rows),
      labels: rows.map { labels.codes[$0] },
      weights: content.weights.map { weights in rows.map { weights[$0] } }, groups: nil,
      times: nil, sourceRows: rows, unlabelledCount: text.rowCount - rows.count,
      unlabelledWarning: leftOut, omitted: [], warnings: [leftOut].compactMap { $0 })
  }
}

extension TableSchema {
  /// What a schema finds in a table.
  fileprivate struct Content {
    let features: Table
    let labelCells: (TextColumn, column: Int)?
    let weights: [Double]?
  }

  fileprivate func content(
    of text: inout DelimitedText, readsWeights: Bool
  ) throws(TableError) -> Content {
    guard text.hasRows else { throw text.error("the table has a header but no rows") }
    var places = try places(in: text)
    if !readsWeights { places.weight = nil }
    var readings = [CellReading](repeating: .skip, count: text.columnCount)
    if let weight = places.weight { readings[weight] = .number }
    for (field, position) in zip(features, places.features) { readings[position] = field.reading }
    if let target = places.target { readings[target] = .label }
    let cells = try text.readCells(readings)
    let columns = try columns(of: text, cells, at: places.features)
    var labelCells: (TextColumn, column: Int)?
    if let target = places.target, case .texts(let texts) = cells[target] {
      labelCells = (texts, target)
    }
    return Content(
      features: Table(rowCount: text.rowCount, columns: columns), labelCells: labelCells,
      weights: try text.weights(cells, at: places.weight, rows: nil))
  }

  /// The features, in their order.
  private func columns(
    of text: DelimitedText, _ cells: [CellColumn], at places: [Int]
  ) throws(TableError) -> [Column] {
    var columns: [Column] = []
    for (field, position) in zip(features, places) {
      columns.append(try text.column(field, from: cells[position], at: position))
    }
    return columns
  }

  /// Where the columns of the schema stand in a table.
  private func places(
    in text: DelimitedText
  ) throws(TableError) -> (features: [Int], target: Int?, weight: Int?) {
    guard text.hasHeader else { return try placesWithoutNames(in: text) }
    let positions = Dictionary(
      text.names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    var missing: [String] = []
    for field in features where positions[field.column] == nil && missing.last != field.column {
      missing.append(field.column)
    }
    guard missing.isEmpty else {
      let noun = missing.count == 1 ? "column" : "columns"
      throw text.error(
        "\(noun) \(listed(missing.map(quoted), atMost: 20)) not found, which the model needs; "
          + "the columns are \(listed(text.names.map(quoted), atMost: 12))")
    }
    return (
      features.compactMap { positions[$0.column] }, positions[target],
      weightPlace.flatMap { positions[$0.name] }
    )
  }

  private func placesWithoutNames(
    in text: DelimitedText
  ) throws(TableError) -> (features: [Int], target: Int?, weight: Int?) {
    var columns: [Int] = []
    for field in features where columns.last != field.position { columns.append(field.position) }
    if text.columnCount == columns.count {
      let order = features.compactMap { columns.firstIndex(of: $0.position) }
      return (order, nil, nil)
    }
    guard text.columnCount == columnCount else {
      throw text.error(
        "the table has \(counted(text.columnCount, "column")) without names; the model needs its "
          + "\(counted(columns.count, "feature")) in order, or all \(columnCount) columns it was trained with"
      )
    }
    return (features.map(\.position), targetPlace.position, weightPlace?.position)
  }
}
