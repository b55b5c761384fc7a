import SystemFiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The log beside a database in WAL mode, which holds the newest versions of pages, each with a checksum over
/// all that come before it.
///
/// SQLite takes the first frame that is not right for the end of the log, and so would lose finished trials
/// without a word where a byte has changed. This program never overwrites a log, it empties it; so whole
/// frames that are not right mean damage, while a frame that is cut short is a write that was never done.
/// Another program may begin the log anew over the old frames: those bear an older salt.
///
/// Reference: "WAL-mode File Format", https://www.sqlite.org/walformat.html.
struct WriteAheadLog {
  private static let headerSize = 32
  private static let frameHeaderSize = 24

  private let bytes: [UInt8]
  private let pageSize: Int
  private let isBigEndian: Bool

  /// Whether nothing is wrong with a log.
  static func isWhole(_ bytes: [UInt8]) -> Bool {
    // Until its header is written a log holds nothing.
    guard bytes.count > headerSize else { return true }
    guard let log = WriteAheadLog(bytes) else { return false }
    return log.framesAreWhole
  }

  /// Reads the header; nil if it is not right.
  private init?(_ bytes: [UInt8]) {
    self.bytes = bytes
    let magic = Self.word(bytes, 0)
    isBigEndian = magic & 1 == 1
    pageSize = Int(Self.word(bytes, 8))
    guard magic | 1 == 0x377F_0683, Self.word(bytes, 4) == 3_007_000,
      pageSize >= 512, pageSize <= 65_536, pageSize & (pageSize - 1) == 0
    else { return nil }
    var sum = Checksum(isBigEndian: isBigEndian)
    sum.add(bytes, 0..<24)
    guard sum.first == Self.word(bytes, 24), sum.second == Self.word(bytes, 28) else { return nil }
  }

  private var framesAreWhole: Bool {
    var sum = Checksum(
      isBigEndian: isBigEndian, first: Self.word(bytes, 24), second: Self.word(bytes, 28))
    let frameSize = Self.frameHeaderSize + pageSize
    var isPastEnd = false
    for start in stride(from: Self.headerSize, through: bytes.count - frameSize, by: frameSize) {
      sum.add(bytes, start..<start + 8)
      sum.add(bytes, start + Self.frameHeaderSize..<start + frameSize)
      let isSummedRight =
        Self.word(bytes, start + 16) == sum.first && Self.word(bytes, start + 20) == sum.second
      if !isPastEnd, isSummedRight, age(ofFrame: start) == 0 { continue }
      guard !isSummedRight, age(ofFrame: start) > 0 else { return false }
      isPastEnd = true
    }
    return true
  }

  /// How often the log was begun anew since a frame was written; -1 if it was never written to this log.
  private func age(ofFrame start: Int) -> Int {
    let (salt, frameSalt) = (Self.word(bytes, 16), Self.word(bytes, start + 8))
    if frameSalt == salt { return bytes[20..<24] == bytes[start + 12..<start + 16] ? 0 : -1 }
    let age = salt &- frameSalt
    return age <= Self.word(bytes, 12) ? Int(age) : -1
  }

  /// The 32 bits at a byte, the highest first.
  private static func word(_ bytes: [UInt8], _ start: Int) -> UInt32 {
    bytes[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// The checksum of the format: two sums that feed each other.
  private struct Checksum {
    let isBigEndian: Bool
    var first: UInt32 = 0
    var second: UInt32 = 0

    mutating func add(_ bytes: [UInt8], _ range: Range<Int>) {
      bytes.withUnsafeBytes { buffer in
        for start in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
          first &+= word(buffer, start) &+ second
          second &+= word(buffer, start + 4) &+ first
        }
      }
    }

    private func word(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> UInt32 {
      let word = bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self)
      return isBigEndian ? UInt32(bigEndian: word) : UInt32(littleEndian: word)
    }
  }
}

/// Refuses a study whose log is damaged, which SQLite would pass over.
///
/// - Throws: ``TrialStoreError``.
func checkWriteAheadLog(of path: String) throws(TrialStoreError) {
  // Somebody who writes may have been met in the midst of it.
  for attempt in 1...5 {
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try readFile(path + "-wal")
    } catch {
      if error.isMissing { return }
      throw TrialStoreError(path: path, error)
    }
    if WriteAheadLog.isWhole(bytes) { return }
    if attempt < 5 { usleep(20_000) }
  }
  throw TrialStoreError(path: path, .logDamaged)
}

extension SQLiteConnection {
  /// Moves a long log into the file and empties it, unless somebody is reading.
  func emptyLongLog() {
    var log = stat()
    guard stat(path + "-wal", &log) == 0, log.st_size > 4 << 20 else { return }
    _ = try? script(
      "PRAGMA busy_timeout = 100; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA busy_timeout = 10000")
  }
}
