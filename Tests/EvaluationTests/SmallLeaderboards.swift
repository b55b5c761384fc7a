import Evaluation
import PluginKit

/// A complete entry.
func entry(
  _ trial: Int, _ model: String = "linear-svm", accuracy: Double, logLoss: Double = 0.1,
  size: Int? = 32, parameters: [(String, JSONValue)] = []
) -> LeaderboardEntry {
  LeaderboardEntry(
    trial: trial, model: model, plugin: model == "deep" ? "mlp-svm" : model, status: .complete,
    validation: MetricValues([(.accuracy, accuracy), (.logLoss, logLoss)]),
    validationInterval: accuracy.isNaN ? nil : .wilson(share: accuracy, count: 400),
    parameters: .object(parameters), trainableParameters: size, fitSeconds: 0.0123 * Double(trial),
    predictMicrosecondsPerRow: 0.5, modelBytes: 1_024)
}

/// An entry without a rank.
func failure(_ trial: Int, _ model: String, _ status: LeaderboardEntry.Status, _ reason: String)
  -> LeaderboardEntry
{
  LeaderboardEntry(
    trial: trial, model: model, plugin: "mlp-svm", status: status, reason: reason,
    parameters: .object([("l2", .number(0.5))]))
}

/// Entries ranked by accuracy.
func leaderboard(
  _ entries: [LeaderboardEntry], state: SearchState.State = .complete
) -> Leaderboard {
  Leaderboard(
    metric: .accuracy, classes: ["1", "2", "3", "4"],
    search: SearchState(state: state, trials: max(0, entries.count - 1)), entries: entries)
}

/// A leaderboard of some twenty trials of four models, as a search leaves it.
func searchedLeaderboard() -> Leaderboard {
  var entries = [
    entry(0, "baseline", accuracy: 0.25, logLoss: 1.386, size: 0),
    failure(19, "deep", .failed, "the loss became infinite in epoch 3"),
    failure(7, "deep", .timeout, "trial_time of 60 s is over"),
  ]
  for trial in 1...6 {
    entries.append(
      entry(
        trial, "quasi-svm", accuracy: 0.985 - 0.0025 * Double(trial % 4), size: 4_100 * trial,
        parameters: [
          ("kernel", .string("gaussian")), ("output_dim", .integer(1_025 * trial)),
          ("scale", .number(2.13456 * Double(trial))), ("l2", .number(1.2345e-5)),
        ]))
  }
  for trial in 8...12 {
    entries.append(
      entry(
        trial, "linear-svm", accuracy: 0.97 - 0.001 * Double(trial),
        parameters: [("loss", .string("hinge")), ("l2", .number(0.0012345 * Double(trial)))]))
  }
  for trial in 13...15 {
    entries.append(
      entry(
        trial, "deep", accuracy: 0.98 - 0.0025 * Double(trial % 3), size: 11_572,
        parameters: [("hidden", .array([.integer(128), .integer(64)])), ("l2", .number(0.01))]))
  }
  var board = leaderboard(entries)
  for (place, best) in board.bestOfEachModel.enumerated() {
    board.setTest(
      MetricValues([(.accuracy, 0.98 - 0.01 * Double(place)), (.logLoss, 0.09)]), trial: best.trial)
  }
  return board
}
