import ArgumentParser
import PluginKit
import PipelineSpec
import Preprocessing
import SystemFiles

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema of pipelines, for editors.")

  @OptionGroup var plugins: PluginOptions

  @Option(help: ArgumentHelp("Where to write it; default: standard output.", valueName: "file"))
  var output: String?

  func run() throws {
    let schema = PipelineSchema.json(
      registry: try modelPlugins(plugins), steps: StepDeclaration.all)
    try writeResult(schema.indentedText, to: output)
  }
}
