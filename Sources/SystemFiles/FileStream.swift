#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that is read piece by piece, from its beginning and perhaps again from elsewhere.
///
/// Files are read at positions, so that nothing else that reads them is disturbed. A file that
/// changes meanwhile is an error, and no signal, as it would be with mapped memory. Pipes are read as
/// they come; what was read is kept only if it may be asked for again.
package final class FileStream {
  private let path: String
  private let byteLimit: Int
  private let descriptor: Int32
  /// What the file was when it was opened; nil for pipes and the like.
  private let opened: stat?
  /// Where the stream began: standard input may be in the middle of a file.
  private let origin: Int
  private let keepsBytes: Bool
  /// What came out of a pipe so far.
  private var kept: [UInt8] = []
  private var isPipeAtEnd = false
  private var pipeCount = 0
  private var position = 0

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: A path, or `-` for standard input.
  ///   - byteLimit: The most bytes to take.
  ///   - keepsBytes: Whether what comes out of a pipe may be read again.
  /// - Throws: ``FileError`` if it can't be read, is a folder, or is larger than `byteLimit`.
  package init(
    _ path: String, byteLimit: Int = .max, keepsBytes: Bool = false
  ) throws(FileError) {
    let isInput = path == "-"
    self.path = isInput ? "standard input" : path
    self.byteLimit = byteLimit
    self.keepsBytes = keepsBytes
    descriptor = isInput ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .last("read", self.path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .last("read", self.path) }
    let kind = status.st_mode & S_IFMT
    let start = kind == S_IFREG && isInput ? lseek(descriptor, 0, SEEK_CUR) : 0
    origin = max(0, Int(start))
    // Files of the system without a size, such as those in /proc, are read like pipes.
    opened = kind == S_IFREG && status.st_size > 0 ? status : nil
    guard kind != S_IFDIR else {
      throw FileError(path: self.path, action: "read", reason: .system(EISDIR))
    }
    guard opened == nil || Int(status.st_size) <= byteLimit else { throw tooLarge }
  }

  deinit { if descriptor > STDERR_FILENO { close(descriptor) } }

  /// The number of bytes from the beginning; nil where it is not known before the end.
  package var byteCount: Int? { opened.map { max(0, Int($0.st_size) - origin) } }

  /// Reads the next bytes.
  ///
  /// - Parameter buffer: Where they go.
  /// - Returns: How many were read: fewer than there is room for only at the end.
  /// - Throws: ``FileError`` if they can't be read, or if the file is another than when it was opened.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    let count = try opened == nil ? readPipe(buffer) : readFile(buffer)
    position += count
    return count
  }

  /// Goes to a position, for the next ``read(into:)``.
  ///
  /// - Parameter offset: A number of bytes from the beginning, at most what was read before.
  /// - Precondition: The bytes of a pipe are kept, or nothing was read.
  package func seek(to offset: Int) {
    precondition(
      opened != nil || keepsBytes || pipeCount == 0,
      "the bytes of \(path) were not kept and can't be read again")
    position = offset
  }

  private func readFile(_ buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    var count = 0
    while count < buffer.count, let base = buffer.baseAddress {
      let taken = pread(
        descriptor, base + count, buffer.count - count, off_t(origin + position + count))
      if taken < 0, errno == EINTR { continue }
      guard taken >= 0 else { throw .last("read", path) }
      guard taken > 0 else { break }
      count += taken
    }
    if count < buffer.count || position + count == byteCount {
      try checkUnchanged(end: position + count)
    }
    return count
  }

  /// Refuses a file that ends elsewhere than it did, or was written to.
  private func checkUnchanged(end: Int) throws(FileError) {
    var now = stat()
    guard fstat(descriptor, &now) == 0 else { throw .last("read", path) }
    guard let opened, end == byteCount, now.st_size == opened.st_size, isSameTime(now, opened)
    else { throw FileError(path: path, action: "read", reason: .changed) }
  }

  private func isSameTime(_ a: stat, _ b: stat) -> Bool {
    #if canImport(Darwin)
      let (first, second) = (a.st_mtimespec, b.st_mtimespec)
    #else
      let (first, second) = (a.st_mtim, b.st_mtim)
    #endif
    return first.tv_sec == second.tv_sec && first.tv_nsec == second.tv_nsec
  }

  private func readPipe(_ buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    var count = 0
    if keepsBytes, position < kept.count {
      count = min(buffer.count, kept.count - position)
      buffer.copyBytes(from: kept[position..<position + count])
    }
    while count < buffer.count, !isPipeAtEnd, let base = buffer.baseAddress {
      let taken = readBytes(descriptor, base + count, buffer.count - count)
      if taken < 0, errno == EINTR { continue }
      guard taken >= 0 else { throw .last("read", path) }
      isPipeAtEnd = taken == 0
      if keepsBytes { kept += UnsafeRawBufferPointer(start: base + count, count: taken) }
      count += taken
      pipeCount += taken
      guard pipeCount <= byteLimit else { throw tooLarge }
    }
    return count
  }

  private var tooLarge: FileError {
    FileError(path: path, action: "read", reason: .tooLarge(limit: byteLimit))
  }
}

/// The system's function, which the method of this name hides.
private func readBytes(
  _ descriptor: Int32, _ memory: UnsafeMutableRawPointer, _ count: Int
) -> Int {
  read(descriptor, memory, count)
}
