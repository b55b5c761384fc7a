import ArgumentParser
import PipelineSpec
import SystemFiles
import TabularData

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Write a commented pipeline for a table.")

  @Argument(help: "The table: .csv, .tsv or .txt, also with .gz.")
  var table: String

  @Option(help: "The column of labels: a name, or a position (-1 is the last).")
  var target: String

  @Option(
    help: "Where to write the pipeline; default: the table's name with .yaml, in this folder.")
  var output: String?

  @Flag(help: "Replace a pipeline that is there already.")
  var force = false

  func run() throws {
    let draft = try PipelineDraft(table: table, target: target, output: output)
    try draft.write(overwrite: force)
    for warning in draft.warnings { Terminal.messages.write("warning: \(warning)\n") }
    Terminal.messages.write("wrote \(draft.path); run it: automl run \(draft.path)\n")
  }
}
