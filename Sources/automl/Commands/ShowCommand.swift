import ArgumentParser
import Engine
import PluginKit

struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show everything about a trial or the ensemble.")

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  @Argument(help: ArgumentHelp("The run folder.", valueName: "run"))
  var folder: String

  @Argument(help: "The trial's number, as on the leaderboard; the baseline is 0. Or: ensemble.")
  var trial: String

  @Option(help: "How it is written.")
  var format = Format.text

  func validate() throws {
    guard Int(trial) == nil, trial != Self.ensemble else { return }
    throw ValidationError("TRIAL must be the number of a trial, or ensemble, got '\(trial)'")
  }

  func run() throws {
    let (text, json) = try details
    switch format {
    case .text: Terminal.output.write(text)
    case .json: Terminal.output.write(json.indentedText)
    }
  }

  private static let ensemble = "ensemble"

  private var details: (text: String, json: JSONValue) {
    get throws {
      if let number = Int(trial) {
        let details = try TrialDetails(trial: number, run: folder)
        return (details.description, details.json)
      }
      let details = try EnsembleDetails(run: folder)
      return (details.description, details.json)
    }
  }
}
