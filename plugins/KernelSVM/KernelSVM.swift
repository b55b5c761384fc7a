public import MarginHeads
public import PluginKit

/// The plugin `kernel-svm`: exact kernel machines on the Gram matrix of the training rows.
public struct KernelSVMPlugin: ModelPlugin {
  static let kernel = Parameter.choice(
    "kernel", default: KernelFunction.gaussian,
    summary: "gaussian: exp(-‖x-y‖²/2s²); laplacian: exp(-‖x-y‖₁/s)")
  static let scale = Parameter.realOrAutomatic(
    "scale", 1e-6...1e6, searched: .real(0.1...100, log: true),
    summary: "s, the width of the kernel; auto is √(d/2) for gaussian and otherwise 1")
  static let l2 = Parameter.real(
    "l2", 1e-12...1e6, default: 1e-4, searched: .real(1e-6...1, log: true),
    summary: "λ, the penalty on the squared norm; C = 1/(2λn)")
  static let loss = Parameter.choice(
    "loss", default: MarginLoss.squaredHinge, of: [.hinge, .squaredHinge],
    summary: "loss of each two-class machine; hinge keeps fewer support vectors")
  static let multiclass = Parameter.choice(
    "multiclass", default: MulticlassScheme.oneVersusRest,
    summary: "one machine for each class, or one for each pair of classes with a vote")

  public let manifest = PluginManifest(
    id: "kernel-svm", version: 1,
    summary: "exact kernel support vector machine, solved to a stated duality gap",
    capabilities: Capabilities(weights: true),
    parameters: [
      kernel.declaration, scale.declaration, l2.declaration, loss.declaration,
      multiclass.declaration,
    ])

  public init() {}

  public func train(
    _ data: TrainingData, parameters: ParameterValues, context: TrainingContext
  ) throws -> TrainingOutcome {
    try refuseExcessiveSize(rowCount: data.features.rowCount)
    let function = parameters[Self.kernel]
    let scale =
      parameters[Self.scale]
      ?? function.automaticScale(columnCount: data.features.columnCount)
    let kernel = function.kernel(scale: scale)
    let gram = try gram(kernel, data.features, context)
    let machines = MachineSet(parameters[Self.multiclass], classCount: data.classCount)
    let solver = DualSolver(loss: parameters[Self.loss], penalty: parameters[Self.l2])
    let solutions = try machines.solve(gram, data, solver, checkpoint: context.checkpoint)
    let model = KernelSVMModel(
      function: function, scale: scale, machines: machines, solutions: solutions, data: data)
    let values = kernelValues(gram, seed: context.studySeed)
    return TrainingOutcome(
      model: model,
      report: TrainingReport(
        stopping: solutions.allSatisfy(\.isConverged) ? .converged : .budget,
        objective: solutions.reduce(0) { $0 + $1.objective },
        relativeGaps: solutions.map { $0.objective > 0 ? max(0, $0.gap / $0.objective) : 0 },
        iterations: solutions.map(\.iterations).max() ?? 0,
        warnings: kernelWarnings(values: values)))
  }

  public func load(_ state: ModelState) throws(ModelStateError) -> any TrainedModel {
    try KernelSVMModel(state)
  }

  /// The Gram matrix; distances of few enough rows are computed once for all trials on the same rows.
  private func gram(
    _ kernel: RadialKernel, _ rows: FeatureMatrix, _ context: TrainingContext
  ) throws -> GramMatrix {
    guard GramMatrix.byteCount(rowCount: rows.rowCount) <= Self.mostCachedBytes else {
      return try kernel.gram(of: rows, checkpoint: context.checkpoint)
    }
    let distances = try context.cache.value(
      for: "distances/\(kernel.distance.rawValue)",
      byteCount: { GramMatrix.byteCount(rowCount: $0.rowCount) }
    ) {
      try RadialKernel.distances(of: rows, kernel.distance, checkpoint: context.checkpoint)
    }
    return try kernel.gram(ofDistances: distances, checkpoint: context.checkpoint)
  }

  private func kernelValues(_ gram: GramMatrix, seed: Seed) -> [Double] {
    let count = gram.rowCount
    guard count > 1 else { return [] }
    var generator = seed.keyed("kernel-pairs").generator()
    return (0..<200).map { _ in
      let first = generator.index(below: count)
      let second = (first + 1 + generator.index(below: count - 1)) % count
      return 1 + Double(gram[first, second])
    }
  }

  private func refuseExcessiveSize(rowCount: Int) throws(TrainingFailure) {
    guard GramMatrix.byteCount(rowCount: rowCount) > Self.mostBytes else { return }
    let gibibytes = Double(GramMatrix.byteCount(rowCount: rowCount)) / 0x1p30
    throw TrainingFailure(
      "the kernel between \(rowCount) rows takes \((gibibytes * 10).rounded() / 10) GiB, and at "
        + "most \(Self.mostBytes >> 30) GiB are held, enough for \(Self.mostRows) rows; "
        + "quasi-svm has no such limit")
  }

  private static let mostBytes = 2 << 30
  private static let mostRows = 23_168
  private static let mostCachedBytes = 256 << 20
}

extension KernelSVMPlugin: MarginMachinePlugin {
  public func marginMachine(
    _ parameters: ParameterValues, columnCount: Int, studySeed: Seed
  ) -> MarginMachine {
    let function = parameters[Self.kernel]
    let scale = parameters[Self.scale] ?? function.automaticScale(columnCount: columnCount)
    return MarginMachine(
      inputs: .kernel(
        MarginKernel(function == .laplacian ? .laplacian : .gaussian, width: scale)),
      loss: parameters[Self.loss], penalty: parameters[Self.l2],
      isPairwise: parameters[Self.multiclass] == .oneVersusOne, isSolved: true)
  }
}
