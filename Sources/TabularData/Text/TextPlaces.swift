/// The line of a byte, counted from 1.
func lineNumber(of offset: Int, in bytes: [UInt8]) -> Int {
  bytes[..<offset].reduce(into: 1) { line, byte in line += byte == 0x0A ? 1 : 0 }
}

/// The character of its line at which a byte stands, counted from 1.
func characterNumber(of offset: Int, in bytes: [UInt8]) -> Int {
  let lineStart = bytes[..<offset].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
  return 1 + bytes[lineStart..<offset].count { $0 & 0xC0 != 0x80 }
}

extension ScanFault {
  /// The fault as a person should hear of it.
  func described(path: String, bytes: [UInt8]) -> TableError {
    func error(at offset: Int, _ message: String, inLine: Bool = true) -> TableError {
      TableError(
        path: path, line: lineNumber(of: offset, in: bytes),
        column: inLine ? characterNumber(of: offset, in: bytes) : nil, message: message)
    }
    switch self {
    case .empty: return TableError(path: path, message: "the table is empty")
    case .ragged(let start, let found, let expected):
      let message = "\(counted(found, "field")), where the first line has \(expected)"
      return error(at: start, message, inLine: false)
    case .blankLine(let start):
      return error(at: start, "a blank line within the table; delete it", inLine: false)
    case .unclosedQuote(let open):
      return error(at: open, "the quote that begins here is never closed")
    case .textAfterQuote(let offset):
      return error(at: offset, "text after a closing quote; a quote within quotes is written twice")
    case .quoteInside(let offset):
      return error(
        at: offset,
        "a quote inside a field without quotes; put the whole field in quotes and write \"\" for \""
      )
    case .loneCarriageReturn(let offset):
      return error(
        at: offset, "a carriage return without a line feed; end lines with LF or CRLF")
    }
  }
}

extension DelimitedText {
  /// The spans of the fields of a row, the header not counted.
  func fields(ofRow row: Int) -> [FieldSpan] {
    bytes.withUnsafeBufferPointer { buffer in
      var spans: [FieldSpan] = []
      var position = start(ofRow: row)
      for _ in 0..<columnCount {
        let span = fieldSpan(buffer, at: position, delimiter: delimiter)
        spans.append(span)
        position = span.next + 1
      }
      return spans
    }
  }

  /// The text of a cell, with replacement characters for what is no UTF-8.
  func shownText(row: Int, column: Int) -> String {
    let span = fields(ofRow: row)[column]
    return bytes[span.start..<span.end].withUnsafeBufferPointer { content in
      String(decoding: span.isEscaped ? unescaped(content) : Array(content), as: UTF8.self)
    }
  }

  /// The line on which a row begins, counted from 1.
  func line(ofRow row: Int) -> Int { lineNumber(of: start(ofRow: row), in: bytes) }

  /// A column as messages name it: `column 3 ('ap_3')`, or `column 3` where it has no name.
  func title(ofColumn column: Int) -> String {
    hasHeader ? "column \(column + 1) (\(quoted(names[column])))" : "column \(column + 1)"
  }

  /// An error at a cell.
  func error(row: Int, column: Int, _ message: String) -> TableError {
    let offset = fields(ofRow: row)[column].start
    return TableError(
      path: path, line: lineNumber(of: offset, in: bytes),
      column: characterNumber(of: offset, in: bytes),
      message: "\(title(ofColumn: column)) \(message)")
  }

  /// An error of the table as a whole.
  func error(_ message: String) -> TableError { TableError(path: path, message: message) }
}
