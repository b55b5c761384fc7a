import ArgumentParser
import Engine
import Evaluation
import PipelineSpec
import SVMCheck
import SystemFiles
import TabularData

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run a pipeline, or write one for a table and run it.",
    discussion: """
      The same command again finds the complete result and runs nothing. Ctrl-C stops the search and \
      writes the best model so far; a second Ctrl-C ends the program at once.
      """)

  @Argument(
    help: ArgumentHelp(
      "A pipeline (.yaml), or a table together with --target.", valueName: "pipeline-or-table"))
  var subject: String

  @OptionGroup var settings: SettingOptions

  @OptionGroup var plugins: PluginOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The column of labels, where a table is given: a name, or a position (-1 is the last).",
      valueName: "column"))
  var target: String?

  @Option(
    help: ArgumentHelp(
      "Where results go, instead of the pipeline's output.dir.", valueName: "folder"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "How many trials run at once; the result is the same for any number.", valueName: "count"))
  var workers: Int = processorCount()

  @Flag(help: "Replace an older run in the folder.")
  var fresh = false

  @Flag(help: "Print nothing but warnings and errors.")
  var quiet = false

  func validate() throws {
    guard workers >= 1 else {
      throw ValidationError("--workers must be at least 1, got \(workers)")
    }
    if target == nil, !isPipeline {
      throw ValidationError(
        "'\(subject)' is no pipeline (.yaml); for a table name its labels: "
          + "automl run \(shellWord(subject)) --target COLUMN")
    }
    if let target, isPipeline {
      throw ValidationError(
        "--target goes with a table; for a pipeline: --set data.target=\(shellWord(target))")
    }
  }

  func run() async throws {
    let path = isPipeline ? subject : try writePipeline()
    let (pipeline, registry) = try settings.read(path, plugins)
    try keepPipeline(path, outOf: output ?? pipeline.outputFolder)
    let progress = Progress(terminal: .messages, isQuiet: quiet)
    let experiment = Experiment(
      pipeline: pipeline, registry: registry,
      options: RunOptions(
        workers: workers, outputFolder: output, isFresh: fresh, programVersion: programVersion),
      limits: Interruption.catchSignals(), report: progress.show)
    let result: RunResult
    do {
      // Also before the message of an error, which would otherwise stand behind the progress line.
      defer { progress.end() }
      result = try await experiment.run()
    }
    if !quiet { show(result) }
    try finish(result) {
      try pipeline.exports.map { try exportBest(in: result.folder, as: $0, registry) }
    }
  }

  private var isPipeline: Bool { subject.hasSuffix(".yaml") || subject.hasSuffix(".yml") }

  /// Does what `init` does; a pipeline that is there already is taken if it is the same.
  private func writePipeline() throws -> String {
    let draft = try PipelineDraft(table: subject, target: target ?? "", output: nil)
    if (try? readFile(draft.path)) != Array(draft.text.utf8) {
      try draft.write(overwrite: false)
      for warning in draft.warnings { Terminal.messages.writeLine("warning: \(warning)") }
      if !quiet { Terminal.messages.writeLine("wrote \(draft.path), which says what is run") }
    }
    return draft.path
  }

  /// A run folder has a `pipeline.yaml` of its own, which must not replace the one that a person wrote.
  private func keepPipeline(_ path: String, outOf folder: String) throws {
    guard isSameFile(path, resolvedPath("pipeline.yaml", from: folder)),
      !fileExists(resolvedPath("split.csv", from: folder))
    else { return }
    throw UsageError("a run in '\(folder)' would replace \(path): choose another --output")
  }

  private func show(_ result: RunResult) {
    if result.wasComplete {
      Terminal.messages.writeLine("'\(result.folder)' is complete: nothing was run")
    }
    let output = Terminal.output
    output.write(result.leaderboard.table(width: output.width, emphasis: output.emphasis))
    let verdicts = svmVerdicts(ofRun: result.folder)
    if !verdicts.isEmpty {
      output.write("\nIs it an SVM?\n" + verdictLines(verdicts, width: output.width))
    }
  }

  /// Says how the run ended; a useful one is exported before.
  private func finish(_ result: RunResult, export: () throws -> [String]) throws {
    let messages = Terminal.messages
    let model = resolvedPath("best.safetensors", from: result.folder)
    let hasModel = fileExists(model)
    if result.leaderboard.search.state == .interrupted {
      messages.write("\n")
      messages.writeLine(
        hasModel
          ? "interrupted: \(model) is the best model so far, and nothing was tested"
          : "interrupted before the first trial had ended: there is no model")
      throw ExitStatus.interrupted
    }
    guard result.isUseful else {
      messages.write("\n")
      messages.writeLine(
        "error: only the baseline is complete; for the reasons: "
          + "automl leaderboard \(shellWord(result.folder))")
      throw ExitStatus.failed
    }
    let exported = try export()
    guard !quiet else { return }
    let time = FigureFormat.duration(result.seconds)
    messages.write("\n")
    let report = resolvedPath("report.html", from: result.folder)
    if fileExists(report) { messages.writeLine("What came out, to look at: \(report)") }
    messages.writeLine(
      "The best model is \(model)"
        + (result.wasComplete ? "." : ", and the run took \(time).") + " To use it:")
    messages.write("  automl predict \(shellWord(model)) TABLE\n")
    if !exported.isEmpty {
      messages.writeLine("It is exported as \(listed(exported.map(shellWord), atMost: 4)).")
    }
  }
}
