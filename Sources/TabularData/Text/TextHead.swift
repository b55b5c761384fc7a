/// The beginning of a text: what is looked at before all of it is read.
///
/// It is as long as it takes to find the delimiter and 1,001 rows, or the rows that begin in its
/// first 16 MiB; how much is read at once makes no difference.
struct TextHead {
  static let rowLimit = 1_001
  private static let byteLimit = 1 << 24

  let delimiter: UInt8
  /// The rows, the first of which may be a header.
  let index: RowIndex
  /// The bytes that were read: those of the rows, and perhaps more.
  let bytes: [UInt8]

  /// Reads the beginning of a text.
  ///
  /// - Throws: ``TableError`` if there is nothing, or something is wrong with these rows.
  init(_ source: TextSource, byteCount: Int) throws(TableError) {
    var bytes: [UInt8] = []
    var isAtEnd = false
    while true {
      isAtEnd = try bytes.grow(by: max(byteCount, bytes.count), from: source)
      let reading = bytes.withUnsafeBufferPointer { buffer in
        Result { () throws(ScanFault) in try Self.rows(in: buffer, isAtEnd: isAtEnd) }
      }
      switch reading {
      case .success((let delimiter, let index)?):
        self.delimiter = delimiter
        self.index = index
        self.bytes = bytes
        try checkZeros(Array(bytes[..<index.starts[index.rowCount]]), source, isAtEnd: true)
        return
      case .success(nil): continue
      case .failure(let fault):
        try checkZeros(bytes, source, isAtEnd: isAtEnd)
        throw bytes.withUnsafeBufferPointer { fault.described(path: source.path, bytes: $0) }
      }
    }
  }

  /// The delimiter and the rows; nil if more of the text is needed.
  private static func rows(
    in bytes: UnsafeBufferPointer<UInt8>, isAtEnd: Bool
  ) throws(ScanFault) -> (UInt8, RowIndex)? {
    let first = UnsafeBufferPointer(rebasing: bytes[..<min(bytes.count, byteLimit)])
    guard
      let delimiter = detectDelimiter(first, isWhole: isAtEnd || bytes.count >= byteLimit)
    else { return nil }
    var index = try scanRows(
      bytes, delimiter: delimiter, rowLimit: rowLimit, isWhole: isAtEnd)
    let end = index.starts[index.rowCount]
    guard isAtEnd || index.rowCount == rowLimit || end >= byteLimit else { return nil }
    if let beyond = index.starts.dropFirst().firstIndex(where: { $0 >= byteLimit }) {
      index.starts.removeLast(index.starts.count - beyond - 1)
    }
    return (delimiter, index)
  }
}

/// Throws if there is a zero byte in the beginning or in the rest of a text: it is no text at all then.
private func checkZeros(
  _ beginning: [UInt8], _ source: TextSource, isAtEnd: Bool
) throws(TableError) {
  var (bytes, isAtEnd, line) = (beginning, isAtEnd, 1)
  while true {
    try bytes.withUnsafeBufferPointer { buffer throws(TableError) in
      if let zero = buffer.firstIndex(of: 0) {
        throw ScanFault.zeroByte(at: zero).described(
          path: source.path, bytes: buffer, firstLine: line)
      }
      line = lineNumber(of: buffer.count, in: buffer, firstLine: line)
    }
    guard !isAtEnd else { return }
    bytes = []
    isAtEnd = try bytes.grow(by: ReadingEffort.standardChunk, from: source)
  }
}

extension [UInt8] {
  /// Appends the next bytes of a text, and says whether these are the last.
  fileprivate mutating func grow(
    by room: Int, from source: TextSource
  ) throws(TableError) -> Bool {
    let start = count
    append(contentsOf: repeatElement(0, count: room))
    let taken = try withUnsafeMutableBufferPointer { bytes throws(TableError) in
      try source.read(
        into: UnsafeMutableRawBufferPointer(
          UnsafeMutableBufferPointer(rebasing: bytes[start...])))
    }
    removeLast(room - taken)
    return taken < room
  }
}
