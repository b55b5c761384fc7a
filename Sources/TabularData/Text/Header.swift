/// What is known of the first row before it is read.
enum HeaderRule: Equatable {
  case present
  case absent
  /// A header if it holds one of these names, otherwise not.
  case ifNaming([String])
  /// A header if it holds one of these names or looks like one.
  case ifNamingOrDetected([String])

  func isHeader(_ rows: FirstRows) -> Bool {
    switch self {
    case .present: true
    case .absent: false
    case .ifNaming(let names): rows.holdsOne(of: names)
    case .ifNamingOrDetected(let names): rows.holdsOne(of: names) || rows.looksLikeHeader()
    }
  }
}

/// The beginning of a text, where it is decided whether it has a header.
struct FirstRows {
  let path: String
  let head: TextHead
  private var index: RowIndex { head.index }

  init(path: String, head: TextHead) {
    self.path = path
    self.head = head
  }

  /// Whether a name is among the texts of the first row.
  func holdsOne(of names: [String]) -> Bool {
    texts(ofRow: 0).contains { text in names.contains { text.elementsEqual($0.utf8) } }
  }

  /// Whether the first row reads like the names of the columns.
  ///
  /// All of its cells, or all but the first, are words: neither blank nor numbers. And either some
  /// column holds nothing but numbers in the 1,000 rows below, or no word occurs twice in the row
  /// or again in its own column.
  func looksLikeHeader() -> Bool {
    let cells = texts(ofRow: 0)
    let words = cells.first?.isEmpty == true ? cells.dropFirst() : cells[...]
    guard !words.isEmpty,
      words.allSatisfy({ $0.withUnsafeBufferPointer(classifyCell) == .text })
    else { return false }
    var isNumeric = [Bool](repeating: index.rowCount > 1, count: cells.count)
    var hasNumber = [Bool](repeating: false, count: cells.count)
    var recurs = Set(words).count < words.count
    head.bytes.withUnsafeBufferPointer { bytes in
      for row in 1..<max(1, min(index.rowCount, TextHead.rowLimit)) {
        var position = index.starts[row]
        for column in cells.indices {
          let span = fieldSpan(bytes, at: position, delimiter: head.delimiter)
          position = span.next + 1
          switch classifyCell(span.content(of: bytes)) {
          case .number: hasNumber[column] = true
          case .missing: continue
          case .infinite, .text:
            isNumeric[column] = false
            recurs = recurs || span.text(in: bytes) == cells[column]
          }
        }
      }
    }
    return zip(isNumeric, hasNumber).contains { $0 && $1 } || !recurs
  }

  /// The names in the first row; a blank one becomes `column_<position>`.
  ///
  /// - Throws: ``TableError`` where two columns have one name, or a name is no UTF-8.
  func names() throws(TableError) -> [String] {
    var names: [String] = []
    var positions: [String: Int] = [:]
    for (column, cell) in texts(ofRow: 0).enumerated() {
      guard let text = String(validating: cell, as: UTF8.self) else {
        throw TableError(
          path: path, line: 1,
          message: "the name of column \(column + 1) is not UTF-8; save the table as UTF-8")
      }
      let name = text.isEmpty ? "column_\(column + 1)" : text
      if let first = positions.updateValue(column, forKey: name) {
        let isSame = names[first].utf8.elementsEqual(name.utf8)
        throw TableError(
          path: path, line: 1,
          message: "columns \(first + 1) and \(column + 1) are both named \(quoted(name))"
            + (isSame ? "; " : ", only in different Unicode normal forms; ")
            + "give each its own name, or say header: false if this line holds values")
      }
      names.append(name)
    }
    return names
  }

  private func texts(ofRow row: Int) -> [[UInt8]] {
    head.bytes.withUnsafeBufferPointer { bytes in
      var texts: [[UInt8]] = []
      var position = index.starts[row]
      for _ in 0..<index.fieldCount {
        let span = fieldSpan(bytes, at: position, delimiter: head.delimiter)
        texts.append(span.text(in: bytes))
        position = span.next + 1
      }
      return texts
    }
  }
}

extension FieldSpan {
  /// The text of the field, each doubled quote made one.
  func text(in bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    isEscaped ? unescaped(content(of: bytes)) : Array(content(of: bytes))
  }
}

/// The text of a quoted field, each doubled quote made one.
func unescaped(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
  var result: [UInt8] = []
  var skipsQuote = false
  for byte in text {
    if byte == UInt8(ascii: "\""), skipsQuote {
      skipsQuote = false
      continue
    }
    skipsQuote = byte == UInt8(ascii: "\"")
    result.append(byte)
  }
  return result
}
