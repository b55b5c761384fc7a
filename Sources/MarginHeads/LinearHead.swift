public import PluginKit

/// A linear head: the scores W z + b of feature rows z.
public struct LinearHead: Sendable, Equatable {
  public let classCount: Int
  public let featureCount: Int
  /// W, class by class.
  public let weights: [Float]
  /// b, one for each class.
  public let biases: [Float]

  public init(classCount: Int, featureCount: Int, weights: [Float], biases: [Float]) {
    precondition(
      weights.count == classCount * featureCount && biases.count == classCount,
      "\(weights.count) weights and \(biases.count) biases do not fit \(classCount) x \(featureCount)"
    )
    self.classCount = classCount
    self.featureCount = featureCount
    self.weights = weights
    self.biases = biases
  }

  /// How many numbers are learnt: K (D + 1).
  public var parameterCount: Int { weights.count + biases.count }

  /// The scores of rows; those of a row do not depend on the other rows, to the bit.
  public func scores(for features: FeatureMatrix) -> ScoreMatrix {
    precondition(
      features.columnCount == featureCount,
      "the head takes \(featureCount) features, got \(features.columnCount)")
    return ScoreMatrix(
      rowCount: features.rowCount, columnCount: classCount,
      values: HeadKernels.scores(features, weights: weights, biases: biases))
  }

  /// The head as tensors `head.weight` (K x D) and `head.bias` (K).
  public var tensors: [NamedTensor] {
    [
      NamedTensor("head.weight", shape: [classCount, featureCount], values: weights),
      NamedTensor("head.bias", shape: [classCount], values: biases),
    ]
  }

  /// Takes the head out of a model's state.
  public init(
    _ state: ModelState, classCount: Int, featureCount: Int
  ) throws(ModelStateError) {
    self.init(
      classCount: classCount, featureCount: featureCount,
      weights: try state.tensor("head.weight", shape: [classCount, featureCount]),
      biases: try state.tensor("head.bias", shape: [classCount]))
  }
}
