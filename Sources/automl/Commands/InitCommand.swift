import ArgumentParser
import PipelineSpec
import SystemFiles

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Write a commented pipeline for a table.")

  @Argument(help: "The table: .csv, .tsv or .txt, also with .gz.")
  var table: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The column of labels: a name, or a position (-1 is the last).", valueName: "column"))
  var target: String

  @Option(
    help: ArgumentHelp(
      "Where to write the pipeline; default: the table's name with .yaml, in this folder.",
      valueName: "file"))
  var output: String?

  @Flag(help: "Replace a pipeline that is there already.")
  var force = false

  func validate() throws {
    guard let output, !output.hasSuffix(".yaml"), !output.hasSuffix(".yml") else { return }
    throw ValidationError("--output must be the name of a .yaml file, got '\(output)'")
  }

  func run() throws {
    let draft = try PipelineDraft(table: table, target: target, output: output)
    try draft.write(overwrite: force)
    for warning in draft.warnings { Terminal.messages.write("warning: \(warning)\n") }
    Terminal.messages.write("wrote \(draft.path); to run it: automl run \(shellWord(draft.path))\n")
  }
}
