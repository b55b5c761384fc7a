import PluginKit
import TestSupport
import Testing

@Test func allFormatsTellOfTheSameEntries() throws {
  let sample = try SampleRun.shared.get()
  func leaderboard(_ options: String...) throws -> String {
    let run = try ProgramRun.start(
      ["leaderboard", "runs/points"] + options, directory: sample.workplace.folder.path
    ).finish()
    #expect(run.exitCode == 0)
    #expect(run.messages == "")
    return run.output
  }
  let table = try leaderboard()
  #expect(table == sample.outcome.output)
  #expect(try leaderboard("--all") == table)
  let csv = try leaderboard("--format", "csv")
  #expect(csv == (try sample.workplace.folder.text("runs/points/leaderboard.csv")))
  let json = try leaderboard("--format", "json")
  #expect(json == (try sample.workplace.folder.text("runs/points/leaderboard.json")))
  let entries = try #require(try JSONValue(parsing: json)["entries"]?.array)
  #expect(entries.map { $0["rank"]?.integer } == (1...7).map { $0 })
  #expect(csv.lines.count == 1 + entries.count)
  let markdown = try leaderboard("--format", "markdown").lines
  #expect(markdown.filter { $0.hasPrefix("| ") }.count == 2 + entries.count)
}

@Test func everyFileOfALeaderboardHasTheNamesOfTheContract() throws {
  let sample = try SampleRun.shared.get()
  let board = try JSONValue(
    parsing: try sample.workplace.folder.text("runs/points/leaderboard.json"))
  #expect(
    board.members?.map(\.0) == ["version", "metric", "direction", "classes", "search", "entries"])
  #expect(board["search"]?.members?.map(\.0) == ["state", "trials", "deterministic"])
  #expect(board["search"]?["trials"]?.integer == 6)
  #expect(
    board["entries"]?.array?.first?.members?.map(\.0) == [
      "rank", "trial", "model", "plugin", "status", "reason", "validation", "validation_interval",
      "test", "parameters", "trainable_parameters", "fit_seconds", "predict_microseconds_per_row",
      "model_bytes",
    ])
}

@Test func aDamagedLeaderboardIsNamed() throws {
  let workplace = try Workplace()
  try workplace.folder.write("{", to: "run/leaderboard.json")
  let run = try workplace.automl("leaderboard", "run")
  #expect(
    run.messages
      == "error: 'run/leaderboard.json' can't be understood: byte 1: expected a name in quotes\n")
  #expect(run.exitCode == 2)
}
