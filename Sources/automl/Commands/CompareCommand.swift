import ArgumentParser
import Engine
import PluginKit

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Say what differs between two runs: settings and results.")

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  @Argument(help: ArgumentHelp("A run folder.", valueName: "first-run"))
  var first: String

  @Argument(help: ArgumentHelp("Another run folder.", valueName: "second-run"))
  var second: String

  @Option(help: "How it is written.")
  var format = Format.text

  func run() throws {
    let comparison = try RunComparison(first, second)
    let output = Terminal.output
    switch format {
    case .text: output.write(comparison.text(width: output.width, emphasis: output.emphasis))
    case .json: output.write(comparison.json.indentedText)
    }
  }
}
