import PluginKit

extension NearestNeighboursModel {
  /// The votes, and the logarithm of their shares with the undecided voter.
  func graph() -> ModelGraph? {
    var graph = ModelGraph()
    let x = graph.append(.features(featureCount))
    let neighbours = ModelGraph.NeighbourVotes(
      rows: rows, labels: labels, weights: weights, classCount: classCount, count: rule.count,
      distance: rule.distance == .euclidean ? .squaredEuclidean : .absolute,
      importance: rule.weighting == .uniform ? .equal : .nearness)
    let votes = graph.append(.neighbourVotes(neighbours), x)
    let whole = neighbours.voterWeight + 1
    let shares = graph.append(
      .rescaled(factor: Float(1 / whole), offset: Float(1 / (whole * Double(classCount)))), votes)
    graph.append(.elementwise(.log), shares)
    return graph
  }
}
