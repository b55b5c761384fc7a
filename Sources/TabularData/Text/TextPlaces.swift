/// The line of a byte, counted from 1.
func lineNumber(of offset: Int, in bytes: UnsafeBufferPointer<UInt8>, firstLine: Int = 1) -> Int {
  bytes[..<offset].reduce(into: firstLine) { line, byte in line += byte == 0x0A ? 1 : 0 }
}

/// The character of its line at which a byte stands, counted from 1.
func characterNumber(of offset: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
  let lineStart = bytes[..<offset].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
  return 1 + bytes[lineStart..<offset].count { $0 & 0xC0 != 0x80 }
}

extension ScanFault {
  /// The fault as a person should hear of it.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - bytes: The part of it that was scanned, from the beginning of a line.
  ///   - firstLine: The line with which it begins.
  /// - Returns: The fault with its place.
  func described(
    path: String, bytes: UnsafeBufferPointer<UInt8>, firstLine: Int = 1
  ) -> TableError {
    func error(at offset: Int, _ message: String, inLine: Bool = true) -> TableError {
      TableError(
        path: path, line: lineNumber(of: offset, in: bytes, firstLine: firstLine),
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
    case .zeroByte(let offset):
      return error(
        at: offset, "a zero byte: this is no text in UTF-8; save the table as CSV", inLine: false)
    }
  }
}

extension DelimitedText {
  /// A row that was looked up.
  private struct FoundRow {
    let bytes: [UInt8]
    /// The line on which it begins, counted from 1.
    let line: Int
    let fields: [FieldSpan]
  }

  /// Reads a row again, the header not counted.
  ///
  /// - Throws: ``TableError`` if the text can't be read any more as it was.
  private func find(row: Int) throws(TableError) -> FoundRow {
    if let block {
      let first = ChunkPlace(offset: 0, row: 0, line: block.line)
      if let found = find(row: row, in: block.bytes, from: first) { return found }
      throw changed
    }
    var place = places.last { $0.row <= row } ?? start
    try source.restart(at: place.offset)
    let reader = ChunkReader(
      source, head: [], offset: place.offset, byteCount: ReadingEffort.standardChunk,
      delimiter: delimiter, fieldCount: columnCount)
    let buffer = ChunkBuffer(capacity: ReadingEffort.standardChunk)
    while try reader.next(into: buffer) != nil {
      let bytes = buffer.bytes
      if let found = find(row: row, in: bytes, from: place) { return found }
      guard
        let index = try? scanRows(bytes, delimiter: delimiter, fieldCount: columnCount)
      else { break }
      place.row += index.rowCount
      place.line = lineNumber(of: bytes.count, in: bytes, firstLine: place.line)
    }
    throw changed
  }

  private var changed: TableError { error("it changed while it was read") }

  /// A row of a part of the text that begins at a place; nil if it is not there.
  private func find(
    row: Int, in bytes: UnsafeBufferPointer<UInt8>, from place: ChunkPlace
  ) -> FoundRow? {
    let wanted = row - place.row
    guard
      let index = try? scanRows(
        bytes, delimiter: delimiter, fieldCount: columnCount, rowLimit: wanted + 1),
      index.rowCount > wanted
    else { return nil }
    let start = index.starts[wanted]
    let content = Array(bytes[start..<index.starts[wanted + 1]])
    return FoundRow(
      bytes: content, line: lineNumber(of: start, in: bytes, firstLine: place.line),
      fields: content.withUnsafeBufferPointer { fieldSpans($0, count: columnCount) })
  }

  private func fieldSpans(_ row: UnsafeBufferPointer<UInt8>, count: Int) -> [FieldSpan] {
    var spans: [FieldSpan] = []
    var position = 0
    for _ in 0..<count {
      let span = fieldSpan(row, at: position, delimiter: delimiter)
      spans.append(span)
      position = span.next + 1
    }
    return spans
  }

  /// The line on which a row begins, counted from 1.
  func line(ofRow row: Int) -> Int { (try? find(row: row).line) ?? start.line + row }

  /// A column as messages name it: `column 3 ('ap_3')`, or `column 3` where it has no name.
  func title(ofColumn column: Int) -> String {
    hasHeader ? "column \(column + 1) (\(quoted(names[column])))" : "column \(column + 1)"
  }

  /// An error at a cell.
  ///
  /// - Parameters:
  ///   - row: The row, the header not counted.
  ///   - column: The column, counted from 0.
  ///   - message: What to say; `shown` is the text of the cell, with replacement characters for what is
  ///     no UTF-8.
  /// - Returns: The error with its place.
  func error(
    row: Int, column: Int, _ message: (_ shown: String) -> String
  ) -> TableError {
    let found: FoundRow
    do {
      found = try find(row: row)
    } catch {
      return error
    }
    let span = found.fields[column]
    return found.bytes.withUnsafeBufferPointer { bytes in
      let shown = String(decoding: span.text(in: bytes), as: UTF8.self)
      return TableError(
        path: path, line: lineNumber(of: span.start, in: bytes, firstLine: found.line),
        column: characterNumber(of: span.start, in: bytes),
        message: title(ofColumn: column) + " " + message(shown))
    }
  }

  /// An error at a cell.
  func error(row: Int, column: Int, _ message: String) -> TableError {
    error(row: row, column: column) { _ in message }
  }

  /// An error of the table as a whole.
  func error(_ message: String) -> TableError { TableError(path: path, message: message) }
}
