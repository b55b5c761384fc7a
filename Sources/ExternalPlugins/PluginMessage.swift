import PluginKit

/// A message of the plugin protocol: a line of JSON, and arrays that follow it.
///
/// Values go out as they lie in memory, and the protocol is little-endian, like every machine that this
/// program is built for.
struct PluginMessage {
  /// The members of the object, without `arrays`.
  var members: [(String, JSONValue)]
  var arrays: [MessageArray] = []

  init(_ members: [(String, JSONValue)], arrays: [MessageArray] = []) {
    self.members = members
    self.arrays = arrays
  }

  subscript(name: String) -> JSONValue? { members.first { $0.0 == name }?.1 }

  /// The array of a name, or nil.
  func array(_ name: String) -> MessageArray? { arrays.first { $0.description.name == name } }

  /// The message in the pieces that are written one after the other.
  var pieces: [MessageArray.Content] {
    var members = members
    if !arrays.isEmpty { members.append(("arrays", .array(arrays.map(\.description.json)))) }
    let line = Array(JSONValue.object(members).text.utf8) + [UInt8(ascii: "\n")]
    return [.bytes(line)]
      + arrays.flatMap { array -> [MessageArray.Content] in
        let length = UInt64(array.content.byteCount).littleEndian
        return [.bytes(withUnsafeBytes(of: length) { Array($0) }), array.content]
      }
  }
}

/// The type of the values of an array.
enum ArrayType: String {
  case f32, f64, i32, i64, u8

  /// The bytes of one value.
  var byteCount: Int {
    switch self {
    case .f64, .i64: 8
    case .f32, .i32: 4
    case .u8: 1
    }
  }
}

/// What a message says about an array before it comes.
struct ArrayDescription {
  let name: String
  let type: ArrayType
  let shape: [Int]
  /// The bytes of all values.
  let byteCount: Int

  init(_ name: String, _ type: ArrayType, shape: [Int]) {
    self.name = name
    self.type = type
    self.shape = shape
    byteCount = shape.reduce(type.byteCount, *)
  }

  /// Reads an element of `arrays`; nil if it is none, or if its size is beyond 2^40 bytes.
  init?(_ json: JSONValue) {
    guard let name = json["name"]?.string, let lengths = json["shape"]?.array,
      let type = json["type"]?.string.flatMap(ArrayType.init(rawValue:))
    else { return nil }
    let shape = lengths.compactMap(\.integer)
    var byteCount = type.byteCount
    for length in shape {
      let (product, overflows) = byteCount.multipliedReportingOverflow(by: length)
      guard length >= 0, !overflows, product <= 1 << 40 else { return nil }
      byteCount = product
    }
    guard shape.count == lengths.count else { return nil }
    self.init(name, type, shape: shape)
  }

  var json: JSONValue {
    .object([
      ("name", .string(name)), ("type", .string(type.rawValue)),
      ("shape", .array(shape.map { .integer($0) })),
    ])
  }
}

/// An array of a message.
struct MessageArray {
  /// The values, without a copy where they come from a matrix.
  enum Content {
    case floats([Float])
    case integers([Int32])
    case bytes([UInt8])

    var byteCount: Int {
      switch self {
      case .floats(let values): 4 * values.count
      case .integers(let values): 4 * values.count
      case .bytes(let bytes): bytes.count
      }
    }

    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
      switch self {
      case .floats(let values): values.withUnsafeBytes(body)
      case .integers(let values): values.withUnsafeBytes(body)
      case .bytes(let bytes): bytes.withUnsafeBytes(body)
      }
    }
  }

  let description: ArrayDescription
  let content: Content

  init(_ description: ArrayDescription, _ content: Content) {
    precondition(content.byteCount == description.byteCount)
    self.description = description
    self.content = content
  }

  /// A matrix of Float32.
  init(_ name: String, _ matrix: FeatureMatrix) {
    self.init(
      ArrayDescription(name, .f32, shape: [matrix.rowCount, matrix.columnCount]),
      .floats(matrix.values))
  }

  /// The values as Float32; the array is of that type.
  var floats: [Float] {
    guard description.type == .f32 else { preconditionFailure("an array of \(description.type)") }
    if case .floats(let values) = content { return values }
    let count = description.byteCount / 4
    return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      content.withUnsafeBytes { UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
      initialized = count
    }
  }

  /// The values as they came.
  var bytes: [UInt8] { content.withUnsafeBytes { Array($0) } }
}
