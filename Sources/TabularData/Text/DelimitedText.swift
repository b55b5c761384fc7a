/// A text file of rows and fields, of which the beginning is known and cells are read on demand.
///
/// No more of the text is held in memory than the chunks at hand: what is asked for later, for a
/// message, is read again.
struct DelimitedText {
  /// The path as the person gave it.
  let path: String
  let delimiter: UInt8
  /// Whether the first row holds names.
  let hasHeader: Bool
  /// The names of the columns: as in the header, or `column_1`, ….
  let names: [String]
  /// The number of rows, the header not counted; 0 before cells were read.
  private(set) var rowCount = 0
  /// Where chunks begin, as far as cells were read.
  private(set) var places: [ChunkPlace] = []
  /// Where the rows begin below the header.
  let start: ChunkPlace
  let source: TextSource
  let effort: ReadingEffort
  private let head: TextHead
  /// The only rows that are there, if cells are read block by block.
  var block: RowBlock?
  /// Whether the source stands behind the head.
  private var isFresh = true

  var columnCount: Int { names.count }

  /// Whether there is a row below the header.
  var hasRows: Bool { head.index.rowCount > (hasHeader ? 1 : 0) }

  /// Opens a file and finds its delimiter, number of columns and header.
  ///
  /// - Parameters:
  ///   - path: A path, or `-` for standard input.
  ///   - header: What is known of the first row.
  ///   - effort: With what it is read.
  ///   - isRepeatable: Whether cells may be read again, also from standard input.
  /// - Throws: ``TableError`` for a file that can't be read, and for faults of its first rows.
  init(
    path: String, header: HeaderRule, effort: ReadingEffort, isRepeatable: Bool = true
  ) throws(TableError) {
    self.path = path
    self.effort = effort
    source = try TextSource(path: path, isRepeatable: isRepeatable)
    head = try TextHead(source, byteCount: effort.chunkByteCount)
    delimiter = head.delimiter
    let rows = FirstRows(path: path, head: head)
    hasHeader = header.isHeader(rows)
    names = try hasHeader ? rows.names() : defaultNames(count: head.index.fieldCount)
    let offset = head.index.starts[hasHeader ? 1 : 0]
    start = ChunkPlace(
      offset: offset, row: 0,
      line: head.bytes.withUnsafeBufferPointer { lineNumber(of: offset, in: $0) })
  }

  /// Reads columns in one pass over the text.
  ///
  /// - Parameter readings: How to read each column.
  /// - Returns: What came of each column.
  /// - Throws: ``TableError`` if the text can't be read to its end, or at its first fault.
  mutating func collect(
    _ readings: [CellReading]
  ) throws(TableError) -> [CellCollector.CollectedColumn] {
    if !isFresh { try source.restart(at: start.offset) }
    let reader = makeReader()
    isFresh = false
    let collector = CellCollector(readings, from: start, of: source, reader)
    let parser = ChunkParser(delimiter: delimiter, readings: readings, code: effort.code)
    try ChunkPipeline(
      reader, workers: (0..<effort.threads).map { _ in ParsedChunk(columnCount: columnCount) },
      buffer: \.buffer, work: parser.parse, take: collector.take,
      failing: { $0 }
    ).run()
    try collector.finish()
    (rowCount, places) = (collector.rowCount, collector.places)
    return collector.columns
  }

  /// A reader of the rows, if the source stands behind the head or at the first row.
  func makeReader() -> ChunkReader {
    ChunkReader(
      source, head: isFresh ? head.bytes[start.offset...] : [], offset: start.offset,
      byteCount: effort.chunkByteCount, delimiter: delimiter, fieldCount: columnCount)
  }

  /// Which columns hold a text in the first rows: neither a number nor a missing value.
  var textColumns: [Bool] {
    let first = hasHeader ? 1 : 0
    let last = min(head.index.rowCount, first + max(16, 50_000 / columnCount))
    var holdsText = [Bool](repeating: false, count: columnCount)
    head.bytes.withUnsafeBufferPointer { bytes in
      for row in first..<max(first, last) {
        var position = head.index.starts[row]
        for column in 0..<columnCount {
          let span = fieldSpan(bytes, at: position, delimiter: delimiter)
          position = span.next + 1
          if !holdsText[column] {
            holdsText[column] = classifyCell(span.content(of: bytes)) == .text
          }
        }
      }
    }
    return holdsText
  }
}

/// Some rows of a text, as they are in it.
struct RowBlock {
  let bytes: UnsafeBufferPointer<UInt8>
  /// The line of the first one, counted from 1.
  let line: Int
}

/// `column_1`, `column_2`, …: the names of columns without names.
func defaultNames(count: Int) -> [String] { (0..<count).map { "column_\($0 + 1)" } }
