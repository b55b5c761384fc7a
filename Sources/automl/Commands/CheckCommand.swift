import ArgumentParser
import Engine
import PipelineSpec

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Validate a pipeline and its table; run nothing.")

  @Argument(help: "The pipeline (.yaml).")
  var pipeline: String

  @OptionGroup var settings: SettingOptions

  @OptionGroup var plugins: PluginOptions

  func run() throws {
    let (checked, registry) = try settings.read(pipeline, plugins)
    let estimate = try RunEstimate(checked, registry: registry)
    for warning in estimate.warnings { Terminal.messages.writeLine("warning: \(warning)") }
    Terminal.output.write("\(pipeline) is valid\n\n\(estimate.description)")
  }
}
