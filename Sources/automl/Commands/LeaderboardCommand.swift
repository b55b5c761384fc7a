import ArgumentParser
import PluginKit
import Engine
import Evaluation

struct LeaderboardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "leaderboard", abstract: "Show a run's leaderboard, also while it runs.")

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case table, csv, json, markdown
  }

  @Argument(help: ArgumentHelp("The run folder.", valueName: "run"))
  var folder: String

  @Option(help: "How it is written.")
  var format = Format.table

  @Flag(help: "Show every trial; without it a table has the first 15 and the best of each model.")
  var all = false

  func run() throws {
    let leaderboard = try readLeaderboard(ofRun: folder)
    if leaderboard.search.state == .running, !isRunAtWork(in: folder) {
      Terminal.messages.writeLine(
        "no run is at work in '\(folder)'; 'automl run' with the same pipeline goes on")
    }
    let output = Terminal.output
    switch format {
    case .table:
      output.write(
        leaderboard.table(width: output.width, limit: all ? nil : 15, emphasis: output.emphasis))
    case .csv: output.write(leaderboard.csv)
    case .json: output.write(leaderboard.json.indentedText)
    case .markdown: output.write(leaderboard.markdown)
    }
  }
}
