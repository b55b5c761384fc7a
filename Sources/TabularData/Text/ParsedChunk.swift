import CTableText

/// What was read in a chunk; its memory serves one chunk after the other.
final class ParsedChunk {
  /// What came of a column.
  struct ParsedColumn {
    /// A number for each row, NaN where there is none; used again for each chunk, so perhaps longer.
    var numbers: [Double] = []
    /// The first row that holds neither a number nor a missing value; then nothing else is known.
    var firstText: Int?
    /// The first row whose number is infinite.
    var firstInfinite: Int?
    /// A place in `words` for each row, -1 where the cell is blank; perhaps longer than the chunk.
    var codes: [Int32] = []
    /// The distinct texts in the order in which they occur, perhaps more than `wordCount`.
    var words: [table_text_word] = []
    var wordCount = 0
  }

  /// The text of the chunk.
  let buffer = ChunkBuffer(capacity: 1 << 18)
  var rowCount = 0
  /// The number of line feeds.
  var lineCount = 0
  /// What is wrong with the chunk; then nothing else is known but its lines.
  var fault: ScanFault?
  var columns: [ParsedColumn]

  // Work space.
  private var ends: [UInt32] = []
  private var odd: [UInt32] = []
  private var slots: [Int32] = []

  init(columnCount: Int) {
    columns = Array(repeating: ParsedColumn(), count: columnCount)
  }
}

/// How the chunks of a table are parsed.
struct ChunkParser: Sendable {
  let delimiter: UInt8
  /// How to read each column; `infer` reads numbers until there is a text.
  let readings: [CellReading]
  let code: ReadingEffort.Code

  /// Parses what lies in the buffer of a chunk.
  func parse(_ chunk: ParsedChunk) {
    chunk.fault = nil
    if code == .plain || !chunk.parseQuickly(delimiter, readings, vectors: code == .vector) {
      chunk.parsePlainly(delimiter, readings)
    }
  }
}

extension ParsedChunk {
  /// Chunks whose places need more than 32 bits are parsed in the plain way.
  private static let quickLimit = 1 << 31 - 1

  /// Parses the chunk by vector code; false if something in it is odd.
  fileprivate func parseQuickly(
    _ delimiter: UInt8, _ readings: [CellReading], vectors: Bool
  ) -> Bool {
    let text = buffer.bytes
    guard text.count < Self.quickLimit, let base = text.baseAddress else { return false }
    ends.lengthen(to: text.count + Int(TABLE_TEXT_PADDING), with: 0)
    var shape = table_text_shape()
    guard table_text_index(base, text.count, delimiter, vectors, &ends, &shape),
      table_text_is_even(base, ends, &shape, readings.count)
    else { return false }
    (rowCount, lineCount) = (shape.rows, shape.lines)
    odd.lengthen(to: rowCount, with: 0)
    for (column, reading) in readings.enumerated() {
      switch reading {
      case .skip: continue
      case .infer, .number: readNumbers(column, &shape, readings.count, delimiter, vectors)
      case .text, .label: readWords(column, &shape, readings.count)
      }
    }
    return true
  }

  private func readNumbers(
    _ column: Int, _ shape: inout table_text_shape, _ columnCount: Int, _ delimiter: UInt8,
    _ vectors: Bool
  ) {
    // A text found in an earlier chunk has closed the column.
    guard columns[column].firstText == nil else { return }
    columns[column].numbers.lengthen(to: rowCount, with: 0)
    columns[column].firstInfinite = nil
    let oddCount = table_text_numbers(
      buffer.bytes.baseAddress, ends, &shape, columnCount, column, vectors,
      &columns[column].numbers, &odd)
    for row in odd[..<oddCount].map(Int.init) {
      let field = row * columnCount + column
      let start = field == 0 ? 0 : Int(ends[field - 1]) + 1
      let span = fieldSpan(buffer.bytes, at: start, delimiter: delimiter)
      columns[column].take(span.content(of: buffer.bytes), row: row)
      if columns[column].firstText != nil { return }
    }
  }

