package import PluginKit

/// A file of named arrays in the safetensors format: 8 bytes with the length of a JSON header, the header,
/// the arrays.
///
/// It can be mapped into memory, runs no code when it is opened, and opens in Python's `safetensors`.
/// Reference: https://github.com/huggingface/safetensors, "Format".
package struct SafetensorsFile: Sendable, Equatable {
  /// Texts by name, in the order of writing.
  package var metadata: [Entry]
  /// The arrays of Float32, in the order of writing.
  package var tensors: [NamedTensor]
  /// The arrays of other types, which follow them.
  package var buffers: [NamedBuffer]

  /// A name and its text.
  package struct Entry: Sendable, Equatable {
    package let name: String
    package let text: String

    package init(_ name: String, _ text: String) {
      self.name = name
      self.text = text
    }
  }

  package init(metadata: [Entry], tensors: [NamedTensor], buffers: [NamedBuffer] = []) {
    self.metadata = metadata
    self.tensors = tensors
    self.buffers = buffers
  }

  /// The text of a name, or nil.
  package func text(_ name: String) -> String? { metadata.first { $0.name == name }?.text }
}

// MARK: Writing

extension SafetensorsFile {
  /// The bytes of the file; values are little-endian.
  package func encoded() -> [UInt8] {
    var members: [(String, JSONValue)] = [
      ("__metadata__", .object(metadata.map { ($0.name, .string($0.text)) }))
    ]
    var offset = 0
    for tensor in tensors {
      let end = offset + 4 * tensor.values.count
      members.append((tensor.name, Self.description("F32", tensor.shape, from: offset, to: end)))
      offset = end
    }
    for buffer in buffers {
      let end = offset + buffer.bytes.count
      let type = buffer.elementType.rawValue.uppercased()
      members.append((buffer.name, Self.description(type, buffer.shape, from: offset, to: end)))
      offset = end
    }
    var header = Array(JSONValue.object(members).text.utf8)
    while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + header.count + offset)
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { bytes.append(contentsOf: $0) }
    bytes += header
    for tensor in tensors {
      for value in tensor.values {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
      }
    }
    for buffer in buffers { bytes += buffer.bytes }
    return bytes
  }

  private static func description(
    _ type: String, _ shape: [Int], from start: Int, to end: Int
  ) -> JSONValue {
    .object([
      ("dtype", .string(type)),
      ("shape", .array(shape.map { .integer($0) })),
      ("data_offsets", .array([.integer(start), .integer(end)])),
    ])
  }
}

// MARK: Reading

extension SafetensorsFile {
  /// Reads a file of arrays whose types are F32, F64, I32, I64 or U8.
  ///
  /// - Throws: ``ModelFileError`` if a length, an offset or a shape does not fit the bytes.
  package init(decoding bytes: [UInt8]) throws(ModelFileError) {
    guard bytes.count >= 8 else { throw .damaged("it ends within the first 8 bytes") }
    guard bytes.count == 8 || bytes[8] == UInt8(ascii: "{") else {
      throw .unusable("this is no model file: it is no safetensors file")
    }
    let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(bytes.count - 8) else {
      throw .damaged("its header should be \(length) bytes long, and there are \(bytes.count - 8)")
    }
    let dataStart = 8 + Int(length)
    let header: JSONValue
    do {
      header = try JSONValue(parsing: Array(bytes[8..<dataStart]))
    } catch {
      throw .damaged("its header is not JSON: \(error)")
    }
    guard let members = header.members else { throw .damaged("its header is no object") }
    metadata = []
    tensors = []
    buffers = []
    var expectedStart = 0
    for (name, value) in members {
      if name == "__metadata__" {
        metadata = try Self.metadata(in: value)
      } else {
        let place = try Self.place(name, value, byteCount: bytes.count - dataStart)
        guard place.range.lowerBound == expectedStart else {
          throw .damaged("the array '\(name)' does not follow the one before it")
        }
        expectedStart = place.range.upperBound
        let start = dataStart + place.range.lowerBound
        if let type = place.type {
          let content = Array(bytes[start..<dataStart + expectedStart])
          buffers.append(NamedBuffer(name, type, shape: place.shape, bytes: content))
        } else {
          tensors.append(Self.tensor(name, place.shape, bytes: bytes, start: start))
        }
      }
    }
    guard dataStart + expectedStart == bytes.count else {
      throw .damaged("\(bytes.count - dataStart - expectedStart) bytes belong to no array")
    }
  }

