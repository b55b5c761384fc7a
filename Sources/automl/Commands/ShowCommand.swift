import ArgumentParser
import Engine
import PluginKit

struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show everything about a trial.")

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  @Argument(help: ArgumentHelp("The run folder.", valueName: "run"))
  var folder: String

  @Argument(help: "The trial's number, as on the leaderboard; the baseline is 0.")
  var trial: Int

  @Option(help: "How it is written.")
  var format = Format.text

  func run() throws {
    let details = try TrialDetails(trial: trial, run: folder)
    switch format {
    case .text: Terminal.output.write(details.description)
    case .json: Terminal.output.write(details.json.indentedText)
    }
  }
}
