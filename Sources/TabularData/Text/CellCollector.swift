import CTableText

/// Puts the columns of chunks together, in the order of the text.
final class CellCollector {
  /// What came of a column.
  struct CollectedColumn {
    let reading: CellReading
    var numbers: [Double] = []
    var codes: [Int32] = []
    var distinct = DistinctTexts()
    /// The first row whose cell is neither a number nor missing; then there are no numbers.
    var firstText: Int?
    /// The first row whose number is infinite.
    var firstInfinite: Int?
  }

  private(set) var columns: [CollectedColumn]
  private(set) var rowCount = 0
  /// Where chunks begin.
  private(set) var places: [ChunkPlace] = []
  private let path: String
  private let byteCount: Int?
  private let reader: ChunkReader
  private var line: Int
  /// What is wrong first; the rest of the text is only searched for zero bytes, which say that it is no
  /// text at all.
  private var fault: TableError?

  /// - Parameters:
  ///   - readings: How each column is read.
  ///   - start: Where the rows begin.
  ///   - source: The text, for its name and length.
  ///   - reader: Where the chunks come from.
  init(
    _ readings: [CellReading], from start: ChunkPlace, of source: TextSource, _ reader: ChunkReader
  ) {
    columns = readings.map { CollectedColumn(reading: $0) }
    path = source.path
    byteCount = source.byteCount.map { $0 - start.offset }
    self.reader = reader
    line = start.line
  }

  /// Takes the next chunk.
  ///
  /// - Throws: ``TableError`` at a zero byte, or if there are more rows than can be numbered.
  func take(_ parsed: ParsedChunk, _ chunk: ChunkReader.Chunk) throws(TableError) {
    if let found = parsed.fault {
      let error = found.described(path: path, bytes: parsed.buffer.bytes, firstLine: line)
      if case .zeroByte = found { throw error }
      fault = fault ?? error
      reader.cutAnywhere()
    }
    if fault == nil {
      places.append(ChunkPlace(offset: chunk.offset, row: rowCount, line: line))
      if rowCount == 0 { reserve(for: parsed) }
      for column in columns.indices {
        columns[column].take(parsed.columns[column], of: parsed, after: rowCount)
      }
      rowCount += parsed.rowCount
      // Rows are numbered with 32 bits wherever there are many of them.
      guard rowCount <= Int32.max else {
        throw TableError(path: path, message: "the table has more than \(Int32.max) rows")
      }
    }
    line += parsed.lineCount
  }

  /// Throws what was wrong with the text.
  func finish() throws(TableError) {
    if let fault { throw fault }
  }

  /// Reserves memory for all rows, judging by the first chunk.
  ///
  /// What is too much is never touched, and takes no memory.
  private func reserve(for parsed: ParsedChunk) {
    guard let byteCount, byteCount > parsed.buffer.count else { return }
    let chunks = Double(byteCount) / Double(parsed.buffer.count)
    let rows = Int(1.05 * chunks * Double(parsed.rowCount)) + 1_000
    for column in columns.indices { columns[column].reserve(rows) }
  }
}

/// Where a chunk begins.
struct ChunkPlace {
  /// The place in the text.
  var offset: Int
  /// The row, the header not counted.
  var row: Int
  /// The line of the file, counted from 1.
  var line: Int
}

extension CellCollector.CollectedColumn {
  fileprivate mutating func reserve(_ rows: Int) {
    switch reading {
    case .skip: return
    case .infer, .number: numbers.reserveCapacity(rows)
    case .text, .label: codes.reserveCapacity(rows)
    }
  }

  /// Appends the rows of a chunk.
  mutating func take(
    _ column: ParsedChunk.ParsedColumn, of parsed: ParsedChunk, after rowCount: Int
  ) {
    switch reading {
    case .skip: return
    case .infer, .number:
      guard firstText == nil else { return }
      if let row = column.firstText {
        firstText = rowCount + row
        numbers = []
        return
      }
      numbers.append(contentsOf: column.numbers[..<parsed.rowCount])
      firstInfinite = firstInfinite ?? column.firstInfinite.map { rowCount + $0 }
    case .text, .label:
      let translation = column.words[..<column.wordCount].map { word in
        code(of: word, in: parsed.buffer.bytes, after: rowCount)
      }
      // One more for the blank ones, whose code is -1.
      let shifted = [-1] + translation
      codes.append(contentsOf: column.codes[..<parsed.rowCount].lazy.map { shifted[Int($0) + 1] })
    }
  }

  /// The code of a text in the whole column; -1 if it says that there is none.
  private mutating func code(
    of word: table_text_word, in bytes: UnsafeBufferPointer<UInt8>, after rowCount: Int
  ) -> Int32 {
    let start = Int(word.start)
    let content = UnsafeBufferPointer(rebasing: bytes[start..<start + Int(word.length)])
    if reading == .text, isMissingWord(content) { return -1 }
    let row = rowCount + Int(word.row)
    guard word.is_escaped else { return distinct.code(of: content, row: row) }
    return unescaped(content).withUnsafeBufferPointer { distinct.code(of: $0, row: row) }
  }
}
