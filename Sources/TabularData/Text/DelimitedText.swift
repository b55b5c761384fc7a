import SystemFiles

/// A text file of rows and fields, checked but not yet understood.
///
/// Bytes are kept as they are in the file; cells become numbers or strings only where they are
/// asked for.
struct DelimitedText {
  /// The path as the person gave it.
  let path: String
  /// The text without a byte order mark, decompressed.
  let bytes: [UInt8]
  let delimiter: UInt8
  let index: RowIndex
  /// Whether the first row holds names.
  let hasHeader: Bool
  /// The names of the columns: as in the header, or `column_1`, ….
  let names: [String]

  /// The number of rows, the header not counted.
  var rowCount: Int { index.rowCount - (hasHeader ? 1 : 0) }
  var columnCount: Int { index.fieldCount }

  /// Reads a file, decompresses it if need be, and finds its delimiter, rows, fields and header.
  ///
  /// - Parameters:
  ///   - path: A path, or `-` for standard input.
  ///   - header: What is known of the first row.
  /// - Throws: ``TableError`` for anything that can't be read.
  init(path: String, header: HeaderRule) throws(TableError) {
    try self.init(path: path, bytes: try readTextBytes(path), header: header)
  }

  /// Finds delimiter, rows, fields and header of a text.
  init(path: String, bytes: [UInt8], header: HeaderRule) throws(TableError) {
    let delimiter = bytes.withUnsafeBufferPointer(detectDelimiter)
    do {
      index = try bytes.withUnsafeBufferPointer { buffer throws(ScanFault) in
        try scanRows(buffer, delimiter: delimiter)
      }
    } catch {
      throw error.described(path: path, bytes: bytes)
    }
    self.path = path
    self.bytes = bytes
    self.delimiter = delimiter
    let reader = FirstRows(path: path, bytes: bytes, delimiter: delimiter, index: index)
    hasHeader = header.isHeader(reader)
    names = try hasHeader ? reader.names() : defaultNames(count: index.fieldCount)
  }

  /// The offset of the first byte of a row, the header not counted.
  func start(ofRow row: Int) -> Int { index.starts[row + (hasHeader ? 1 : 0)] }
}

/// `column_1`, `column_2`, …: the names of columns without names.
func defaultNames(count: Int) -> [String] { (0..<count).map { "column_\($0 + 1)" } }

/// The bytes of a text file in UTF-8, decompressed, without a byte order mark.
private func readTextBytes(_ path: String) throws(TableError) -> [UInt8] {
  let byteLimit = 1 << 34
  var bytes: [UInt8]
  do {
    bytes = try readFile(path, byteLimit: byteLimit)
  } catch {
    throw TableError(path: path, message: error.description)
  }
  if isGzip(bytes) { bytes = try decompressed(bytes, path: path, byteLimit: byteLimit) }
  if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE]) {
    throw TableError(path: path, message: "the text is UTF-16; save it as UTF-8")
  }
  if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
  if let zero = bytes.firstIndex(of: 0) {
    throw TableError(
      path: path, line: lineNumber(of: zero, in: bytes),
      message: "a zero byte: this is no text in UTF-8; save the table as CSV")
  }
  return bytes
}

private func decompressed(
  _ bytes: [UInt8], path: String, byteLimit: Int
) throws(TableError) -> [UInt8] {
  do {
    return try gunzip(bytes, byteLimit: byteLimit)
  } catch {
    let reason =
      switch error {
      case .truncated: "the gzip file ends too early; copy it again"
      case .corrupt: "the gzip file is damaged; copy it again"
      case .trailingBytes: "something else follows the gzip data; compress the table again"
      case .tooLarge(let limit): "the decompressed table is larger than \(limit) bytes"
      }
    throw TableError(path: path, message: reason)
  }
}
