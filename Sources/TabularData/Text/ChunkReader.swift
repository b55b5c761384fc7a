import CTableText
import Synchronization

/// Cuts a text into chunks of whole rows.
///
/// A chunk begins where a row begins and ends with a line end, the last one perhaps without. Blank
/// lines stand before a chunk's rows, never behind them, and those at the end of the text are left out.
/// Rows are found by counting quotes, which is right up to the first fault of the text.
final class ChunkReader {
  /// A part of the text.
  struct Chunk {
    /// Counted from 0.
    let number: Int
    /// The place of its first byte in the text.
    let offset: Int
  }

  private let source: TextSource
  private let byteCount: Int
  private let delimiter: UInt8
  private let fieldCount: Int
  /// The bytes that stand before those that the source gives next.
  private var head: ArraySlice<UInt8>
  /// What was read and belongs to the next chunk.
  private var carry: [UInt8] = []
  private let cutsAnywhere = Atomic(false)
  private var isAtEnd = false
  private var number = 0
  private var offset: Int

  /// - Parameters:
  ///   - source: The text from where `head` ends.
  ///   - head: The first bytes, from the beginning of a row.
  ///   - offset: The place of `head` in the text.
  ///   - byteCount: About how many bytes a chunk has, 1 or more.
  ///   - delimiter: What separates fields.
  ///   - fieldCount: The number of fields of each row.
  init(
    _ source: TextSource, head: ArraySlice<UInt8>, offset: Int, byteCount: Int, delimiter: UInt8,
    fieldCount: Int
  ) {
    self.source = source
    self.head = head
    self.offset = offset
    self.byteCount = byteCount
    self.delimiter = delimiter
    self.fieldCount = fieldCount
  }

  /// Puts the next chunk into a buffer; nil if there is none.
  ///
  /// - Throws: ``TableError`` if the text can't be read.
  func next(into buffer: ChunkBuffer) throws(TableError) -> Chunk? {
    buffer.truncate(to: 0)
    buffer.append(carry)
    carry = []
    var quotes = buffer.count(of: UInt8(ascii: "\""), from: 0)
    while true {
      if !isAtEnd {
        let known = buffer.count
        let room = max(byteCount, known)
        let taken = try buffer.append(room: room) { (bytes) throws(TableError) in
          try read(into: bytes)
        }
        isAtEnd = taken < room
        quotes += buffer.count(of: UInt8(ascii: "\""), from: known)
      }
      guard let end = isAtEnd ? buffer.contentEnd : cut(buffer, quotes) else { continue }
      guard end > 0 else { return nil }
      if !isAtEnd { carry = Array(buffer.bytes[end...]) }
      buffer.truncate(to: end)
      defer { (number, offset) = (number + 1, offset + end) }
      return Chunk(number: number, offset: offset)
    }
  }

  private func read(into buffer: UnsafeMutableRawBufferPointer) throws(TableError) -> Int {
    guard !head.isEmpty else { return try source.read(into: buffer) }
    let count = min(head.count, buffer.count)
    buffer.copyBytes(from: head.prefix(count))
    head.removeFirst(count)
    let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
    return count + (rest.isEmpty ? 0 : try source.read(into: rest))
  }

  /// Has chunks end anywhere, where the text is at fault and is only searched for worse.
  func cutAnywhere() { cutsAnywhere.store(true, ordering: .relaxed) }

  /// Where the last row ends, before any blank lines; nil if no row does.
  private func cut(_ buffer: ChunkBuffer, _ quotes: Int) -> Int? {
    if cutsAnywhere.load(ordering: .relaxed) { return buffer.count }
    let rowEnd = table_text_last_row_end(
      buffer.bytes.baseAddress, buffer.count, !quotes.isMultiple(of: 2))
    if rowEnd > 0 {
      let end = UnsafeBufferPointer(rebasing: buffer.bytes[..<rowEnd]).contentEnd
      return end > 0 ? end : nil
    }
    return quotes > 0 && isAtFault(buffer) ? buffer.count : nil
  }

  /// Whether the rows are at fault, so that counting quotes leads nowhere.
  private func isAtFault(_ buffer: ChunkBuffer) -> Bool {
    do {
      _ = try scanRows(
        buffer.bytes, delimiter: delimiter, fieldCount: fieldCount, isWhole: false)
      return false
    } catch {
      return true
    }
  }
}

extension ChunkBuffer {
  fileprivate func count(of byte: UInt8, from start: Int) -> Int {
    guard let base = bytes.baseAddress else { return 0 }
    return table_text_count(base + start, count - start, byte)
  }

  /// Where the rows end that are not blank.
  fileprivate var contentEnd: Int { bytes.contentEnd }
}

extension UnsafeBufferPointer<UInt8> {
  /// The end of the line of the last byte that is not blank; 0 if all are.
  fileprivate var contentEnd: Int {
    guard let last = lastIndex(where: { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D }) else { return 0 }
    return self[(last + 1)...].firstIndex(of: 0x0A).map { $0 + 1 } ?? count
  }
}