  private static func metadata(in value: JSONValue) throws(ModelFileError) -> [Entry] {
    guard let members = value.members else { throw .damaged("its metadata is no object") }
    var entries: [Entry] = []
    for (name, value) in members {
      guard let text = value.string else { throw .damaged("the metadata '\(name)' is no text") }
      entries.append(Entry(name, text))
    }
    return entries
  }

  /// The type of an array (nil for Float32), its shape, and where its bytes lie behind the header.
  private static func place(
    _ name: String, _ value: JSONValue, byteCount: Int
  ) throws(ModelFileError) -> (type: NamedBuffer.ElementType?, shape: [Int], range: Range<Int>) {
    let typeName = value["dtype"]?.string ?? ""
    let type = NamedBuffer.ElementType.allCases.first { $0.rawValue.uppercased() == typeName }
    guard type != nil || typeName == "F32" else {
      throw .damaged("the array '\(name)' is of none of the types F32, F64, I32, I64, U8")
    }
    guard let shape = value["shape"]?.integers, let offsets = value["data_offsets"]?.integers else {
      throw .damaged("the shape or place of the array '\(name)' is no list of whole numbers")
    }
    guard let count = elementCount(shape), offsets.count == 2, offsets[0] >= 0,
      offsets[0] <= offsets[1], offsets[1] <= byteCount,
      offsets[1] - offsets[0] == (type?.byteCount ?? 4) * count
    else { throw .damaged("the shape or place of the array '\(name)' does not fit the file") }
    return (type, shape, offsets[0]..<offsets[1])
  }

  private static func tensor(
    _ name: String, _ shape: [Int], bytes: [UInt8], start: Int
  ) -> NamedTensor {
    let count = shape.reduce(1, *)
    let values = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      bytes.withUnsafeBytes { source in
        for index in 0..<count {
          let bits = source.loadUnaligned(fromByteOffset: start + 4 * index, as: UInt32.self)
          buffer[index] = Float(bitPattern: UInt32(littleEndian: bits))
        }
      }
      initialized = count
    }
    return NamedTensor(name, shape: shape, values: values)
  }

  /// The product of a shape, or nil if a length is negative or the product too large.
  private static func elementCount(_ shape: [Int]) -> Int? {
    var count = 1
    for length in shape {
      let (product, overflows) = count.multipliedReportingOverflow(by: length)
      guard length >= 0, !overflows, product <= 1 << 40 else { return nil }
      count = product
    }
    return count
  }
}

extension JSONValue {
  /// The elements, if this is an array of whole numbers.
  fileprivate var integers: [Int]? {
    guard let array else { return nil }
    let integers = array.compactMap(\.integer)
    return integers.count == array.count ? integers : nil
  }
}

/// A model file that can't be used.
package enum ModelFileError: Error, Equatable, CustomStringConvertible {
  /// The bytes are not those that were written.
  case damaged(String)
  /// The file is of a later version of the program.
  case newer(found: Int, known: Int)
  /// The file needs something that this program does not have.
  case unusable(String)

  package var description: String {
    switch self {
    case .damaged(let what): "the model file is damaged: \(what)"
    case .newer(let found, let known):
      "the model file has format version \(found), and this program reads up to \(known): "
        + "use a newer automl"
    case .unusable(let what): what
    }
  }
}
