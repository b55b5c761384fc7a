import SystemFiles

/// The text of a table: decompressed, in UTF-8, without a byte order mark.
final class TextSource {
  /// The path as the person gave it.
  let path: String

  private static let byteLimit = 1 << 34
  private let file: FileStream
  private var inflater: GzipReader?
  /// The first bytes of the file, which were looked at to see what it is.
  private var fileLead: [UInt8] = []
  /// The first bytes of the text, likewise.
  private var textLead: [UInt8] = []
  /// How many bytes of a file stand before its text.
  private var markLength = 0
  private var takenCount = 0

  /// Opens a text.
  ///
  /// - Parameters:
  ///   - path: A path, or `-` for standard input.
  ///   - isRepeatable: Whether the text may be asked for again; what comes out of a pipe is kept then.
  /// - Throws: ``TableError`` if it can't be read, or is no UTF-8 text.
  init(path: String, isRepeatable: Bool) throws(TableError) {
    self.path = path
    do {
      file = try FileStream(path, byteLimit: Self.byteLimit, keepsBytes: isRepeatable)
    } catch {
      throw TableError(path: path, message: error.description)
    }
    try begin()
  }

  /// The number of bytes of the text; nil where it is not known before the end.
  var byteCount: Int? { inflater == nil ? file.byteCount.map { $0 - markLength } : nil }

  /// Goes back to a byte of the text that was read before.
  ///
  /// - Precondition: The source is repeatable, or a file.
  func restart(at offset: Int) throws(TableError) {
    guard inflater != nil else {
      file.seek(to: markLength + offset)
      (fileLead, textLead, takenCount) = ([], [], offset)
      return
    }
    file.seek(to: 0)
    try begin()
    var passed = [UInt8](repeating: 0, count: 1 << 18)
    while takenCount < offset {
      let room = min(passed.count, offset - takenCount)
      let count = try passed.withUnsafeMutableBufferPointer { bytes throws(TableError) in
        try read(
          into: UnsafeMutableRawBufferPointer(
            UnsafeMutableBufferPointer(rebasing: bytes[..<room])))
      }
      guard count == room else { return }
    }
  }

  /// Reads the next bytes of the text.
  ///
  /// - Returns: How many were read: fewer than there is room for only at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(TableError) -> Int {
    var count = textLead.moved(into: buffer)
    count += try readText(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
    takenCount += count
    guard takenCount <= Self.byteLimit else {
      throw TableError(
        path: path, message: "the decompressed table is larger than \(Self.byteLimit) bytes")
    }
    return count
  }

  /// Looks at the first bytes of the file and of the text in it.
  private func begin() throws(TableError) {
    (inflater, fileLead, textLead, markLength, takenCount) = (nil, [], [], 0, 0)
    fileLead = try first(3)
    if isGzip(fileLead) { inflater = try GzipReader(path: path) }
    textLead = try first(3)
    if textLead.starts(with: [0xFE, 0xFF]) || textLead.starts(with: [0xFF, 0xFE]) {
      throw TableError(path: path, message: "the text is UTF-16; save it as UTF-8")
    }
    if textLead == [0xEF, 0xBB, 0xBF] { (textLead, markLength) = ([], 3) }
  }

  private func first(_ count: Int) throws(TableError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let taken = try bytes.withUnsafeMutableBufferPointer { buffer throws(TableError) in
      try readText(into: UnsafeMutableRawBufferPointer(buffer))
    }
    return Array(bytes[..<taken])
  }

  private func readText(into buffer: UnsafeMutableRawBufferPointer) throws(TableError) -> Int {
    guard !buffer.isEmpty else { return 0 }
    guard let inflater else { return try readFile(into: buffer) }
    return try inflater.read(into: buffer) { (room) throws(TableError) in
      try self.readFile(into: room)
    }
  }

  private func readFile(into buffer: UnsafeMutableRawBufferPointer) throws(TableError) -> Int {
    let count = fileLead.moved(into: buffer)
    guard count < buffer.count else { return count }
    do {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
      return count + (try file.read(into: rest))
    } catch {
      throw TableError(path: path, message: error.description)
    }
  }
}

extension [UInt8] {
  /// Moves as many of the first bytes as there is room for, and says how many.
  fileprivate mutating func moved(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    guard !isEmpty else { return 0 }
    let moved = Swift.min(count, buffer.count)
    withUnsafeBytes { bytes in
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<moved]))
    }
    removeFirst(moved)
    return moved
  }
}
