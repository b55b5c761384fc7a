/// Decides which columns become features, and as what.
///
/// A rule of the person decides first. Without one, a column of numbers is numeric and a column of
/// words categorical, but these are left out, each with a warning that says how to use them all the
/// same:
///
/// * a column without values, and a column of one value (and none missing);
/// * identifiers: at least 20 rows, none missing and no value twice, where the values are words, or
///   whole numbers that ascend with the rows or lie in a range of at most twice their count;
/// * dates;
/// * free text: more distinct words than 64 and than half the rows, or more than 20 with more than
///   40 bytes on average.
///
/// A column of words of which nine in ten are numbers, more than 20 different ones, is a column of
/// numbers with a mistake: an error.
struct FeatureSelection {
  private(set) var features: [FeatureField] = []
  private var leftOut: [LeftOut] = []
  private var notes: [String] = []
  private let text: DelimitedText

  /// Decides on all columns that are not named for another purpose.
  ///
  /// - Parameters:
  ///   - cells: Each column's cells, of the kept rows only.
  ///   - layout: What is known of the columns.
  ///   - text: The table, for names and places.
  /// - Throws: ``TableError`` for columns that can't be used as asked, and if no feature is left.
  init(
    cells: [CellColumn], layout: ColumnLayout, text: DelimitedText
  ) throws(TableError) {
    self.text = text
    for (position, column) in cells.enumerated() {
      guard position != layout.target, position != layout.weight, position != layout.by else {
        continue
      }
      switch column {
      case .skipped: continue
      case .numbers(let values):
        decide(position, values, isExplicit: layout.rules[position] != nil)
      case .texts(let texts):
        switch layout.rules[position] {
        case .date: try takeApart(position, texts)
        case .categorical: try addCategorical(position, texts, TextFacts(texts))
        default: try decide(position, texts)
        }
      }
    }
    try checkNames()
  }

  private mutating func decide(_ position: Int, _ values: [Double], isExplicit: Bool) {
    let facts = NumberFacts(values)
    if isExplicit {
      add(position, .numeric)
    } else if facts.missingCount == values.count {
      leaveOut(position, "has no values", role: .numeric)
    } else if facts.isConstant, facts.missingCount == 0 {
      leaveOut(position, "has the same value in every row", role: .numeric)
    } else if facts.isCounter, values.count >= 20 {
      leaveOut(position, LeftOut.identifier, role: .numeric)
    } else {
      add(position, .numeric)
    }
  }

  private mutating func decide(_ position: Int, _ texts: TextColumn) throws(TableError) {
    let rowCount = texts.codes.count
    let facts = TextFacts(texts)
    if facts.distinctCount == 1, facts.missingCount == 0 {
      leaveOut(position, "has the same value in every row", role: .categorical)
      return
    }
    if texts.dateOrder(codes: facts.codes) != nil {
      leaveOut(
        position, "holds dates",
        remedy: "to take it apart into year, month, day and weekday", role: .date)
      return
    }
    try refuseMistakes(position, texts, facts)
    let isFreeText =
      facts.distinctCount > max(64, rowCount / 2)
      || (facts.distinctCount > 20 && facts.meanLength > 40)
    let hasCommas = texts.holdsDecimalCommas(codes: facts.codes)
    let remedy = hasCommas ? LeftOut.writePoints : "to use it"
    let role: ColumnRole? = hasCommas ? nil : .categorical
    if facts.distinctCount == rowCount, rowCount >= 20 {
      leaveOut(position, LeftOut.identifier, remedy: remedy, role: role)
    } else if isFreeText {
      let found = "\(facts.distinctCount) different texts in \(counted(rowCount, "row"))"
      leaveOut(position, "holds free text (\(found))", remedy: remedy, role: role)
    } else {
      try addCategorical(position, texts, facts)
      if hasCommas {
        notes.append(
          "column \(quoted(text.names[position])) holds numbers with decimal commas, which are taken "
            + "as categories; write decimal points to use them as numbers")
      }
    }
  }

  /// Throws where a column of texts is a column of numbers with some mistakes.
  private func refuseMistakes(
    _ position: Int, _ texts: TextColumn, _ facts: TextFacts
  ) throws(TableError) {
    let isNumber = facts.counts.indices.map { code in
      texts.distinct[code].withUnsafeBufferPointer { classifyCell($0) != .text }
    }
    let numbers = facts.codes.filter { isNumber[$0] }
    let numberRows = numbers.reduce(0) { $0 + facts.counts[$1] }
    let valueRows = texts.codes.count - facts.missingCount
    guard numbers.count > 20, numberRows * 10 >= valueRows * 9,
      let code = facts.codes.first(where: { !isNumber[$0] })
    else { return }
    let word = quoted(String(decoding: texts.distinct[code], as: UTF8.self))
    throw text.error(
      row: texts.distinct.firstRows[code], column: position,
      "holds \(word), where \(numberRows) of \(valueRows) values are numbers; "
        + "correct it, leave the cell blank, or say \(rule(position, .categorical))")
  }

