import MarginHeads
import PluginKit

/// The machine that a model is compared with: the optimum of the problem that it stands for.
enum ExactMachine: Sendable {
  /// The model is that optimum.
  case itself
  /// One-vs-rest machines on the kernel that random features approximate.
  case kernel(MarginKernel)
  /// A head on the inputs that the model computes, which are held fixed.
  case head
  /// There is none, for a reason that completes "no comparison: …".
  case none(reason: String)

  init(of machine: MarginMachine) {
    if machine.output == .softmax {
      self = .none(reason: "there is no exact machine with softmax before its loss")
    } else if machine.penalty == 0 {
      self = .none(reason: "without a penalty (l2: 0) there is no exact machine")
    } else {
      switch machine.inputs {
      case .kernel: self = .itself
      case .columns: self = machine.isSolved ? .itself : .head
      case .layers: self = .head
      case .randomFeatures(let features):
        self =
          machine.loss.isOneVersusRest
          ? .kernel(features.kernel)
          : .none(reason: "there is no exact machine for this loss (\(machine.loss.rawValue))")
      }
    }
  }
}

/// One-vs-rest machines on a kernel, for rows whose distances are known.
struct KernelMachines {
  let data: TrainingData
  private let distances: GramMatrix
  private let distance: RadialKernel.Distance

  /// Computes the distances of rows: n² numbers.
  init(
    _ data: TrainingData, _ distance: RadialKernel.Distance, checkpoint: () throws -> Void
  ) rethrows {
    self.data = data
    self.distance = distance
    distances = try RadialKernel.distances(
      of: data.features, distance, checkpoint: checkpoint)
  }

  /// Trains on some rows and scores others.
  ///
  /// - Parameters:
  ///   - kernel: The kernel, of the distance that was computed.
  ///   - training: The rows to train on.
  ///   - judged: The rows to score.
  ///   - solver: λ and loss.
  ///   - checkpoint: Ends the work by what it throws.
  /// - Returns: A row of scores for each judged row.
  func scores(
    _ kernel: MarginKernel, training: [Int], judged: [Int], _ solver: DualSolver,
    checkpoint: () throws -> Void
  ) rethrows -> ScoreMatrix {
    precondition(
      kernel.radial.distance == distance, "the kernel is of another distance than \(distance)")
    let part = try kernel.radial.gram(
      ofDistances: distances.selecting(rows: training), checkpoint: checkpoint)
    let shares = shares(of: training)
    // Two classes have mirrored problems.
    let machineCount = data.classCount == 2 ? 1 : data.classCount
    let solutions = try (0..<machineCount).map { label in
      try solver.solve(
        part, signs: training.map { Int(data.labels[$0]) == label ? 1 : -1 }, shares: shares,
        checkpoint: checkpoint)
    }
    let coefficients = FeatureMatrix(
      rowCount: training.count, columnCount: machineCount,
      values: training.indices.flatMap { row in
        solutions.map { Float($0.coefficients[row]) }
      })
    let sums = kernel.radial.sums(
      of: data.features.selecting(rows: judged), rows: 0..<judged.count,
      with: KernelExpansion(
        rows: data.features.selecting(rows: training), coefficients: coefficients))
    let scores = sums.enumerated().map { $1 + Float(solutions[$0 % machineCount].bias) }
    return ScoreMatrix(
      rowCount: judged.count, columnCount: data.classCount,
      values: machineCount == 1 ? scores.flatMap { [$0, -$0] } : scores)
  }

  private func shares(of rows: [Int]) -> [Double] {
    let weights = rows.map { Double(data.weights?[$0] ?? 1) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }
}
