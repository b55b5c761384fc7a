import Evaluation
import PluginKit
import StudyStore

extension TrialRecord {
  /// The search metric turned so that lower is better; nil where the trial is not complete or has no value.
  func loss(_ metric: Metric) -> Double? {
    guard let value = result?.validation[metric], !value.isNaN else { return nil }
    return metric.direction == .maximize ? -value : value
  }

  /// The trial as a row of the leaderboard; test figures come later, if at all.
  func leaderboardEntry() -> LeaderboardEntry {
    let result = self.result
    return LeaderboardEntry(
      trial: number, model: model, plugin: plugin, status: outcome.status,
      reason: outcome.reason,
      validation: result?.validation ?? MetricValues(), validationInterval: result?.interval,
      test: nil,
      parameters: parameters, trainableParameters: result?.trainableParameters,
      fitSeconds: fitSeconds, predictMicrosecondsPerRow: result?.predictMicrosecondsPerRow,
      modelBytes: result?.modelBytes)
  }
}
