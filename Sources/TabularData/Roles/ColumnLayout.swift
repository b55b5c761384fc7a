import PluginKit

/// Which column of a table is which: what the options say, as positions counted from 0.
struct ColumnLayout {
  let target: Int
  let weight: Int?
  /// The column of groups or times.
  let by: Int?
  /// What a rule makes of each column; nil where the column's content decides.
  let rules: [ColumnRole?]

  /// Finds the columns that the options name.
  ///
  /// - Throws: ``TableError`` for a name or a position that is not there, and for a rule that no
  ///   column follows.
  init(_ options: TableOptions, _ plan: SplitPlan, in text: DelimitedText) throws(TableError) {
    target = try text.position(of: options.target, key: "data.target")
    if case .column(let reference) = options.weights {
      weight = try text.position(of: reference, key: "data.weights")
    } else {
      weight = nil
    }
    by = try ColumnLayout.by(plan, in: text)
    rules = try ColumnLayout.rules(options.columns, in: text)
    for (other, key) in [(weight, "data.weights"), (by, "split.by")] where other == target {
      throw text.error("\(key) and data.target are both column \(quoted(text.names[target]))")
    }
  }

  /// How each column is to be read.
  func readings(_ method: SplitPlan.Method) -> [CellReading] {
    rules.indices.map { column in
      if column == target { return .label }
      if column == weight { return .number }
      if column == by { return method == .time ? .infer : .text }
      return switch rules[column] {
      case nil: .infer
      case .numeric: .number
      case .categorical, .date: .text
      case .ignore: .skip
      }
    }
  }

  private static func by(_ plan: SplitPlan, in text: DelimitedText) throws(TableError) -> Int? {
    guard plan.method == .group || plan.method == .time else { return nil }
    guard let reference = plan.by else {
      throw text.error("split.method is \(plan.method.rawValue), so split.by must name its column")
    }
    return try text.position(of: reference, key: "split.by")
  }

  private static func rules(
    _ rules: [ColumnRule], in text: DelimitedText
  ) throws(TableError) -> [ColumnRole?] {
    for rule in rules {
      guard !text.names.contains(where: { matches($0, pattern: rule.pattern) }) else { continue }
      throw text.noColumn(rule.pattern, key: "data.columns")
    }
    return text.names.map { name in
      rules.first { matches(name, pattern: $0.pattern) }?.role
    }
  }
}

extension HeaderRule {
  /// What the options tell of the first row: with a column's name there must be a header.
  init(_ options: TableOptions, _ plan: SplitPlan? = nil) {
    switch options.header {
    case .present: self = .present
    case .absent: self = .absent
    case .auto:
      var references = [options.target]
      if case .column(let reference) = options.weights { references.append(reference) }
      if let by = plan?.by { references.append(by) }
      var names = references.compactMap { reference in
        if case .name(let name) = reference { name } else { nil }
      }
      names += options.columns.map(\.pattern)
      self = .ifNamingOrDetected(names)
    }
  }
}

extension DelimitedText {
  /// The position of a column, counted from 0.
  ///
  /// - Parameters:
  ///   - reference: How the person points at it.
  ///   - key: The key of the pipeline where the person does, for messages.
  /// - Returns: A position in `0..<columnCount`.
  /// - Throws: ``TableError`` if there is no such column.
  func position(of reference: ColumnReference, key: String) throws(TableError) -> Int {
    switch reference {
    case .name(let name):
      guard let position = names.firstIndex(of: name) else { throw noColumn(name, key: key) }
      return position
    case .position(let position):
      let fromStart = position > 0 ? position - 1 : columnCount + position
      guard position != 0, (0..<columnCount).contains(fromStart) else {
        throw error(
          "\(key) is \(position), but the table has \(counted(columnCount, "column")): "
            + "count from 1, or from the end with -1")
      }
      return fromStart
    }
  }

  /// The error for a column that is not there.
  func noColumn(_ name: String, key: String) -> TableError {
    guard hasHeader else {
      return error(
        "there is no column \(quoted(name)) (\(key)): the first line holds values, not names; "
          + "give a position (-1 is the last column), or add a line of names")
    }
    let suggestion =
      nearestName(to: name, among: names).map { "did you mean \(quoted($0))? " } ?? ""
    return error(
      "there is no column \(quoted(name)) (\(key)); \(suggestion)"
        + "the columns are \(listed(names.map(quoted), atMost: 12))")
  }
}

/// Whether a name follows a pattern, in which `*` stands for any characters, also none.
func matches(_ name: String, pattern: String) -> Bool {
  let star = UInt8(ascii: "*")
  let pieces = Array(pattern.utf8).split(separator: star, omittingEmptySubsequences: false)
  var rest = Array(name.utf8)[...]
  guard pieces.count > 1 else { return rest.elementsEqual(pattern.utf8) }
  guard rest.starts(with: pieces[0]) else { return false }
  rest.removeFirst(pieces[0].count)
  for piece in pieces[1..<pieces.count - 1] {
    guard let found = rest.indices.first(where: { rest[$0...].starts(with: piece) }) else {
      if piece.isEmpty { continue }
      return false
    }
    rest = rest[(found + piece.count)...]
  }
  return rest.reversed().starts(with: pieces[pieces.count - 1].reversed())
}
