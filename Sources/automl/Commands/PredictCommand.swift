import ArgumentParser
import ModelExport
import SystemFiles
import TabularData

struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "Predict the class of each row of a table.",
    discussion: """
      Columns are matched by name; extra ones are ignored, and the target need not be there. Without a \
      header, exactly as many columns as the model has features are taken in their order.
      """)

  @Argument(help: "A model file, such as runs/rooms/best.safetensors.")
  var model: String

  @Argument(help: "The table; - reads standard input.")
  var table: String

  @OptionGroup var plugins: PluginOptions

  @Option(
    help: ArgumentHelp("Where to write the CSV; default: standard output.", valueName: "file"))
  var output: String?

  @Flag(help: "Add a column score_<class> for each class.")
  var scores = false

  @Flag(help: "Add a column probability_<class> for each class.")
  var probabilities = false

  func run() throws {
    let classifier = try loadClassifier(model, plugins)
    let (scores, probabilities) = (scores, probabilities)
    let header = ClassifiedRows.csvHeader(
      classes: classifier.classes, scores: scores, probabilities: probabilities)
    let result = try ResultWriter(output, beginning: header)
    try classifier.bundle.schema.readBlocks(
      table,
      work: { features in
        try classifier.predict(features).csvLines(
          classes: classifier.classes, scores: scores, probabilities: probabilities)
      }, take: result.append)
    try result.finish()
  }
}

/// Reads a model file and finds its plugin.
func loadClassifier(_ path: String, _ plugins: PluginOptions) throws -> TabularClassifier {
  let bytes = try readFile(path)
  let registry = try modelPlugins(plugins)
  do {
    return try TabularClassifier(ModelBundle(decoding: bytes), registry: registry)
  } catch {
    throw ModelFileError.unusable("\(path): \(error)")
  }
}
