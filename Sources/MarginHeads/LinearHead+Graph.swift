public import PluginKit

extension LinearHead {
  /// Adds the head to a description.
  ///
  /// - Parameters:
  ///   - graph: Gets one node.
  ///   - features: What the head reads.
  ///   - order: The feature that each column of `features` is; nil where they are in order.
  ///   - amplitude: What columns have to be multiplied by to be the features.
  /// - Returns: The scores.
  @discardableResult
  public func describe(
    in graph: inout ModelGraph, features: ModelGraph.Value, order: [Int]? = nil,
    amplitude: Double = 1
  ) -> ModelGraph.Value {
    let columns = (order ?? Array(0..<featureCount)).flatMap { feature in
      (0..<classCount).map { Float(amplitude * Double(weights[$0 * featureCount + feature])) }
    }
    return graph.append(
      .affine(
        weights: FeatureMatrix(
          rowCount: featureCount, columnCount: classCount, values: columns),
        biases: biases), features)
  }
}