  private mutating func addCategorical(
    _ position: Int, _ texts: TextColumn, _ facts: TextFacts
  ) throws(TableError) {
    var categories: [String] = []
    for code in facts.codes {
      categories.append(try text.string(texts.distinct, code, column: position))
    }
    let ordered = inClassOrder(categories)
    add(position, .categorical(ordered))
    let title = "column \(quoted(text.names[position]))"
    if let note = lookalikeWarning(ordered, "categories", in: title) { notes.append(note) }
  }

  private mutating func takeApart(_ position: Int, _ texts: TextColumn) throws(TableError) {
    let codes = TextFacts(texts).codes
    // Where some texts are no dates, the first of them is reported when the values are made.
    let found = texts.dateOrder(codes: codes) ?? (.dayFirst, false)
    if found.isAmbiguous {
      let name = quoted(text.names[position])
      let reading = found.order == .dayFirst ? "the day" : "the month"
      notes.append(
        "column \(name): in dates such as \(example(texts, codes)) the first number is read as \(reading); "
          + "to decide otherwise write dates as 2020-12-31")
    }
    let seconds = codes.map { DateTime(texts.distinct[$0], order: found.order)?.secondOfDay }
    for part in DatePart.allCases
    where part != .second || seconds.contains(where: { $0 != seconds[0] }) {
      add(position, .date(part, found.order), part: part)
    }
  }

  private func example(_ texts: TextColumn, _ codes: [Int]) -> String {
    let code = codes.first { code in
      DateTime(texts.distinct[code], order: .dayFirst)
        != DateTime(texts.distinct[code], order: .monthFirst)
    }
    return code.map { String(decoding: texts.distinct[$0], as: UTF8.self) } ?? ""
  }

  private mutating func add(_ position: Int, _ kind: FeatureField.Kind, part: DatePart? = nil) {
    let column = text.names[position]
    let name = part.map { "\(column).\($0.rawValue)" } ?? column
    features.append(FeatureField(name: name, column: column, position: position, kind: kind))
  }

  private mutating func leaveOut(
    _ position: Int, _ reason: String, remedy: String = "to use it", role: ColumnRole?
  ) {
    leftOut.append(LeftOut(position: position, reason: reason, remedy: remedy, role: role))
  }

  private func rule(_ position: Int, _ role: ColumnRole) -> String {
    "columns: {\(yamlKey(text.names[position])): \(role.rawValue)}"
  }

  private func checkNames() throws(TableError) {
    guard !features.isEmpty else {
      let reasons = warnings.isEmpty ? "" : ": " + warnings.joined(separator: "; ")
      let hint = text.columnCount == 1 ? "; fields are separated by tab, comma or semicolon" : ""
      throw text.error("no column is left to learn from\(hint)\(reasons)")
    }
    var names: Set<String> = []
    for feature in features where !names.insert(feature.name).inserted {
      throw text.error(
        "two features are named \(quoted(feature.name)); rename a column, or leave one out")
    }
  }
}

extension FeatureSelection {
  /// A column that is no feature.
  private struct LeftOut {
    static let identifier = "has a different value in every row"
    static let writePoints = "its numbers have decimal commas: write decimal points to use it"

    let position: Int
    let reason: String
    let remedy: String
    /// The rule that decides otherwise; nil if only another table would do.
    let role: ColumnRole?

    /// The reason and what follows from it.
    var what: String {
      reason + " and is left out" + (reason == Self.identifier ? " as an identifier" : "")
    }

    func hasReason(of other: LeftOut) -> Bool { reason == other.reason && role == other.role }
  }

  /// The columns that are left out because of their content, in the order of the table.
  var omitted: [Dataset.OmittedColumn] {
    leftOut.map { column in
      Dataset.OmittedColumn(
        name: text.names[column.position], position: column.position, reason: column.reason)
    }
  }

  /// Whole sentences for people.
  ///
  /// More than three columns that are left out for one reason share a sentence: tables of pixels
  /// have hundreds.
  var warnings: [String] {
    var groups: [[LeftOut]] = []
    for column in leftOut {
      if let group = groups.firstIndex(where: { $0[0].hasReason(of: column) }) {
        groups[group].append(column)
      } else {
        groups.append([column])
      }
    }
    return groups.flatMap(sentences) + notes
  }

  private func sentences(_ alike: [LeftOut]) -> [String] {
    let names = alike.map { quoted(text.names[$0.position]) }
    let remedies = alike.map { column in
      column.remedy + (column.role.map { ": \(rule(column.position, $0))" } ?? "")
    }
    guard alike.count > 3 else {
      return alike.indices.map { "column \(names[$0]) \(alike[$0].what); \(remedies[$0])" }
    }
    return [
      "\(alike.count) columns, each of which \(alike[0].what): \(listed(names, atMost: 6)); "
        + remedies[0]
    ]
  }
}

/// A name as a key of a YAML mapping.
private func yamlKey(_ name: String) -> String {
  let isPlain = name.utf8.allSatisfy { byte in
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."):
      true
    default: byte >= 0x80
    }
  }
  return isPlain
    ? name
    : "'" + name.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
      + "'"
}
