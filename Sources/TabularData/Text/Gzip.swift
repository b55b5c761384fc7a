import CZlib

/// Why compressed bytes could not be read.
enum GzipError: Error, Equatable {
  case truncated
  case corrupt
  case trailingBytes
  case tooLarge(limit: Int)
}

/// Whether bytes begin as a gzip file does (RFC 1952).
func isGzip(_ bytes: [UInt8]) -> Bool { bytes.count >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B }

/// Decompresses a gzip file, which may have several members; their checksums are verified.
///
/// Zero bytes after the last member are padding.
///
/// - Parameters:
///   - bytes: The whole file.
///   - byteLimit: The most bytes to make of it.
/// - Returns: What was compressed.
/// - Throws: ``GzipError``, so that a partial table is never taken for a whole one.
func gunzip(_ bytes: [UInt8], byteLimit: Int) throws(GzipError) -> [UInt8] {
  var stream = z_stream()
  let gzipOnly = 16 + MAX_WBITS
  guard
    inflateInit2_(&stream, gzipOnly, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
  else { throw .corrupt }
  defer { inflateEnd(&stream) }

  var output: [UInt8] = []
  output.reserveCapacity(min(byteLimit, bytes.count * 4))
  var chunk = [UInt8](repeating: 0, count: 1 << 18)
  var consumed = 0
  repeat {
    let step = inflateStep(&stream, bytes, from: consumed, into: &chunk)
    consumed += step.consumed
    output.append(contentsOf: chunk[..<step.produced])
    guard output.count <= byteLimit else { throw .tooLarge(limit: byteLimit) }
    switch step.status {
    case Z_OK where step.consumed + step.produced > 0: continue
    case Z_OK, Z_BUF_ERROR: throw .truncated
    case Z_STREAM_END: inflateReset(&stream)
    default: throw .corrupt
    }
    if isPadding(bytes[consumed...]) { return output }
    guard bytes[consumed] == 0x1F else { throw .trailingBytes }
  } while true
}

private func inflateStep(
  _ stream: inout z_stream, _ input: [UInt8], from start: Int, into chunk: inout [UInt8]
) -> (status: Int32, consumed: Int, produced: Int) {
  let offered = min(input.count - start, 1 << 30)
  let room = chunk.count
  return input.withUnsafeBufferPointer { source in
    chunk.withUnsafeMutableBufferPointer { target in
      // zlib only reads from next_in; its C declaration lacks the const.
      stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress.map { $0 + start })
      stream.avail_in = UInt32(offered)
      stream.next_out = target.baseAddress
      stream.avail_out = UInt32(room)
      let status = inflate(&stream, Z_NO_FLUSH)
      return (status, offered - Int(stream.avail_in), room - Int(stream.avail_out))
    }
  }
}

private func isPadding(_ rest: ArraySlice<UInt8>) -> Bool { rest.allSatisfy { $0 == 0 } }
