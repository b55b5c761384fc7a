import CSHA256

/// The hash function SHA-256, for digests of files.
///
/// A library for it would be the heaviest dependency of the program; it is checked against the vectors of
/// the standard. Reference: FIPS 180-4, "Secure Hash Standard", 2015, doi:10.6028/NIST.FIPS.180-4.
package struct SHA256 {
  /// The first 32 bits of the fractional parts of the square roots of the first 8 primes.
  private var state: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a,
    0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  private var byteCount = 0
  /// Bytes that do not fill a block yet.
  private var rest: [UInt8] = []

  package init() {}

  /// Takes the next bytes.
  package mutating func take(_ bytes: UnsafeBufferPointer<UInt8>) {
    byteCount += bytes.count
    guard rest.isEmpty else {
      let filling = bytes.prefix(64 - rest.count)
      rest += filling
      guard rest.count == 64 else { return }
      sha256_compress(&state, rest, 1)
      rest = []
      return takeBlocks(UnsafeBufferPointer(rebasing: bytes[filling.endIndex...]))
    }
    takeBlocks(bytes)
  }

  private mutating func takeBlocks(_ bytes: UnsafeBufferPointer<UInt8>) {
    let blocks = bytes.count / 64
    if blocks > 0, let start = bytes.baseAddress { sha256_compress(&state, start, blocks) }
    rest = Array(bytes[(64 * blocks)...])
  }

  /// The 32 bytes of the digest of all that was taken.
  package var digest: [UInt8] {
    var (state, tail) = (state, rest)
    // A 1 bit, zeros, and the length in bits fill one or two whole blocks.
    tail.append(0x80)
    while tail.count % 64 != 56 { tail.append(0) }
    let bitCount = UInt64(byteCount) * 8
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      tail.append(UInt8(truncatingIfNeeded: bitCount >> shift))
    }
    sha256_compress(&state, tail, tail.count / 64)
    return state.flatMap { word in
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) }
    }
  }
}

extension SHA256 {
  /// The digest of some bytes as 64 hexadecimal digits.
  package static func hexDigest(of bytes: [UInt8]) -> String {
    hexadecimal(digest(of: bytes))
  }

  /// The 32 bytes of the digest of some bytes.
  package static func digest(of bytes: [UInt8]) -> [UInt8] {
    var hash = SHA256()
    bytes.withUnsafeBufferPointer { hash.take($0) }
    return hash.digest
  }

  /// The digest of a file as 64 hexadecimal digits; the file is not held in memory.
  ///
  /// - Throws: ``FileError`` if it can't be read, or changes meanwhile.
  package static func hexDigest(ofFile path: String) throws(FileError) -> String {
    let file = try FileStream(path)
    let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 18)
    defer { buffer.deallocate() }
    var hash = SHA256()
    while true {
      let count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
      hash.take(UnsafeBufferPointer(rebasing: buffer[..<count]))
      if count < buffer.count { return hexadecimal(hash.digest) }
    }
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}
