import PluginKit

/// Turns the nodes of a model into those of ONNX.
///
/// A column is a tensor [rows] of double or string numbers, every other value one of [rows, width]. Numbers
/// of tables stay double until they become features, so that features are those of the program to the bit.
struct ONNXWriter {
  let graph: ModelGraph
  var onnx: ONNXGraph
  /// The name of each node's result.
  private var names: [String] = []
  /// Turns less their nearest whole number, in radians, by the name of the turns: the cosine and the sine of
  /// the same ones share them.
  var reducedTurns: [String: String] = [:]
  /// Results that are still Float64, since sums of many kernel values cancel.
  private var wideNames: Set<String> = []

  /// Writes all nodes; `onnx` gets inputs, constants and nodes.
  init(_ graph: ModelGraph, onnx: ONNXGraph) {
    self.graph = graph
    self.onnx = onnx
    for node in graph.nodes { names.append(write(node)) }
  }

  /// The name of a result.
  func name(of value: ModelGraph.Value) -> String { names[value.node] }

  /// Writes a node, and gives the name of its result.
  private mutating func write(_ node: ModelGraph.Node) -> String {
    if case .affine(let weights, let biases) = node.operation,
      case let x = name(of: node.inputs[0]), wideNames.contains(x)
    {
      return wideAffine(x, weights, biases)
    }
    let inputs = node.inputs.map { value -> String in
      let input = name(of: value)
      return wideNames.contains(input) ? cast(input, to: .float32) : input
    }
    switch node.operation {
    case .numberColumn(let name):
      onnx.addInput(name, .float64, shape: [nil])
      return onnx.add("Unsqueeze", [name, onnx.constant(ONNXTensor([1]))])
    case .textColumn(let name):
      onnx.addInput(name, .text, shape: [nil])
      return name
    case .features(let width):
      onnx.addInput("features", .float32, shape: [nil, width])
      return "features"
    case .encodedCategory(let encoding): return encode(inputs[0], by: encoding)
    case .filledGaps(let fills):
      let values = fills.map { $0 ?? .nan }
      let constant = onnx.constant(ONNXTensor(values, shape: [1, values.count]))
      return onnx.add("Where", [onnx.add("IsNaN", inputs), constant, inputs[0]])
    case .markedGaps: return cast(onnx.add("IsNaN", inputs), to: .float64)
    case .scaled(let centres, let widths):
      let centre = onnx.constant(ONNXTensor(centres, shape: [1, centres.count]))
      let width = onnx.constant(ONNXTensor(widths, shape: [1, widths.count]))
      return onnx.add("Div", [onnx.add("Sub", [inputs[0], centre]), width])
    case .joined:
      return inputs.count == 1 ? inputs[0] : onnx.add("Concat", inputs, [("axis", .int(1))])
    case .selected(let columns):
      return onnx.add(
        "Gather", [inputs[0], onnx.constant(ONNXTensor(columns))], [("axis", .int(1))])
    case .rounded(let allowsGaps): return round(inputs[0], allowsGaps: allowsGaps)
    default: return writeModelNode(node, inputs)
    }
  }

  /// Writes a node that works on Float32 numbers.
  private mutating func writeModelNode(_ node: ModelGraph.Node, _ inputs: [String]) -> String {
    let x = inputs[0]
    switch node.operation {
    case .constant(let values): return constantRows(values, like: x)
    case .affine(let weights, let biases):
      let matrix = ONNXTensor(weights.values, shape: [weights.rowCount, weights.columnCount])
      let bias = ONNXTensor(biases, shape: [biases.count])
      return onnx.add("Gemm", [x, onnx.constant(matrix), onnx.constant(bias)])
    case .elementwise(let function): return apply(function, to: x)
    case .rescaled(let factor, let offset):
      return onnx.add("Add", [onnx.add("Mul", [x, number(factor)]), number(offset)])
    case .clamped(let range):
      return onnx.add("Clip", [x, number(range.lowerBound), number(range.upperBound)])
    case .sum: return onnx.add("Add", inputs)
    case .product: return onnx.add("Mul", inputs)
    case .quotient: return onnx.add("Div", inputs)
    case .softmax(let beta): return softmax(x, inverseTemperature: beta)
    case .radialKernel(let kernel, let rows):
      let values = radialKernel(x, kernel, rows)
      wideNames.insert(values)
      return values
    case .neighbourVotes(let votes): return neighbourVotes(x, votes)
    case .treeSum(let ensemble): return treeSum(x, ensemble)
    default: preconditionFailure("the node is no operation of models: \(node.type)")
    }
  }

  /// x W + b of Float64 numbers, rounded at the end.
  private mutating func wideAffine(
    _ x: String, _ weights: FeatureMatrix, _ biases: [Float]
  ) -> String {
    let matrix = ONNXTensor(
      weights.values.map { Double($0) }, shape: [weights.rowCount, weights.columnCount])
    let bias = ONNXTensor(biases.map { Double($0) }, shape: [1, biases.count])
    let products = onnx.add("MatMul", [x, onnx.constant(matrix)])
    return cast(onnx.add("Add", [products, onnx.constant(bias)]), to: .float32)
  }

  /// A Float32 constant of no dimension.
  mutating func number(_ value: Float) -> String { onnx.constant(ONNXTensor([value], shape: [])) }

  /// A Float64 constant of no dimension.
  mutating func number(_ value: Double) -> String { onnx.constant(ONNXTensor([value], shape: [])) }

  mutating func cast(_ x: String, to type: ONNXTensor.ElementType) -> String {
    onnx.add("Cast", [x], [("to", .int(type.rawValue))])
  }
}
