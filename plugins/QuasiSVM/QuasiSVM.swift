import MarginHeads
public import PluginKit

/// The plugin `quasi-svm`: random Fourier features and a linear multiclass head on them.
public struct QuasiSVMPlugin: ModelPlugin {
  static let kernel = Parameter.choice(
    "kernel", default: FourierKernel.gaussian,
    summary:
      "distribution of the projections, and so the kernel; the last two are Keras' initializers")
  static let draw = Parameter.choice(
    "draw", default: FourierDraw.plain,
    summary: "whether projections are independent or orthogonal in blocks")
  static let outputDim = Parameter.integer(
    "output_dim", 1...65_536, default: 1_024, searched: .integer(64...4_822, log: true),
    summary: "D, how many random features")
  static let scale = Parameter.realOrAutomatic(
    "scale", 1e-6...1e6, searched: .real(0.1...100, log: true),
    summary: "s, the width of the kernel; auto is √(d/2) for gaussian and otherwise 1")

  public let manifest = PluginManifest(
    id: "quasi-svm", version: 2,
    summary: "kernel machine on random Fourier features, solved to a stated duality gap",
    capabilities: Capabilities(weights: true, epochs: true),
    parameters: [
      kernel.declaration, draw.declaration, outputDim.declaration, scale.declaration,
    ] + HeadTraining.declarations)

  /// The most bytes of features that a training holds; with more they are computed anew in every pass.
  private let mostStoredBytes: Int

  public init() { self.init(mostStoredBytes: FourierProjection.mostStoredBytes) }

  package init(mostStoredBytes: Int) { self.mostStoredBytes = mostStoredBytes }

  public func conflicts(in parameters: ParameterValues) -> [ParameterConflict] {
    var conflicts = HeadTraining.conflicts(in: parameters)
    if parameters[Self.draw] == .orthogonal, parameters[Self.kernel] != .gaussian {
      conflicts.append(ParameterConflict("draw", "draw: orthogonal needs kernel: gaussian"))
    }
    return conflicts
  }

  public func train(
    _ data: TrainingData, parameters: ParameterValues, context: TrainingContext
  ) throws -> TrainingOutcome {
    let features = randomFeatures(parameters, data, context)
    let training = HeadTraining(parameters)
    let byteCount = 4 * data.features.rowCount * features.featureCount
    var (head, report) =
      try training.isConvex
      && byteCount <= storedLimit(training.loss, data.features, features.featureCount)
      ? training.run(
        TrainingData(
          features: try map(data.features, features, parameters, context), labels: data.labels,
          classCount: data.classCount, weights: data.weights),
        context: context, featureFactor: features.amplitude)
      : training.run(
        data, projection: StoredProjection(features.projection, mostBytes: mostStoredBytes),
        context: context, featureFactor: features.amplitude)
    report.warnings += features.kernelWarnings(for: data.features, seed: context.studySeed)
    return TrainingOutcome(model: QuasiSVMModel(features: features, head: head), report: report)
  }

  /// The most bytes of features to hold for the convex solvers.
  ///
  /// For a smooth loss and many rows, which need few passes, features of few columns are computed anew faster than
  /// they are read from memory as often as a solver of stored ones does: a million rows of 7 columns with D = 256
  /// took 15 CPU seconds stored, 7 streamed. With fewer than 48 D rows the streamed solver has no samples to begin
  /// with, and its second derivatives cost more than its passes.
  private func storedLimit(
    _ loss: MarginLoss, _ rows: FeatureMatrix, _ featureCount: Int
  ) -> Int {
    let isSmooth = loss == .squaredHinge || loss == .softmax
    let isQuick = isSmooth && rows.columnCount <= 64 && rows.rowCount >= 48 * featureCount
    return isQuick ? min(mostStoredBytes, 128 << 20) : mostStoredBytes
  }

  public func load(_ state: ModelState) throws(ModelStateError) -> any TrainedModel {
    try QuasiSVMModel(state)
  }

  private func randomFeatures(
    _ parameters: ParameterValues, _ data: TrainingData, _ context: TrainingContext
  ) -> RandomFourierFeatures {
    let kernel = parameters[Self.kernel]
    let columns = data.features.columnCount
    return RandomFourierFeatures(
      kernel: kernel, draw: parameters[Self.draw], featureCount: parameters[Self.outputDim],
      columnCount: columns,
      scale: parameters[Self.scale] ?? kernel.automaticScale(columnCount: columns),
      seed: context.studySeed)
  }

  /// The features of the training rows; small ones are kept for trials that differ in the head only.
  private func map(
    _ rows: FeatureMatrix, _ features: RandomFourierFeatures, _ parameters: ParameterValues,
    _ context: TrainingContext
  ) throws -> FeatureMatrix {
    let byteCount = rows.rowCount * features.featureCount * 4
    guard byteCount <= Self.mostCachedBytes else {
      return try features.projection.features(of: rows, checkpoint: context.checkpoint)
    }
    let key =
      "random-features/\(context.studySeed.bits)/\(features.kernel.rawValue)/"
      + "\(parameters[Self.draw].rawValue)/\(features.featureCount)/\(features.scale)"
    return try context.cache.value(for: key, byteCount: { $0.values.count * 4 }) {
      try features.projection.features(of: rows, checkpoint: context.checkpoint)
    }
  }

  private static let mostCachedBytes = 32 << 20
}
