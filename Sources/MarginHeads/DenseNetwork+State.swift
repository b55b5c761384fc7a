public import PluginKit

extension DenseNetwork {
  /// The network as named arrays: `layer1.weight` [inputs, outputs], `layer1.bias`, …, `head.weight`,
  /// `head.bias`, with the attributes `features`, `hidden`, `classes`, `activation` and `output`.
  public func state() -> ModelState {
    let tensors = zip(architecture.layers, architecture.layerNames).flatMap { layer, name in
      [
        NamedTensor(
          "\(name).weight", shape: [layer.inputCount, layer.outputCount],
          values: name == headName
            ? (0..<layer.weights.count).map { parameters[layer.headPlace($0)] }
            : Array(parameters[layer.weights])),
        NamedTensor(
          "\(name).bias", shape: [layer.outputCount], values: Array(parameters[layer.biases])),
      ]
    }
    return ModelState(
      tensors: tensors,
      attributes: .object([
        ("features", .integer(architecture.featureCount)),
        ("hidden", .array(architecture.hidden.map { .integer($0) })),
        ("classes", .integer(architecture.classCount)),
        ("activation", .string(architecture.activation.rawValue)),
        ("output", .string(architecture.output.rawValue)),
      ]))
  }

  /// Makes the network that ``state()`` described.
  ///
  /// - Throws: `ModelStateError` that names the missing or misshapen part.
  public init(_ state: ModelState) throws(ModelStateError) {
    let architecture = try Architecture(state)
    var parameters = [Float](repeating: 0, count: architecture.parameterCount)
    for (layer, name) in zip(architecture.layers, architecture.layerNames) {
      let weights = try state.tensor(
        "\(name).weight", shape: [layer.inputCount, layer.outputCount])
      for (position, weight) in weights.enumerated() {
        parameters[name == headName ? layer.headPlace(position) : layer.start + position] = weight
      }
      parameters.replaceSubrange(
        layer.biases, with: try state.tensor("\(name).bias", shape: [layer.outputCount]))
    }
    self.init(architecture, parameters: parameters)
  }
}

extension DenseNetwork.Architecture {
  /// What the layers are called in files.
  fileprivate var layerNames: [String] {
    hidden.indices.map { "layer\($0 + 1)" } + [headName]
  }

  fileprivate init(_ state: ModelState) throws(ModelStateError) {
    let hidden = (state.attributes["hidden"]?.array ?? [.null]).map { $0.integer ?? 0 }
    guard hidden.allSatisfy({ (1...1 << 20).contains($0) }) else {
      throw ModelStateError("the model's 'hidden' is missing or is no list of widths")
    }
    let activation = try state.text("activation")
    let output = try state.text("output")
    guard let activation = DenseNetwork.Activation(rawValue: activation) else {
      throw ModelStateError("the model's activation '\(activation)' is not known")
    }
    guard let output = DenseNetwork.Output(rawValue: output) else {
      throw ModelStateError("the model's output '\(output)' is not known")
    }
    let classCount = try state.count("classes")
    guard classCount >= 2 else {
      throw ModelStateError("the model has \(classCount) classes, at least 2 are needed")
    }
    self.init(
      featureCount: try state.count("features"), hidden: hidden, classCount: classCount,
      activation: activation, output: output)
  }
}

/// What the last layer is called in files.
private let headName = "head"
