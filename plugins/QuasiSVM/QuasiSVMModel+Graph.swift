import MarginHeads
import PluginKit

extension QuasiSVMModel {
  /// Projections in turns, their cosines and sines, and the head, whose weights take in the amplitude.
  func graph() -> ModelGraph? {
    var graph = ModelGraph()
    let x = graph.append(.features(featureCount))
    let turns = graph.append(features.turns, x)
    let cosines = graph.append(.elementwise(.cosineOfTurns), turns)
    let amplitude = (2 / Double(head.featureCount)).squareRoot()
    guard features.kernel.isPaired else {
      head.describe(in: &graph, features: cosines, amplitude: amplitude)
      return graph
    }
    let (projectionCount, sineCount) = (features.phases.count, head.featureCount / 2)
    let paired =
      sineCount == projectionCount
      ? turns : graph.append(.selected(Array(0..<sineCount)), turns)
    let sines = graph.append(.elementwise(.sineOfTurns), paired)
    head.describe(
      in: &graph, features: graph.append(.joined, cosines, sines),
      order: (0..<projectionCount).map { 2 * $0 } + (0..<sineCount).map { 2 * $0 + 1 },
      amplitude: amplitude)
    return graph
  }
}

extension RandomFourierFeatures {
  /// (W x / s + b) / 2π, with the very numbers that ``projection`` has.
  fileprivate var turns: ModelGraph.Operation {
    let count = phases.count
    let turns = 1 / (2 * Double.pi)
    var columns: [Float] = []
    columns.reserveCapacity(weights.count)
    for column in 0..<columnCount {
      for projection in 0..<count {
        columns.append(Float(Double(weights[projection * columnCount + column]) * turns / scale))
      }
    }
    return .affine(
      weights: FeatureMatrix(rowCount: columnCount, columnCount: count, values: columns),
      biases: phases.map { Float(Double($0) * turns) })
  }
}
