import CTableText

/// Bytes of a text with room around them, so that vector code may read beyond both ends.
final class ChunkBuffer {
  private static let padding = Int(TABLE_TEXT_PADDING)

  private var memory: UnsafeMutablePointer<UInt8>
  private(set) var capacity: Int
  /// The number of bytes in use.
  private(set) var count = 0

  init(capacity: Int) {
    self.capacity = capacity
    memory = Self.zeros(capacity)
  }

  deinit { memory.deallocate() }

  var bytes: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: memory + Self.padding, count: count)
  }

  func append(_ bytes: [UInt8]) {
    reserve(count + bytes.count)
    bytes.withUnsafeBufferPointer { source in
      if let start = source.baseAddress { end.update(from: start, count: bytes.count) }
    }
    count += bytes.count
  }

  /// Appends up to `room` bytes that `read` puts into memory, and returns their number.
  func append(
    room: Int, _ read: (UnsafeMutableRawBufferPointer) throws(TableError) -> Int
  ) throws(TableError) -> Int {
    reserve(count + room)
    let taken = try read(UnsafeMutableRawBufferPointer(start: end, count: room))
    count += taken
    return taken
  }

  /// Forgets all bytes from a place on.
  func truncate(to count: Int) { self.count = count }

  private var end: UnsafeMutablePointer<UInt8> { memory + Self.padding + count }

  private func reserve(_ needed: Int) {
    guard needed > capacity else { return }
    let enlarged = Self.zeros(max(needed, 2 * capacity))
    (enlarged + Self.padding).update(from: memory + Self.padding, count: count)
    memory.deallocate()
    memory = enlarged
    capacity = max(needed, 2 * capacity)
  }

  private static func zeros(_ capacity: Int) -> UnsafeMutablePointer<UInt8> {
    let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity + 2 * padding)
    memory.initialize(repeating: 0, count: capacity + 2 * padding)
    return memory
  }
}
