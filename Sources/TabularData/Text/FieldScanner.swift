/// Where the rows of a delimited text lie.
struct RowIndex: Equatable {
  /// The offset of the first byte of each row, and after them the offset where the last row ends.
  var starts: [Int]
  /// The number of fields of every row, 1 or more.
  var fieldCount: Int

  var rowCount: Int { starts.count - 1 }
}

/// What is wrong with the fields of a text, and at which byte.
enum ScanFault: Error, Equatable {
  /// There is nothing but blank lines.
  case empty
  case ragged(rowStart: Int, found: Int, expected: Int)
  case blankLine(at: Int)
  case unclosedQuote(at: Int)
  case textAfterQuote(at: Int)
  case quoteInside(at: Int)
  case loneCarriageReturn(at: Int)
  /// Found by others than `scanRows`, and worse than all that it finds.
  case zeroByte(at: Int)
}

/// Finds the rows of a delimited text, and checks each of them.
///
/// Fields are as in RFC 4180: a field that begins with a quote ends with one, holds delimiters and
/// line ends as they are, and writes a quote twice; other fields hold no quote. Spaces around a
/// field are not part of it. A line ends with LF or CRLF; the last one may end without. Blank lines
/// at the end are no rows.
///
/// One pass over the bytes; nothing is copied. This is the plain way, which decides what is right;
/// `table_text_index` finds the same fields faster where nothing is odd.
///
/// - Parameters:
///   - bytes: The text, or a part of it that begins with a row.
///   - delimiter: What separates fields.
///   - fieldCount: The number of fields of each row; nil takes it from the first row, which is the
///     first one of the text.
///   - rowLimit: How many rows to find at most.
///   - isWhole: Whether the text ends where `bytes` do; otherwise rows that reach the end are left out.
/// - Returns: Where the rows lie; none only if the text is not whole.
/// - Throws: The first fault.
func scanRows(
  _ bytes: UnsafeBufferPointer<UInt8>, delimiter: UInt8, fieldCount: Int? = nil,
  rowLimit: Int = .max, isWhole: Bool = true
) throws(ScanFault) -> RowIndex {
  let quote = UInt8(ascii: "\"")
  let end = bytes.count
  let blankStart = bytes.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? 0
  var starts: [Int] = []
  var expected = fieldCount ?? 0
  var position = 0
  while position < end, starts.count < rowLimit {
    let rowStart = position
    var fields = 1
    row: while true {
      while position < end, bytes[position] == 0x20 { position += 1 }
      if position < end, bytes[position] == quote {
        let open = position
        position += 1
        while true {
          while position < end, bytes[position] != quote { position += 1 }
          guard position < end else {
            guard isWhole else { break row }
            throw .unclosedQuote(at: open)
          }
          position += 1
          guard position < end, bytes[position] == quote else { break }
          position += 1
        }
        while position < end, bytes[position] == 0x20 { position += 1 }
        if position < end, bytes[position] != delimiter, bytes[position] != 0x0A,
          !isLineEnd(bytes, position)
        {
          throw .textAfterQuote(at: position)
        }
      } else {
        while position < end {
          let byte = bytes[position]
          if byte == delimiter || byte == 0x0A { break }
          if byte == quote { throw .quoteInside(at: position) }
          if byte == 0x0D {
            guard isLineEnd(bytes, position) else { throw .loneCarriageReturn(at: position) }
            break
          }
          position += 1
        }
      }
      guard position < end, bytes[position] == delimiter else { break row }
      fields += 1
      position += 1
    }
    let contentEnd = position
    if position < end, bytes[position] == 0x0D { position += 1 }
    if position < end, bytes[position] == 0x0A { position += 1 }
    if !isWhole, position == end || position >= blankStart {
      position = rowStart
      break
    }

    if fields == 1, bytes[rowStart..<contentEnd].allSatisfy(isBlank) {
      if position >= blankStart {
        position = rowStart
        break
      }
      if expected != 1 || (starts.isEmpty && fieldCount == nil) { throw .blankLine(at: rowStart) }
    }
    if expected == 0 { expected = fields }
    guard fields == expected else {
      throw .ragged(rowStart: rowStart, found: fields, expected: expected)
    }
    starts.append(rowStart)
  }
  guard !starts.isEmpty || !isWhole else { throw .empty }
  starts.append(position)
  return RowIndex(starts: starts, fieldCount: expected)
}

/// Whether a carriage return ends a line or the text.
private func isLineEnd(_ bytes: UnsafeBufferPointer<UInt8>, _ position: Int) -> Bool {
  bytes[position] == 0x0D && (position + 1 == bytes.count || bytes[position + 1] == 0x0A)
}

/// Whether a byte is a space or a part of a line end.
private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D }

/// Where the text of a field lies.
struct FieldSpan {
  /// The first byte of the text, inside quotes and without the spaces around it.
  var start: Int
  /// The byte after the text.
  var end: Int
  /// Whether the text holds doubled quotes.
  var isEscaped: Bool
  /// The byte after the field: a delimiter, a line end, or the end of the text.
  var next: Int
}

/// The field that begins at a position of a text that ``scanRows(_:delimiter:)`` has checked.
@inline(__always)
func fieldSpan(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int, delimiter: UInt8) -> FieldSpan {
  let quote = UInt8(ascii: "\"")
  let end = bytes.count
  var position = start
  while position < end, bytes[position] == 0x20 { position += 1 }
  var span = FieldSpan(start: position, end: position, isEscaped: false, next: position)
  if position < end, bytes[position] == quote {
    position += 1
    span.start = position
    while true {
      while position < end, bytes[position] != quote { position += 1 }
      span.end = position
      position += 1
      guard position < end, bytes[position] == quote else { break }
      span.isEscaped = true
      position += 1
    }
    while position < end, bytes[position] == 0x20 { position += 1 }
  } else {
    while position < end, bytes[position] != delimiter, bytes[position] != 0x0A,
      bytes[position] != 0x0D
    {
      position += 1
    }
    span.end = position
    while span.end > span.start, bytes[span.end - 1] == 0x20 { span.end -= 1 }
  }
  span.next = position
  return span
}