  private func readWords(_ column: Int, _ shape: inout table_text_shape, _ columnCount: Int) {
    var slotCount = 16
    while slotCount < 2 * rowCount { slotCount *= 2 }
    slots.lengthen(to: slotCount, with: 0)
    columns[column].codes.lengthen(to: rowCount, with: 0)
    columns[column].words.lengthen(to: rowCount, with: table_text_word())
    columns[column].fillCodes { words, codes in
      table_text_codes(
        buffer.bytes.baseAddress, ends, &shape, columnCount, column, words, &slots, slotCount, codes
      )
    }
  }
}

extension ParsedChunk {
  /// Parses the chunk cell by cell.
  fileprivate func parsePlainly(_ delimiter: UInt8, _ readings: [CellReading]) {
    let text = buffer.bytes
    lineCount = text.count { $0 == 0x0A }
    if let zero = text.firstIndex(of: 0) { return fault = .zeroByte(at: zero) }
    let index: RowIndex
    do {
      index = try scanRows(text, delimiter: delimiter, fieldCount: readings.count)
    } catch {
      return fault = error
    }
    rowCount = index.rowCount
    var texts = [DistinctTexts](repeating: DistinctTexts(), count: readings.count)
    for column in readings.indices { prepare(column, readings[column]) }
    for row in 0..<rowCount {
      var position = index.starts[row]
      for column in readings.indices {
        let span = fieldSpan(text, at: position, delimiter: delimiter)
        position = span.next + 1
        switch readings[column] {
        case .skip: continue
        case .infer, .number:
          guard columns[column].firstText == nil else { continue }
          columns[column].take(span.content(of: text), row: row)
        case .text, .label:
          columns[column].take(span, span.content(of: text), row: row, &texts[column])
        }
      }
    }
  }

  private func prepare(_ column: Int, _ reading: CellReading) {
    switch reading {
    case .skip: return
    case .infer, .number:
      columns[column].firstInfinite = nil
      columns[column].numbers.lengthen(to: rowCount, with: 0)
    case .text, .label:
      columns[column].codes.lengthen(to: rowCount, with: 0)
      columns[column].words.lengthen(to: rowCount, with: table_text_word())
      columns[column].wordCount = 0
    }
  }
}

extension ParsedChunk.ParsedColumn {
  /// Takes a cell as a number.
  fileprivate mutating func take(_ content: UnsafeBufferPointer<UInt8>, row: Int) {
    numbers[row] = .nan
    switch classifyCell(content) {
    case .number(let value): numbers[row] = value
    case .missing: return
    case .infinite: firstInfinite = firstInfinite ?? row
    case .text: firstText = row
    }
  }

  /// Has a function fill words and codes and count the words.
  fileprivate mutating func fillCodes(
    _ fill: (UnsafeMutablePointer<table_text_word>, UnsafeMutablePointer<Int32>) -> Int
  ) {
    wordCount = fill(&words, &codes)
  }

  /// Takes a cell as a text.
  fileprivate mutating func take(
    _ span: FieldSpan, _ content: UnsafeBufferPointer<UInt8>, row: Int, _ texts: inout DistinctTexts
  ) {
    codes[row] = -1
    guard !content.isEmpty else { return }
    codes[row] = texts.code(of: content, row: row)
    guard texts.count > wordCount else { return }
    words[wordCount] = table_text_word(
      start: UInt64(span.start), length: UInt64(content.count), row: UInt32(row), hash: 0,
      is_escaped: span.isEscaped)
    wordCount += 1
  }
}

extension FieldSpan {
  /// The bytes of the text of the field.
  func content(of bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: bytes[start..<end])
  }
}

extension Array {
  /// Makes room for `count` elements; what is in it is without meaning.
  fileprivate mutating func lengthen(to count: Int, with filler: Element) {
    if self.count < count {
      append(contentsOf: repeatElement(filler, count: count - self.count))
    }
  }
}
