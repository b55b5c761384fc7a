public import PluginKit

/// The plugin `extra-trees`: a forest of extremely randomised trees.
public struct ExtraTreesPlugin: ModelPlugin {
  static let trees = Parameter.integer(
    "trees", 1...10_000, default: 100, summary: "how many trees vote")
  static let maxFeatures = Parameter.realOrAutomatic(
    "max_features", 0...1, searched: .real(0.1...1),
    summary: "share of the columns that is tried at each node, at least one; auto is 1/√d")
  static let minLeaf = Parameter.integer(
    "min_leaf", 1...1_000_000, default: 1, searched: .integer(1...20, log: true),
    summary: "the fewest rows in a leaf; with row weights, the least sum of them")
  static let criterion = Parameter.choice(
    "criterion", default: SplitCriterion.gini,
    summary: "how the purity of the rows on both sides of a split is measured")

  public let manifest = PluginManifest(
    id: "extra-trees", version: 1,
    summary: "forest of extremely randomised trees on binned columns",
    capabilities: Capabilities(weights: true, missingValues: true),
    parameters: [
      trees.declaration, maxFeatures.declaration, minLeaf.declaration, criterion.declaration,
    ])

  public init() {}

  public func train(
    _ data: TrainingData, parameters: ParameterValues, context: TrainingContext
  ) throws -> TrainingOutcome {
    let features = try context.cache.value(for: "extra-trees/bins", byteCount: \.byteCount) {
      try BinnedFeatures(data.features, weights: data.weights, checkpoint: context.checkpoint)
    }
    let columnCount = Double(max(1, data.features.columnCount))
    let share = parameters[Self.maxFeatures] ?? 1 / columnCount.squareRoot()
    let settings = TreeSettings(
      columnsTried: max(1, Int((share * columnCount).rounded())),
      leastLeaf: Double(parameters[Self.minLeaf]), criterion: parameters[Self.criterion])
    let weights =
      data.weights.map { $0.map(Double.init) } ?? Array(repeating: 1, count: data.labels.count)
    let trees = try (0..<parameters[Self.trees]).map { number in
      try context.checkpoint()
      var grower = TreeGrower(
        features, labels: data.labels, weights: weights, classCount: data.classCount,
        settings: settings, seed: context.trialSeed.keyed("tree", number))
      return try grower.grow(checkpoint: context.checkpoint)
    }
    let model = ExtraTreesModel(
      trees: trees, featureCount: data.features.columnCount, classCount: data.classCount)
    return TrainingOutcome(model: model, report: TrainingReport(stopping: .converged))
  }

  public func load(_ state: ModelState) throws(ModelStateError) -> any TrainedModel {
    try ExtraTreesModel(state)
  }
}
