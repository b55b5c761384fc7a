import MarginHeads
import PluginKit

/// How far a head is from the best one on its inputs.
struct HeadOptimum {
  /// The head with the least objective.
  let head: LinearHead
  /// (P - D)/P for the objective P of the head that was given and a dual value D: at most this share of P
  /// could be saved.
  let gap: Double

  /// Solves the problem of a head on the rows of a check.
  init(
    _ machine: MarginMachine, head: LinearHead, inputs: FeatureMatrix, data: TrainingData,
    checkpoint: () throws -> Void
  ) throws {
    let solver = ConvexHeadSolver(loss: machine.loss, penalty: machine.penalty)
    let (best, report) = try solver.train(
      inputs, labels: data.labels, weights: data.weights, classCount: data.classCount,
      checkpoint: checkpoint)
    let objective = objective(machine, head, inputs, data)
    // The gap of the whole is at most the sum of the parts' gaps.
    let largest = report.relativeGaps.max() ?? 0
    let least = (report.objective ?? 0) * (1 - largest)
    self.head = best
    gap = objective > 0 ? max(0, (objective - least) / objective) : 0
  }
}

/// λ‖W‖² + (1/S) Σᵢ sᵢ ℓ, summed in Double.
private func objective(
  _ machine: MarginMachine, _ head: LinearHead, _ inputs: FeatureMatrix, _ data: TrainingData
) -> Double {
  let norm = head.weights.reduce(0.0) { $0 + Double($1) * Double($1) }
  let scores = head.scores(for: inputs)
  var gradient = scores.values
  let loss = machine.loss.evaluate(
    scores: scores.values, labels: data.labels, weights: data.weights, classCount: data.classCount,
    gradient: &gradient)
  let sum = data.weights?.reduce(0.0) { $0 + Double($1) } ?? Double(data.labels.count)
  return machine.penalty * norm + loss / sum
}
