public import PluginKit

/// A network of fully connected layers that ends in a linear head with one score per class.
///
/// With the activation σ, layers h₀ = x, hₗ = σ(hₗ₋₁ Wₗ + bₗ) and the head f = h W + b. Without hidden layers
/// it is a linear classifier of its features. With ``Output/softmax`` the scores are the probabilities
/// exp(fₖ) / Σⱼ exp(fⱼ), which is what a reference model puts before its hinge.
///
/// Scoring costs 2 operations per row and weight.
public struct DenseNetwork: Sendable, Equatable {
  /// What a hidden layer does to its sums.
  public enum Activation: String, Sendable, CaseIterable {
    /// max(0, a).
    case relu
    /// The sums as they are: all layers together are one linear map.
    case linear
  }

  /// What the loss, and whoever asks for scores, sees of the head.
  public enum Output: String, Sendable, CaseIterable {
    case linear
    case softmax
  }

  /// The sizes of a network and the functions between its layers.
  public struct Architecture: Sendable, Equatable {
    /// The number of feature columns, 0 or more.
    public let featureCount: Int
    /// The widths of the hidden layers in order, each at least 1; may be empty.
    public let hidden: [Int]
    /// The number of classes, at least 2.
    public let classCount: Int
    public let activation: Activation
    public let output: Output

    public init(
      featureCount: Int, hidden: [Int], classCount: Int, activation: Activation = .relu,
      output: Output = .linear
    ) {
      precondition(hidden.allSatisfy { $0 > 0 }, "hidden layers of no width: \(hidden)")
      self.featureCount = featureCount
      self.hidden = hidden
      self.classCount = classCount
      self.activation = activation
      self.output = output
    }

    /// The number of weights and biases.
    public var parameterCount: Int { layers.last?.biases.upperBound ?? 0 }

    /// The layers from the features to the head; at least the head.
    var layers: [Layer] {
      var start = 0
      return zip([featureCount] + hidden, hidden + [classCount]).map { inputs, outputs in
        defer { start += (inputs + 1) * outputs }
        return Layer(inputCount: inputs, outputCount: outputs, start: start)
      }
    }
  }

  /// Where the parameters of an affine map lie: a matrix, then the biases.
  ///
  /// The matrix of a hidden layer is [inputCount, outputCount], that of the head [outputCount, inputCount]:
  /// each class has its weights in a row, as a wide input with few classes wants them.
  struct Layer: Sendable {
    let inputCount: Int
    let outputCount: Int
    let start: Int

    var weights: Range<Int> { start..<start + inputCount * outputCount }

    /// Where the head keeps the weight that is at `position` of [inputs, classes] by rows, the order of
    /// draws and files.
    func headPlace(_ position: Int) -> Int {
      start + position % outputCount * inputCount + position / outputCount
    }
    var biases: Range<Int> { weights.upperBound..<weights.upperBound + outputCount }
  }

  public let architecture: Architecture
  /// For each layer from the features on: its weights, then its biases.
  ///
  /// The weights of hidden layers are [inputs, outputs] by rows, those of the head [classes, inputs].
  public internal(set) var parameters: [Float]

  /// Makes a network of given parameters.
  ///
  /// - Precondition: `parameters.count == architecture.parameterCount`.
  public init(_ architecture: Architecture, parameters: [Float]) {
    precondition(
      parameters.count == architecture.parameterCount,
      "\(architecture.parameterCount) parameters are needed, got \(parameters.count)")
    self.architecture = architecture
    self.parameters = parameters
  }

  /// The weights of the head, [classes, inputs] by rows: what the penalty is on.
  var headWeights: Range<Int> { architecture.layers.last?.weights ?? 0..<0 }

  /// The squared Euclidean norm of the head's weights, summed in Double.
  var squaredHeadNorm: Double {
    parameters[headWeights].reduce(0.0) { $0 + Double($1) * Double($1) }
  }

  /// Scores rows; a row's scores do not depend on the other rows, to the bit.
  ///
  /// Where features are so large that sums leave the range of Float32, scores are kept finite.
  public func scores(for features: FeatureMatrix) -> ScoreMatrix {
    var scores: [Float] = []
    scores.reserveCapacity(features.rowCount * architecture.classCount)
    let blockLength = 256
    let pass = DenseNetworkPass(
      architecture, capacity: min(features.rowCount, blockLength), learning: false)
    for start in stride(from: 0, to: features.rowCount, by: blockLength) {
      pass.gather(.matrix(features), start..<min(start + blockLength, features.rowCount))
      pass.forward(parameters)
      scores += pass.scores.prefix(pass.rowCount * architecture.classCount).lazy.map(finite)
    }
    return ScoreMatrix(
      rowCount: features.rowCount, columnCount: architecture.classCount, values: scores)
  }
}

/// The value itself, or the nearest finite one; 0 for NaN.
private func finite(_ value: Float) -> Float {
  if value.isFinite { return value }
  guard !value.isNaN else { return 0 }
  return value > 0 ? .greatestFiniteMagnitude : -.greatestFiniteMagnitude
}
