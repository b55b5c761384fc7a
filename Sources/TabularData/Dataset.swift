/// A table made ready for learning: features, labels, and what rows weigh and belong to.
///
/// All row arrays speak of the same rows, in the order of the file: those that were kept.
package struct Dataset: Sendable {
  /// How to read other tables the same way.
  package let schema: TableSchema
  /// The features, in the order of the schema.
  package let features: Table
  /// The class of each row, in `0..<classes.count`.
  package let labels: [Int32]
  /// The weight of each row, 0 or more with a positive sum; nil without a column of weights.
  package let weights: [Double]?
  /// A code for the group of each row; nil unless rows are split by group.
  package let groups: [Int32]?
  /// The time of each row, as the column's number or in seconds since 1970; nil unless rows are
  /// split by time.
  package let times: [Double]?
  /// The row of the file of each row, counted from 0, the header not counted.
  package let sourceRows: [Int]
  /// How many rows of the file are left out because they have no label.
  package let unlabelledCount: Int
  /// What ``warnings`` say about the rows without a label; nil if there are none.
  package let unlabelledWarning: String?
  /// The columns that are no features because of what they hold.
  package let omitted: [OmittedColumn]
  /// Whole sentences for people; each says how to decide otherwise.
  package let warnings: [String]

  /// The classes in their order.
  package var classes: [String] { schema.classes }
  /// The number of rows.
  package var rowCount: Int { labels.count }

  /// A column that is left out although nobody asked for it.
  package struct OmittedColumn: Sendable, Equatable {
    package let name: String
    /// Counted from 0.
    package let position: Int
    /// What it does, such as `holds dates`.
    package let reason: String
  }
}

extension Dataset {
  /// Reads a table to learn from.
  ///
  /// - Parameters:
  ///   - options: Where the table lies and what its columns are.
  ///   - plan: How rows will be split, which may need a column of groups or times.
  ///   - effort: With what the table is read.
  /// - Returns: The rows with a label; others are an error, or left out if the options say so.
  /// - Throws: ``TableError`` for anything that can't be read or learnt from.
  package static func load(
    _ options: TableOptions, splitBy plan: SplitPlan, effort: ReadingEffort = ReadingEffort()
  ) throws(TableError) -> Dataset {
    let text = try DelimitedText(
      path: options.source, header: HeaderRule(options, plan), effort: effort)
    return try Dataset(text, options, plan)
  }

  private init(
    _ text: DelimitedText, _ options: TableOptions, _ plan: SplitPlan
  ) throws(TableError) {
    var text = text
    guard text.hasRows else { throw text.error("the table has a header but no rows") }
    let layout = try ColumnLayout(options, plan, in: text)
    var cells = try text.readCells(layout.readings(plan.method))
    guard case .texts(let labelCells) = cells[layout.target] else {
      preconditionFailure("the target was not read as labels")
    }
    let labels = try Labels(
      labelCells, column: layout.target, classes: options.classes,
      missing: options.missingLabel, in: text)
    let rows = labels.labelledRows
    if rows.count < text.rowCount {
      for column in cells.indices { cells[column] = cells[column].selecting(rows: rows) }
    }
    let selection = try FeatureSelection(cells: cells, layout: layout, text: text)

    var columns: [Column] = []
    for field in selection.features {
      columns.append(try text.column(field, from: cells[field.position], at: field.position))
    }
    let place = { (position: Int) in
      TableSchema.Place(name: text.names[position], position: position)
    }
    schema = TableSchema(
      features: selection.features, targetPlace: place(layout.target),
      weightPlace: layout.weight.map(place), classes: labels.classes, hadHeader: text.hasHeader,
      columnCount: text.columnCount)
    features = Table(rowCount: rows.count, columns: columns)
    self.labels = rows.map { labels.codes[$0] }
    weights = try text.weights(cells, at: layout.weight, rows: rows)
    groups = plan.method == .group ? try text.groups(cells, at: layout.by, rows: rows) : nil
    times = plan.method == .time ? try text.times(cells, at: layout.by, rows: rows) : nil
    sourceRows = rows
    unlabelledCount = text.rowCount - rows.count
    omitted = selection.omitted
    let leftOut = labels.leftOutWarning(column: layout.target, in: text)
    unlabelledWarning = leftOut
    let lookalikes = lookalikeWarning(
      labels.classes, "labels", in: text.title(ofColumn: layout.target))
    warnings =
      selection.warnings + [leftOut, lookalikes].compactMap { $0 } + labels.warnings
  }
}
