import PluginKit

extension ExtraTreesModel {
  /// The sum of the leaves, and the logarithm of its share with the undecided tree.
  func graph() -> ModelGraph? {
    var graph = ModelGraph()
    let x = graph.append(.features(featureCount))
    let sums = graph.append(.treeSum(ensemble), x)
    let whole = Double(trees.count + 1)
    let shares = graph.append(
      .rescaled(factor: Float(1 / whole), offset: Float(1 / (whole * Double(classCount)))), sums)
    graph.append(.elementwise(.log), shares)
    return graph
  }

  private var ensemble: ModelGraph.TreeEnsemble {
    var leafCount = 0
    var shares: [Float] = []
    let described = trees.map { tree in
      defer {
        shares += tree.shares
        leafCount += tree.shares.count / classCount
      }
      return tree.nodes.enumerated().map { place, node in
        node.column < 0
          ? ModelGraph.TreeEnsemble.Node(leaf: leafCount + Int(node.next))
          : ModelGraph.TreeEnsemble.Node(
            column: Int(node.column), threshold: node.threshold,
            missingGoesFirst: node.missingGoesFirst, first: place + 1, second: Int(node.next))
      }
    }
    return ModelGraph.TreeEnsemble(
      trees: described,
      leaves: FeatureMatrix(rowCount: leafCount, columnCount: classCount, values: shares),
      featureCount: featureCount)
  }
}
