import ArgumentParser
import Evaluation
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

  @Option(
    help: ArgumentHelp(
      "Add a column set_<class> for each class: 1 for the classes among which the true one is with at least "
        + "this probability, such as 0.95.", valueName: "coverage"))
  var sets: Double?

  func run() throws {
    let classifier = try loadClassifier(model, plugins)
    let threshold = try sets.map { try setThreshold(coverage: $0, classifier) }
    let (scores, probabilities) = (scores, probabilities)
    let header = ClassifiedRows.csvHeader(
      classes: classifier.classes, scores: scores, probabilities: probabilities,
      sets: threshold != nil)
    let result = try ResultWriter(output, beginning: header)
    let monitor = classifier.driftMonitor
    var seen = monitor?.nothing
    try classifier.bundle.schema.readBlocks(
      table,
      work: { features in
        let lines = try classifier.predict(features).csvLines(
          classes: classifier.classes, scores: scores, probabilities: probabilities,
          setThreshold: threshold)
        return (lines: lines, counts: monitor?.counts(features))
      },
      take: { block in
        try result.append(block.lines)
        if let counts = block.counts { seen?.add(counts) }
      })
    try result.finish()
    if let monitor, let seen {
      for warning in monitor.warnings(seen) { Terminal.messages.writeLine("warning: \(warning)") }
    }
  }

  /// The least probability of the classes in a set.
  private func setThreshold(coverage: Double, _ classifier: TabularClassifier) throws -> Double {
    guard coverage > 0, coverage < 1 else {
      throw UsageError(
        "--sets must be a number between 0 and 1, both apart, such as 0.95, got \(coverage)")
    }
    guard let sets = classifier.bundle.use.sets else {
      throw UsageError(
        "--sets: \(model) does not tell how sure it was of rows that it had not seen; "
          + "run the pipeline again with this program")
    }
    if coverage > sets.highestCoverage {
      Terminal.messages.writeLine(
        "warning: every set holds all classes: \(counted(sets.rowCount, "row")), on which the model was "
          + "judged, allow for a coverage of at most "
          + FigureFormat.fixed((sets.highestCoverage * 1e4).rounded(.down) / 1e4, digits: 4))
    }
    return sets.threshold(coverage: coverage)
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
