public import PluginKit

extension DenseNetwork {
  /// The network as a list of operations.
  public func graph() -> ModelGraph {
    var graph = ModelGraph()
    var rows = graph.append(.features(architecture.featureCount))
    for layer in architecture.layers.dropLast() {
      rows = graph.append(
        .affine(
          weights: FeatureMatrix(
            rowCount: layer.inputCount, columnCount: layer.outputCount,
            values: Array(parameters[layer.weights])),
          biases: Array(parameters[layer.biases])), rows)
      if architecture.activation == .relu { rows = graph.append(.elementwise(.relu), rows) }
    }
    if let layer = architecture.layers.last {
      let head = LinearHead(
        classCount: layer.outputCount, featureCount: layer.inputCount,
        weights: Array(parameters[layer.weights]), biases: Array(parameters[layer.biases]))
      rows = head.describe(in: &graph, features: rows)
    }
    if architecture.output == .softmax {
      rows = graph.append(.softmax(inverseTemperature: 1), rows)
    }
    let most = Float.greatestFiniteMagnitude
    graph.append(.clamped(-most...most), rows)
    return graph
  }
}
