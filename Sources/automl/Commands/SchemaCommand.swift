import ArgumentParser
import PluginKit
import BuiltInPlugins
import PipelineSpec
import Preprocessing
import SystemFiles

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema of pipelines, for editors.")

  @Option(help: "Where to write it; default: standard output.")
  var output: String?

  func run() throws {
    let schema = PipelineSchema.json(registry: try builtInPlugins(), steps: StepDeclaration.all)
    if let output {
      try writeFile(output, schema.indentedText)
    } else {
      Terminal.output.write(schema.indentedText)
    }
  }
}
