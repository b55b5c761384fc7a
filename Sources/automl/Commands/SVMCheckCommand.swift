import ArgumentParser
import Engine
import Evaluation
import ModelExport
import PipelineSpec
import PluginKit
import SVMCheck
import TabularData

struct SVMCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "svm-check", abstract: "Say whether a model is a support vector machine.",
    usage: """
      automl svm-check MODEL TABLE
      automl svm-check TABLE --target COLUMN --preset keras-question
      automl svm-check TABLE --target COLUMN --scores FILE
      """,
    discussion: """
      States the problem that the model solves, how near it is to the optimum, what its kernel does on \
      these rows, and on how many of them it decides as the exact machine does. Both are trained anew on \
      four fifths of the rows for that, five times, so that every row is judged by machines that have not \
      seen it.

      A preset answers for models of another program: keras-question for those of "Different approaches \
      for applying SVM in Keras". A file of scores has a row for each row of the table and a column for \
      each class.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case table, json
  }

  enum Preset: String, ExpressibleByArgument, CaseIterable {
    case kerasQuestion = "keras-question"
  }

  @Argument(help: "A model file and a table with labels, or the table alone with --target.")
  var subjects: [String]

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The column of labels, where no model is given: a name, or a position (-1 is the last).",
      valueName: "column"))
  var target: String?

  @Option(help: "Models that are asked about, trained on the table.")
  var preset: Preset?

  @Option(
    help: ArgumentHelp("A table of scores that a model made elsewhere gives.", valueName: "file"))
  var scores: String?

  @Option(help: "The most rows that are looked at; the classes keep their shares.")
  var rows = Pipeline.defaultSVMCheckRows

  @OptionGroup var plugins: PluginOptions

  @Option(help: "How it is written.")
  var format = Format.table

  func validate() throws {
    let allowed = Pipeline.allowedSVMCheckRows
    guard allowed.contains(rows) else {
      throw ValidationError(
        "--rows must be from \(allowed.lowerBound) to \(allowed.upperBound), got \(rows)")
    }
    if target == nil {
      if preset != nil || scores != nil {
        throw ValidationError(
          "\(preset != nil ? "--preset" : "--scores") goes with a table and --target COLUMN")
      }
      guard subjects.count == 2 else {
        throw ValidationError("a model and a table are needed, or a table with --target COLUMN")
      }
    } else {
      guard subjects.count == 1 else {
        throw ValidationError("--target goes with one table and no model, got \(subjects.count)")
      }
      guard (preset == nil) != (scores == nil) else {
        throw ValidationError(
          "--target needs either --preset keras-question or --scores FILE")
      }
    }
  }

  func run() throws {
    let report: CheckReport
    if let target {
      report = try checkTable(subjects[0], target)
    } else {
      report = try checkModel(subjects[0], on: subjects[1])
    }
    let output = Terminal.output
    switch format {
    case .table: output.write(report.text(width: output.width, emphasis: output.emphasis))
    case .json: output.write(report.json.indentedText)
    }
  }

  private func checkModel(_ path: String, on table: String) throws -> CheckReport {
    let classifier = try loadClassifier(path, plugins)
    return try checkReport(
      on: classifier, classifier.labelledRows(of: table), from: table,
      registry: modelPlugins(plugins), rowLimit: rows)
  }

  private func checkTable(_ path: String, _ target: String) throws -> CheckReport {
    let table = try PreparedTable(path, target: target)
    let checked = CheckedRows(table.data, classes: table.classes, limit: rows, seed: Self.seed)
    try checked.refuseFew(in: path)
    let check = MachineCheck(checked, seed: Self.seed)
    guard let scores else {
      let models = try PresetModel.kerasQuestion.map {
        try check.check(try CheckedModel($0, registry: modelPlugins(plugins), seed: Self.seed))
      }
      return CheckReport(rows: checked, models: models, reference: try check.reference())
    }
    let matrix = try readScores(scores, classes: table.classes, rowCount: table.data.labels.count)
    let reference = try check.reference()
    let model = check.check(
      scores: matrix.selecting(rows: checked.tableRows), name: scores, against: reference)
    return CheckReport(rows: checked, models: [model], reference: reference)
  }

  private static let seed = Seed(0)
}

extension CheckedModel {
  /// A model of a preset.
  fileprivate init(_ preset: PresetModel, registry: PluginRegistry, seed: Seed) throws {
    guard let plugin = registry[preset.plugin] else {
      throw UsageError("the preset needs the plugin '\(preset.plugin)', which this program lacks")
    }
    self.init(
      name: preset.name, original: preset.original, plugin: plugin,
      parameters: ParameterValues(plugin.manifest.parameters, preset.parameters), studySeed: seed)
  }
}
