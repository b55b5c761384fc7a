public import PluginKit

/// The plugin `nearest-neighbours`: the classes of the training rows that are nearest.
public struct NearestNeighboursPlugin: ModelPlugin {
  static let neighbours = Parameter.integer(
    "neighbours", 1...100_000, default: 5, searched: .integer(1...50, log: true),
    summary: "k, how many of the nearest training rows vote")
  static let weighting = Parameter.choice(
    "weighting", default: NeighbourWeighting.uniform,
    searched: .choice(NeighbourWeighting.allCases.map { .text($0.rawValue) }),
    summary: "whether all neighbours count the same, or each by one over its distance")
  static let distance = Parameter.choice(
    "distance", default: NeighbourDistance.euclidean,
    searched: .choice(NeighbourDistance.allCases.map { .text($0.rawValue) }),
    summary: "how far two rows are apart")

  public let manifest = PluginManifest(
    id: "nearest-neighbours", version: 1,
    summary: "votes of the nearest training rows, found exactly",
    capabilities: Capabilities(weights: true),
    parameters: [neighbours.declaration, weighting.declaration, distance.declaration])

  public init() {}

  public func train(
    _ data: TrainingData, parameters: ParameterValues, context: TrainingContext
  ) throws -> TrainingOutcome {
    try context.checkpoint()
    let used = data.withoutWeightlessRows
    let model = NearestNeighboursModel(
      rule: NeighbourRule(
        count: parameters[Self.neighbours], weighting: parameters[Self.weighting],
        distance: parameters[Self.distance]),
      rows: used.features, labels: used.labels, weights: used.weights,
      classCount: data.classCount)
    return TrainingOutcome(
      model: model,
      report: TrainingReport(stopping: .converged, warnings: warnings(parameters, used)))
  }

  public func load(_ state: ModelState) throws(ModelStateError) -> any TrainedModel {
    try NearestNeighboursModel(state)
  }

  private func warnings(_ parameters: ParameterValues, _ data: TrainingData) -> [String] {
    let count = parameters[Self.neighbours]
    guard count >= data.labels.count, data.weights == nil else { return [] }
    return [
      "neighbours is \(count) and there are \(data.labels.count) training rows: all of them vote."
    ]
  }
}

/// How much a neighbour's vote counts.
enum NeighbourWeighting: String, CaseIterable, Sendable {
  case uniform
  /// One over the distance; rows at distance 0 outvote all others.
  case distance
}

extension TrainingData {
  /// Rows of weight 0 count as absent.
  fileprivate var withoutWeightlessRows: TrainingData {
    guard let weights, weights.contains(0) else { return self }
    return selecting(rows: weights.indices.filter { weights[$0] > 0 })
  }
}
