import PluginKit

/// The classes of a table, and the class of each of its rows.
struct Labels {
  /// In their order.
  let classes: [String]
  /// The class of each row, -1 where the label is missing or not among the classes.
  let codes: [Int32]
  /// The rows with a label, ascending.
  let labelledRows: [Int]
  /// The words that are read as missing, each with the line of its first row: `'null' (line 4)`.
  let wordsReadAsMissing: [String]
}

extension Labels {
  /// Reads the labels of a table to learn from.
  ///
  /// - Parameters:
  ///   - cells: The cells of the target, read as labels.
  ///   - column: The position of the target.
  ///   - listed: The classes in their order; nil takes those that occur.
  ///   - policy: What happens to rows without a label.
  ///   - text: The table, for names and places.
  /// - Throws: ``TableError`` for a label that is not among the classes, for a missing one unless
  ///   the policy drops it, for fewer than two classes, and for labels that look like a number to be
  ///   estimated or like names.
  init(
    _ cells: TextColumn, column: Int, classes listed: [String]?,
    missing policy: MissingLabelPolicy, in text: DelimitedText
  ) throws(TableError) {
    let words = try Labels.words(cells, column: column, in: text)
    let placeInList = listed?.placesByBytes ?? [:]
    let isMissing = words.map { word in
      placeInList[ByteText(word)] == nil
        && Array(word.utf8).withUnsafeBufferPointer { isMissingWord($0) }
    }
    let occurring = words.indices.filter { !isMissing[$0] }.map { words[$0] }
    let classes = listed ?? inClassOrder(occurring)
    let codeOfClass = classes.placesByBytes
    var translation: [Int32] = []
    for (code, word) in words.enumerated() {
      let known = codeOfClass[ByteText(word)]
      if !isMissing[code], known == nil {
        throw text.unknownLabel(word, row: cells.distinct.firstRows[code], column, classes)
      }
      translation.append(isMissing[code] ? -1 : Int32(known ?? -1))
    }
    self.classes = classes
    codes = cells.codes.map { $0 < 0 ? -1 : translation[Int($0)] }
    labelledRows = codes.indices.filter { [codes] in codes[$0] >= 0 }
    wordsReadAsMissing = words.indices.filter { isMissing[$0] }.map { code in
      "\(quoted(words[code])) (line \(text.line(ofRow: cells.distinct.firstRows[code])))"
    }
    try checkMissing(policy, column: column, in: text)
    try check(occurring, areListed: listed != nil, column: column, in: text)
  }

  /// The distinct labels as strings.
  static func words(
    _ cells: TextColumn, column: Int, in text: DelimitedText
  ) throws(TableError) -> [String] {
    var words: [String] = []
    for code in 0..<cells.distinct.count {
      words.append(try text.string(cells.distinct, code, column: column))
    }
    return words
  }

  private func check(
    _ occurring: [String], areListed: Bool, column: Int, in text: DelimitedText
  ) throws(TableError) {
    let rowCount = labelledRows.count
    let title = text.title(ofColumn: column)
    guard classes.count >= 2 else {
      throw text.error(
        "all labels in \(title) are \(quoted(classes[0])); at least two classes are needed")
    }
    guard !areListed, occurring.count > 20 else { return }
    let numbers = occurring.compactMap { label in
      Array(label.utf8).withUnsafeBufferPointer(parseDecimal)
    }
    let hasFractions = numbers.contains { $0 != $0.rounded() }
    if numbers.count == occurring.count, hasFractions || occurring.count > max(20, rowCount / 10) {
      throw text.error(
        "\(title) holds \(occurring.count) different numbers, which looks like regression; this program learns "
          + "classes: choose another target, or list the labels in data.classes")
    }
    guard occurring.count <= max(20, rowCount / 2) else {
      throw text.error(
        "\(title) holds \(occurring.count) different labels in \(counted(rowCount, "row")), too many to learn from; "
          + "choose another target, or list the labels in data.classes")
    }
  }
}

extension Labels {
  /// Throws if no row has a label, or if one has none although the policy asks for all.
  private func checkMissing(
    _ policy: MissingLabelPolicy, column: Int, in text: DelimitedText
  ) throws(TableError) {
    let title = text.title(ofColumn: column)
    guard !labelledRows.isEmpty else {
      throw text.error("no row has a label in \(title)\(missingWordsClause)")
    }
    let missing = codes.indices.filter { codes[$0] < 0 }
    guard policy == .error, let first = missing.first else { return }
    let lines = missing.prefix(5).map { "\(text.line(ofRow: $0))" }
    let more = missing.count - lines.count
    let others = more > 0 ? lines + ["\(more) more"] : lines
    let list = lines.count == 1 ? "line \(lines[0])" : "lines " + listed(others, atMost: 6)
    let naming =
      switch wordsReadAsMissing.count {
      case 0: ""
      case 1: " list it in data.classes,"
      default: " list them in data.classes,"
      }
    throw TableError(
      path: text.path, line: text.line(ofRow: first),
      message:
        "no label in \(title), on \(list)\(missingWordsClause); fill in the labels,\(naming) "
        + "or say missing_label: drop")
  }

  /// Which words are read as missing, as a part of a sentence; empty if there are none.
  private var missingWordsClause: String {
    guard !wordsReadAsMissing.isEmpty else { return "" }
    let words = listed(wordsReadAsMissing, atMost: 3)
    return wordsReadAsMissing.count == 1
      ? "; the label \(words) is read as missing" : "; the labels \(words) are read as missing"
  }

  /// What to say about rows that are left out; nil if there are none.
  func leftOutWarning(column: Int, in text: DelimitedText) -> String? {
    let count = codes.count - labelledRows.count
    guard count > 0 else { return nil }
    let rows = count == 1 ? "1 row has" : "\(count) rows have"
    return
      "\(rows) no label in \(text.title(ofColumn: column)) and \(count == 1 ? "is" : "are") left out"
      + "\(missingWordsClause); to stop there instead: missing_label: error"
  }

  /// What to say about classes with a single row or, where classes are listed, none.
  var warnings: [String] {
    var counts = [Int](repeating: 0, count: classes.count)
    for code in codes where code >= 0 { counts[Int(code)] += 1 }
    let absent = classes.indices.filter { counts[$0] == 0 }.map { quoted(classes[$0]) }
    let single = classes.indices.filter { counts[$0] == 1 }.map { quoted(classes[$0]) }
    var warnings: [String] = []
    if !absent.isEmpty {
      let (noun, verb) = absent.count == 1 ? ("class", "occurs") : ("classes", "occur")
      warnings.append("\(noun) \(listed(absent, atMost: 6)) of data.classes \(verb) in no row")
    }
    if !single.isEmpty {
      let (noun, verb) = single.count == 1 ? ("label", "occurs") : ("labels", "occur")
      warnings.append(
        "\(noun) \(listed(single, atMost: 6)) \(verb) only once and can only be trained on, "
          + "never judged; add rows, or leave such rows out")
    }
    return warnings
  }
}

extension DelimitedText {
  /// The error for a label that is not among the classes.
  func unknownLabel(
    _ label: String, row: Int, _ column: Int, _ classes: [String]
  ) -> TableError {
    let suggestion =
      classes.contains(label)
      ? "a class reads the same, but in another Unicode normal form; save both as NFC; "
      : nearestName(to: label, among: classes).map { "did you mean \(quoted($0))? " } ?? ""
    return error(
      row: row, column: column,
      "holds the label \(quoted(label)); \(suggestion)the classes are \(listed(classes.map(quoted), atMost: 12))"
    )
  }
}
