/// An ONNX model while its nodes are written.
///
/// Field numbers are those of `onnx.proto` (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
struct ONNXGraph {
  /// Operators as of ONNX 1.12, which onnxruntime has since 1.12 (2022).
  static let irVersion = 8
  static let operatorVersion = 17
  /// The operators for texts and trees, `ai.onnx.ml`.
  static let machineLearningVersion = 3

  /// What a node may be told besides its inputs.
  enum Attribute {
    case int(Int)
    case ints([Int])
    case floats([Float])
    case text(String)
    case texts([String])
  }

  private var nodes: [ProtobufMessage] = []
  private var constants: [ProtobufMessage] = []
  private var inputs: [ProtobufMessage] = []
  private var outputs: [ProtobufMessage] = []
  private var takenNames: Set<[UInt8]>
  private var valueCount = 0
  /// What the names of inner values begin with; no column's name does.
  private let prefix: String

  /// - Parameter columnNames: The names of the columns, which become those of the inputs.
  init(columnNames: [String]) {
    takenNames = Set(columnNames.map { Array($0.utf8) })
    var prefix = "value_"
    while columnNames.contains(where: { $0.utf8.starts(with: prefix.utf8) }) { prefix += "_" }
    self.prefix = prefix
  }

  /// A name that is no column's: `name`, or with as many `'` behind it as it takes.
  mutating func uniqueName(_ name: String) -> String {
    var name = name
    while !takenNames.insert(Array(name.utf8)).inserted { name += "'" }
    return name
  }

  /// Adds a constant, and gives its name.
  mutating func constant(_ tensor: ONNXTensor) -> String {
    let name = nextName()
    constants.append(tensor.message(named: name))
    return name
  }

  /// Adds a node with one result, and gives the result's name.
  mutating func add(
    _ operation: String, _ inputs: [String], _ attributes: [(String, Attribute)] = [],
    domain: String = "", named name: String? = nil
  ) -> String {
    add(operation, inputs, attributes, domain: domain, resultNames: [name ?? nextName()])[0]
  }

  /// Adds a node with several results, and gives their names.
  mutating func add(
    _ operation: String, _ inputs: [String], _ attributes: [(String, Attribute)] = [],
    resultCount: Int
  ) -> [String] {
    add(
      operation, inputs, attributes, domain: "",
      resultNames: (0..<resultCount).map { _ in nextName() })
  }

  private mutating func add(
    _ operation: String, _ inputs: [String], _ attributes: [(String, Attribute)], domain: String,
    resultNames: [String]
  ) -> [String] {
    var node = ProtobufMessage()
    for input in inputs { node.add(1, input) }
    for name in resultNames { node.add(2, name) }
    node.add(4, operation)
    for (name, attribute) in attributes { node.add(5, attribute.message(named: name)) }
    if !domain.isEmpty { node.add(7, domain) }
    nodes.append(node)
    return resultNames
  }

  private mutating func nextName() -> String {
    valueCount += 1
    return prefix + "\(valueCount)"
  }

  /// Adds an input; nil in its shape is the number of rows.
  mutating func addInput(_ name: String, _ type: ONNXTensor.ElementType, shape: [Int?]) {
    inputs.append(Self.valueInfo(name, type, shape))
  }

  /// Adds an output; nil in its shape is the number of rows.
  mutating func addOutput(_ name: String, _ type: ONNXTensor.ElementType, shape: [Int?]) {
    outputs.append(Self.valueInfo(name, type, shape))
  }

  private static func valueInfo(
    _ name: String, _ type: ONNXTensor.ElementType, _ shape: [Int?]
  ) -> ProtobufMessage {
    var dimensions = ProtobufMessage()
    for length in shape {
      var dimension = ProtobufMessage()
      if let length { dimension.add(1, length) } else { dimension.add(2, "rows") }
      dimensions.add(1, dimension)
    }
    var tensor = ProtobufMessage()
    tensor.add(1, type.rawValue)
    tensor.add(2, dimensions)
    var kind = ProtobufMessage()
    kind.add(1, tensor)
    var info = ProtobufMessage()
    info.add(1, name)
    info.add(2, kind)
    return info
  }

  /// The whole model as `ModelProto`; readers find the names and texts of `metadata` beside the graph.
  func model(named name: String, metadata: [(String, String)]) -> ProtobufMessage {
    var graph = ProtobufMessage()
    for node in nodes { graph.add(1, node) }
    graph.add(2, name)
    for constant in constants { graph.add(5, constant) }
    for input in inputs { graph.add(11, input) }
    for output in outputs { graph.add(12, output) }
    var model = ProtobufMessage()
    model.add(1, Self.irVersion)
    model.add(2, "automl")
    model.add(7, graph)
    model.add(8, Self.operators("", Self.operatorVersion))
    model.add(8, Self.operators("ai.onnx.ml", Self.machineLearningVersion))
    for (key, value) in metadata {
      var entry = ProtobufMessage()
      entry.add(1, key)
      entry.add(2, value)
      model.add(14, entry)
    }
    return model
  }

  private static func operators(_ domain: String, _ version: Int) -> ProtobufMessage {
    var message = ProtobufMessage()
    message.add(1, domain)
    message.add(2, version)
    return message
  }
}

extension ONNXGraph.Attribute {
  /// The attribute as `AttributeProto`.
  fileprivate func message(named name: String) -> ProtobufMessage {
    var message = ProtobufMessage()
    message.add(1, name)
    switch self {
    case .int(let value):
      message.add(3, value)
      message.add(20, 2)
    case .text(let text):
      message.add(4, text)
      message.add(20, 3)
    case .floats(let values):
      message.add(7, packed: values)
      message.add(20, 6)
    case .ints(let values):
      message.add(8, packed: values)
      message.add(20, 7)
    case .texts(let texts):
      for text in texts { message.add(9, text) }
      message.add(20, 8)
    }
    return message
  }
}
