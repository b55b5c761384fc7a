public import PluginKit

extension DenseNetwork {
  /// The last layer by itself; a softmax behind it is left out.
  public var head: LinearHead {
    let width = architecture.hidden.last ?? architecture.featureCount
    let start = architecture.parameterCount - architecture.classCount * (width + 1)
    let biases = start + architecture.classCount * width
    return LinearHead(
      classCount: architecture.classCount, featureCount: width,
      weights: Array(parameters[start..<biases]), biases: Array(parameters[biases...]))
  }

  /// What the head sees of rows: the outputs of the last hidden layer, or the rows themselves.
  public func headInputs(for features: FeatureMatrix) -> FeatureMatrix {
    architecture.layers.dropLast().reduce(features) { rows, layer in
      MatrixProduct.affine(
        rows, weights: Array(parameters[layer.weights]), bias: Array(parameters[layer.biases]),
        rectified: architecture.activation == .relu)
    }
  }
}
