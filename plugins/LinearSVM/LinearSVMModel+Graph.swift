import MarginHeads
import PluginKit

extension LinearSVMModel {
  func graph() -> ModelGraph? {
    var graph = ModelGraph()
    head.describe(in: &graph, features: graph.append(.features(featureCount)))
    return graph
  }
}
