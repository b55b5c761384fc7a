import PluginKit

extension BaselineModel {
  func graph() -> ModelGraph? {
    var graph = ModelGraph()
    let x = graph.append(.features(featureCount))
    graph.append(.constant(classScores), x)
    return graph
  }
}
