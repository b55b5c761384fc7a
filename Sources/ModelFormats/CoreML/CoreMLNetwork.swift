import PluginKit

/// The layers of a neural network that compute nodes of type Float32.
///
/// A value is a matrix of one row. Reference: `NeuralNetwork.proto` of Core ML's specification.
struct CoreMLNetwork {
  private(set) var layers: [ProtobufMessage] = []
  private let graph: ModelGraph
  /// The blob of each node that is there.
  private var blobs: [Int: String] = [:]

  init(_ graph: ModelGraph) { self.graph = graph }

  /// Takes an input of the network, an array of rank 1, as the value of a node.
  mutating func addInput(_ name: String, node: Int) {
    blobs[node] = add("expandDims", 1_125, [name]) { $0.add(1, packed: [0]) }
  }

  /// Adds an output of the network, an array of rank 1.
  mutating func addOutput(_ name: String, node: Int) throws(ModelFormatError) {
    add("squeeze", 1_120, [try blob(of: node)], named: name) { $0.add(1, packed: [0]) }
  }

  /// The blob of a node; layers are added where it is not there.
  ///
  /// - Throws: ``ModelFormatError`` for an operation that networks don't have.
  mutating func blob(of node: Int) throws(ModelFormatError) -> String {
    if let blob = blobs[node] { return blob }
    var inputs: [String] = []
    if case .constant = graph.nodes[node].operation {
    } else {
      for input in graph.nodes[node].inputs { inputs.append(try blob(of: input.node)) }
    }
    let blob = try layers(of: graph.nodes[node], inputs)
    blobs[node] = blob
    return blob
  }

  private mutating func layers(
    of node: ModelGraph.Node, _ inputs: [String]
  ) throws(ModelFormatError) -> String {
    switch node.operation {
    case .constant(let values): return constant(values, shape: [1, values.count])
    case .affine(let weights, let biases): return affine(inputs[0], weights, biases)
    case .elementwise(let function): return elementwise(function, inputs[0])
    case .rescaled(let factor, let offset): return linear(inputs[0], factor, offset)
    case .clamped(let range): return clip(inputs[0], range)
    case .sum: return add("sum", 880, inputs)
    case .product: return add("product", 900, inputs)
    case .quotient: return add("quotient", 890, inputs)
    case .joined: return add("concat", 980, inputs) { $0.add(1, 1) }
    case .selected(let columns):
      let places = constant(columns.map { Float($0) }, shape: [columns.count])
      return add("gather", 930, [inputs[0], places]) { $0.add(1, 1) }
    case .softmax(let beta):
      return add("softmax", 950, [linear(inputs[0], Float(beta), 0)]) { $0.add(1, -1) }
    case .radialKernel(let kernel, let rows): return radial(inputs[0], kernel, rows)
    case .neighbourVotes:
      throw ModelFormatError(
        "Core ML has no layer that lets neighbours vote as nearest-neighbours does; "
          + "onnx and c hold such models")
    default:
      throw ModelFormatError("Core ML has no layer for an operation of this model; onnx and c have")
    }
  }
}

// MARK: Layers

extension CoreMLNetwork {
  /// Adds a layer with one output, and gives the output's name.
  @discardableResult
  private mutating func add(
    _ title: String, _ field: Int, _ inputs: [String], named name: String? = nil,
    _ parameters: (inout ProtobufMessage) -> Void = { _ in }
  ) -> String {
    let output = name ?? "\(title)_\(layers.count)"
    layers.append(
      ProtobufMessage {
        $0.add(1, "\(title)_\(layers.count)")
        for input in inputs { $0.add(2, input) }
        $0.add(3, output)
        $0.add(field, ProtobufMessage(parameters))
      })
    return output
  }

  private mutating func constant(_ values: [Float], shape: [Int]) -> String {
    add("constant", 1_070, []) {
      $0.add(1, packed: shape)
      $0.add(2, CoreMLSpec.weights(values))
    }
  }

  /// x W + b; the weights are stored with a row for each output.
  private mutating func affine(
    _ x: String, _ weights: FeatureMatrix, _ biases: [Float]
  ) -> String {
    var transposed: [Float] = []
    transposed.reserveCapacity(weights.values.count)
    for output in 0..<weights.columnCount {
      for input in 0..<weights.rowCount { transposed.append(weights[input, output]) }
    }
    return add("affine", 1_045, [x]) {
      $0.add(5, weights.rowCount)
      $0.add(6, weights.columnCount)
      $0.add(7, 1)
      $0.add(8, CoreMLSpec.weights(transposed))
      $0.add(9, CoreMLSpec.weights(biases))
    }
  }

  private mutating func linear(_ x: String, _ factor: Float, _ offset: Float) -> String {
    activation(x, 5) {
      $0.add(1, factor)
      $0.add(2, offset)
    }
  }

  private mutating func clip(_ x: String, _ range: ClosedRange<Float>) -> String {
    add("clip", 660, [x]) {
      $0.add(1, range.lowerBound)
      $0.add(2, range.upperBound)
    }
  }

  private mutating func activation(
    _ x: String, _ kind: Int, _ parameters: (inout ProtobufMessage) -> Void = { _ in }
  ) -> String {
    add("activation", 130, [x]) { $0.add(kind, ProtobufMessage(parameters)) }
  }

  /// A function of `scale · x + shift` with shift 0 and scale 1; the logarithm holds x above epsilon.
  private mutating func unary(_ x: String, _ operation: Int) -> String {
    add("unary", 220, [x]) {
      $0.add(1, operation)
      $0.add(2, Float(1))
      $0.add(3, Float(1e-37))
      $0.add(4, Float(0))
      $0.add(5, Float(1))
    }
  }

  private mutating func elementwise(_ function: ModelGraph.Function, _ x: String) -> String {
    switch function {
    case .relu: activation(x, 10)
    case .tanh: activation(x, 30)
    case .sigmoid: activation(x, 40)
    case .exp: unary(x, 4)
    case .log: unary(x, 5)
    case .absolute: unary(x, 6)
    case .step: add("step", 832, [x]) { $0.add(2, Float(0)) }
    case .cosineOfTurns: add("cosine", 715, [radians(x)])
    case .sineOfTurns: add("sine", 710, [radians(x)])
    }
  }

  /// What is left of turns after whole ones, in radians.
  private mutating func radians(_ turns: String) -> String {
    let held = clip(turns, -4_194_304...4_194_304)
    let whole = add("round", 685, [held])
    return linear(add("fraction", 905, [held, whole]), Float(2 * Double.pi), 0)
  }

  /// exp(t) - 1 with t = -rate · distance, as tanh(t/2) · (exp(t) + 1), which keeps the digits of small ones.
  private mutating func radial(
    _ x: String, _ kernel: RadialKernel, _ rows: FeatureMatrix
  ) -> String {
    let rowBlob = constant(rows.values, shape: [rows.rowCount, rows.columnCount])
    let difference = add("difference", 905, [rowBlob, x])
    let parts =
      kernel.distance == .absolute
      ? unary(difference, 6) : add("square", 900, [difference, difference])
    let sums = add("distance", 1_270, [parts]) {
      $0.add(1, packed: [1])
      $0.add(2, 1)
    }
    let row = add("transpose", 985, [sums]) { $0.add(1, packed: [1, 0]) }
    let exponent = linear(row, Float(-kernel.rate), 0)
    let half = activation(linear(exponent, 0.5, 0), 30)
    return add("kernel", 900, [half, linear(unary(exponent, 4), 1, 1)])
  }
}
