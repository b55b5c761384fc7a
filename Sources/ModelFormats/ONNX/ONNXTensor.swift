/// A constant of an ONNX graph.
struct ONNXTensor: Sendable {
  /// The numbers of `TensorProto.DataType`.
  enum ElementType: Int {
    case float32 = 1
    case int64 = 7
    case text = 8
    case bool = 9
    case float64 = 11
  }

  let type: ElementType
  let shape: [Int]
  /// Little-endian numbers.
  private var content: [UInt8] = []
  private var texts: [String] = []

  init(_ values: [Float], shape: [Int]) {
    type = .float32
    self.shape = shape
    content = values.littleEndianBytes
  }

  init(_ values: [Double], shape: [Int]) {
    type = .float64
    self.shape = shape
    content = values.littleEndianBytes
  }

  init(_ values: [Int]) {
    type = .int64
    shape = [values.count]
    for value in values {
      withUnsafeBytes(of: Int64(value).littleEndian) { content += $0 }
    }
  }

  init(_ texts: [String]) {
    type = .text
    shape = [texts.count]
    self.texts = texts
  }

  /// A number of no dimension.
  init(scalar value: Int) {
    type = .int64
    shape = []
    withUnsafeBytes(of: Int64(value).littleEndian) { content += $0 }
  }

  /// The tensor as `TensorProto`.
  func message(named name: String) -> ProtobufMessage {
    var message = ProtobufMessage()
    message.add(1, packed: shape)
    message.add(2, type.rawValue)
    for text in texts { message.add(6, text) }
    message.add(8, name)
    if type != .text { message.add(9, content) }
    return message
  }
}
