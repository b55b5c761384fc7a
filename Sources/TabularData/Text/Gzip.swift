import CZlib

/// Whether bytes begin as a gzip file does (RFC 1952).
func isGzip(_ bytes: [UInt8]) -> Bool { bytes.count >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B }

/// Decompresses a gzip file piece by piece; it may have several members, whose checksums are verified.
///
/// Zero bytes after the last member are padding. Anything else that is wrong is an error, so that a
/// part of a table is never taken for the whole.
final class GzipReader {
  /// Reads compressed bytes; 0 at the end.
  typealias Input = (UnsafeMutableRawBufferPointer) throws(TableError) -> Int
  private enum State { case inMember, betweenMembers, inPadding }

  private let path: String
  // zlib keeps the address of the stream.
  private let stream: UnsafeMutablePointer<z_stream>
  private var input = [UInt8](repeating: 0, count: 1 << 18)
  private var inputRange = 0..<0
  private var isInputAtEnd = false
  private var state = State.inMember

  /// Begins a file.
  ///
  /// - Parameter path: The file as the person gave it, for messages.
  /// - Throws: ``TableError`` if there is no memory.
  init(path: String) throws(TableError) {
    self.path = path
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let gzipOnly = 16 + MAX_WBITS
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(stream, gzipOnly, ZLIB_VERSION, size) == Z_OK else {
      throw TableError(path: path, message: "there is no memory to decompress it")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Decompresses the next bytes.
  ///
  /// - Returns: How many there are: fewer than there is room for only at the end.
  /// - Throws: ``TableError`` if the file is damaged, or can't be read.
  func read(
    into buffer: UnsafeMutableRawBufferPointer, from more: Input
  ) throws(TableError) -> Int {
    var count = 0
    while count < buffer.count {
      if inputRange.isEmpty, !isInputAtEnd {
        let taken = try input.withUnsafeMutableBufferPointer { bytes throws(TableError) in
          try more(UnsafeMutableRawBufferPointer(bytes))
        }
        inputRange = 0..<taken
        isInputAtEnd = taken == 0
      }
      if state != .inMember { try passPadding() }
      if state == .inMember {
        count += try inflate(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
      } else if isInputAtEnd {
        break
      }
    }
    return count
  }

  /// Goes on to the next member, or to the end of this input.
  private func passPadding() throws(TableError) {
    while let place = inputRange.first {
      if state == .betweenMembers, input[place] == 0x1F {
        inflateReset(stream)
        return state = .inMember
      }
      guard input[place] == 0 else {
        throw damage("something else follows the gzip data; compress the table again")
      }
      state = .inPadding
      inputRange.removeFirst()
    }
  }

  private func inflate(
    into buffer: UnsafeMutableRawBufferPointer
  ) throws(TableError) -> Int {
    let room = min(buffer.count, 1 << 30)
    let (status, consumed, produced) = input.withUnsafeMutableBufferPointer { source in
      stream.pointee.next_in = source.baseAddress.map { $0 + inputRange.lowerBound }
      stream.pointee.avail_in = UInt32(inputRange.count)
      stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = UInt32(room)
      let status = CZlib.inflate(stream, Z_NO_FLUSH)
      let consumed = inputRange.count - Int(stream.pointee.avail_in)
      return (status, consumed, room - Int(stream.pointee.avail_out))
    }
    inputRange.removeFirst(consumed)
    switch status {
    case Z_STREAM_END: state = .betweenMembers
    case Z_OK where consumed + produced > 0: break
    case Z_OK, Z_BUF_ERROR:
      guard !isInputAtEnd else { throw damage("the gzip file ends too early; copy it again") }
    default: throw damage("the gzip file is damaged; copy it again")
    }
    return produced
  }

  private func damage(_ message: String) -> TableError { TableError(path: path, message: message) }
}
