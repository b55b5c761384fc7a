import ArgumentParser
import Engine
import PluginKit

struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "List the runs in a folder and how far they have come.")

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case table, json
  }

  @Argument(help: ArgumentHelp("The folder that holds run folders.", valueName: "folder"))
  var folder = "runs"

  @Option(help: "How it is written.")
  var format = Format.table

  func run() throws {
    let runs = try listRuns(in: folder)
    let output = Terminal.output
    switch format {
    case .json: output.write(JSONValue.array(runs.map(\.json)).indentedText)
    case .table:
      guard !runs.isEmpty else {
        return Terminal.messages.writeLine("there is no run in '\(folder)'")
      }
      output.write(runs.table(width: output.width, emphasis: output.emphasis))
    }
  }
}
