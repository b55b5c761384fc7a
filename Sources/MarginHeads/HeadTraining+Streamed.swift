public import PluginKit

extension HeadTraining {
  /// Trains the head on mapped rows: the convex solver computes them anew whenever it needs them; Adam, too,
  /// where all of them would take too much memory.
  ///
  /// - Parameters:
  ///   - data: The rows before they are mapped.
  ///   - projection: What maps them.
  ///   - context: Seeds and limits.
  ///   - featureFactor: As for ``run(_:context:featureFactor:)``.
  /// - Returns: The head and how training went.
  /// - Throws: ``TrainingFailure`` if training diverges; what the context's checkpoint throws.
  public func run(
    _ data: TrainingData, projection: StoredProjection, context: TrainingContext,
    featureFactor: Double = 1
  ) throws -> (head: LinearHead, report: TrainingReport) {
    guard var adam else {
      return try StreamedHeadSolver(loss: loss, penalty: penalty).train(
        data, projection: projection.map, seed: context.studySeed, checkpoint: context.checkpoint)
    }
    adam.headStepFactor = 1 / featureFactor
    let (network, report) = try DenseNetworkTrainer(adam).train(
      data, projection: projection, context: context)
    return (network.head, report)
  }
}
