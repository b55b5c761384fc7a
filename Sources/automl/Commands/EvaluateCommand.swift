import ArgumentParser
import Engine
import PluginKit
import Evaluation
import ModelExport

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Compare a model's predictions with a table's labels.")

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case table, json
  }

  @Argument(help: "A model file, such as runs/rooms/best.safetensors.")
  var model: String

  @Argument(help: "The table, with the column of labels; - reads standard input.")
  var table: String

  @OptionGroup var plugins: PluginOptions

  @Option(help: "How it is written.")
  var format = Format.table

  @Option(
    help: ArgumentHelp(
      "A bound such as 'accuracy>=0.97'; the program exits with 1 where it is missed. Repeatable.",
      valueName: "bound"))
  var require: [String] = []

  func run() throws {
    let requirements = try requirements()
    let classifier = try loadClassifier(model, plugins)
    let evaluation = try classifier.evaluate(table) {
      Terminal.messages.writeLine("warning: \($0)")
    }
    let output = Terminal.output
    switch format {
    case .table: output.write(evaluation.table(width: output.width, emphasis: output.emphasis))
    case .json: output.write(evaluation.json.indentedText)
    }
    let failures = requirements.compactMap { $0.failure(of: evaluation.metrics) }
    for failure in failures { Terminal.messages.writeLine("error: " + failure) }
    if !failures.isEmpty { throw ExitStatus.failed }
  }

  private func requirements() throws -> [MetricRequirement] {
    do {
      return try require.map { try MetricRequirement($0) }
    } catch let error as MetricRequirementError {
      throw UsageError("--require: \(error)")
    }
  }
}
