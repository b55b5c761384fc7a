import PluginKit
import TestSupport
import Testing

@Test func prunedTrialsAreOnTheLeaderboardWithTheirReason() throws {
  let workplace = try Workplace()
  try workplace.folder.write(
    """
    version: 1
    data: {source: points.csv, target: kind}
    models: [{use: mlp-svm, with: {hidden: [8], epochs: 16, early_stopping: 0}}]
    search: {use: random, trials: 20, parallel: 2, pruning: asha}
    output: {dir: run}
    """, to: "pruned.yaml")
  #expect(try workplace.automl("run", "pruned.yaml", "--workers", "2").exitCode == 0)
  let board = try JSONValue(
    parsing: workplace.automl("leaderboard", "run", "--format", "json").output)
  let pruned = (board["entries"]?.array ?? []).filter { $0["status"]?.string == "pruned" }
  #expect(!pruned.isEmpty)
  for entry in pruned {
    #expect(entry["rank"] == .null && entry["test"] == .null)
    #expect(entry["reason"]?.string?.contains(" epochs, and the better half of ") == true)
  }
  let table = try workplace.automl("leaderboard", "run").output
  #expect(table.contains(" complete, \(pruned.count) pruned\n"))
}
