/// The bytes of a message in the wire format of Protocol Buffers, field after field.
///
/// The few messages that models need are written by hand: five kinds of fields take less code than the
/// generated types would, and no run-time library. Lists of numbers are packed, which every reader accepts.
///
/// Reference: https://protobuf.dev/programming-guides/encoding
package struct ProtobufMessage: Sendable {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  /// Adds a whole number or an enumeration's value.
  package mutating func add(_ field: Int, _ value: Int) {
    addKey(field, wireType: 0)
    addVarint(UInt64(bitPattern: Int64(value)))
  }

  /// Adds a Float32.
  package mutating func add(_ field: Int, _ value: Float) {
    addKey(field, wireType: 5)
    bytes.append(littleEndian: value.bitPattern)
  }

  /// Adds a Float64.
  package mutating func add(_ field: Int, _ value: Double) {
    addKey(field, wireType: 1)
    bytes.append(littleEndian: value.bitPattern)
  }

  /// Adds a text in UTF-8.
  package mutating func add(_ field: Int, _ text: String) { add(field, Array(text.utf8)) }

  /// Adds a message within this one.
  package mutating func add(_ field: Int, _ message: ProtobufMessage) { add(field, message.bytes) }

  /// Adds bytes.
  package mutating func add(_ field: Int, _ content: [UInt8]) {
    addKey(field, wireType: 2)
    addVarint(UInt64(content.count))
    bytes += content
  }

  /// Adds a packed list of whole numbers.
  package mutating func add(_ field: Int, packed values: [Int]) {
    var list = ProtobufMessage()
    for value in values { list.addVarint(UInt64(bitPattern: Int64(value))) }
    add(field, list.bytes)
  }

  /// Adds a packed list of Float32 numbers.
  package mutating func add(_ field: Int, packed values: [Float]) {
    add(field, values.littleEndianBytes)
  }

  private mutating func addKey(_ field: Int, wireType: Int) {
    addVarint(UInt64(field << 3 | wireType))
  }

  /// Seven bits a byte, the lowest first; the eighth says that more follow.
  private mutating func addVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

extension [UInt8] {
  fileprivate mutating func append(littleEndian value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }
}

extension [Float] {
  /// The values as files have them.
  package var littleEndianBytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(4 * count)
    for value in self { bytes.append(littleEndian: value.bitPattern) }
    return bytes
  }
}

extension [Double] {
  /// The values as files have them.
  package var littleEndianBytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 * count)
    for value in self { bytes.append(littleEndian: value.bitPattern) }
    return bytes
  }
}
