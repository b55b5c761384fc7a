import ArgumentParser
import BuiltInPlugins
import Engine
import Evaluation
import PipelineSpec
import PluginKit
import Preprocessing
import SystemFiles

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run a pipeline, or write one for a table and run it.",
    discussion: """
      The same command again finds the complete result and runs nothing. Ctrl-C stops the search and \
      writes the best model so far; a second Ctrl-C ends the program at once.
      """)

  @Argument(help: "A pipeline (.yaml), or a table together with --target.")
  var pipeline: String

  @OptionGroup var settings: SettingOptions

  @Option(
    help: "The column of labels, where a table is given: a name, or a position (-1 is the last).")
  var target: String?

  @Option(help: "Where results go, instead of the pipeline's output.dir.")
  var output: String?

  @Option(help: "How many trials run at once; the result is the same for any number.")
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
        "'\(pipeline)' is no pipeline (.yaml); for a table name its labels: "
          + "automl run \(pipeline) --target COLUMN")
    }
    if target != nil, isPipeline {
      throw ValidationError(
        "--target goes with a table; for a pipeline use --set data.target=\(target ?? "")")
    }
  }

  func run() async throws {
    let path = isPipeline ? pipeline : try writePipeline()
    let checked = try settings.reader().read(path: path, settings: settings.set)
    let progress = Progress(terminal: .messages, isQuiet: quiet)
    let experiment = Experiment(
      pipeline: checked, registry: try builtInPlugins(),
      options: RunOptions(
        workers: workers, outputFolder: output, isFresh: fresh, programVersion: programVersion),
      limits: Interruption.catchSignals(), report: progress.show)
    let result: RunResult
    do {
      result = try await experiment.run()
      progress.end()
    } catch {
      progress.end()
      throw error
    }
    if !quiet { show(result) }
    try finish(result)
  }

  private var isPipeline: Bool { pipeline.hasSuffix(".yaml") || pipeline.hasSuffix(".yml") }

  /// Does what `init` does; a pipeline that is there already is taken if it is the same.
  private func writePipeline() throws -> String {
    let draft = try PipelineDraft(table: pipeline, target: target ?? "", output: nil)
    if (try? readFile(draft.path)) != Array(draft.text.utf8) {
      try draft.write(overwrite: false)
      if !quiet { Terminal.messages.write("wrote \(draft.path), which says what is run\n") }
    }
    return draft.path
  }

  private func show(_ result: RunResult) {
    if result.wasComplete {
      Terminal.messages.write("'\(result.folder)' is complete: nothing was run\n")
    }
    let output = Terminal.output
    output.write(result.leaderboard.table(width: output.width, emphasis: output.emphasis))
    guard result.leaderboard.best != nil else { return }
    let time = result.wasComplete ? "" : " after \(figure(result.seconds).dropLast(2)) s"
    Terminal.messages.write(
      "\nThe best model is \(result.folder)/best.safetensors\(time). To use it:\n"
        + "  automl predict \(result.folder)/best.safetensors TABLE\n")
  }

  private func finish(_ result: RunResult) throws {
    if result.leaderboard.search.state == .interrupted {
      Terminal.messages.write("interrupted: the best model so far is written, nothing is tested\n")
      throw ExitStatus.interrupted
    }
    guard result.isUseful else {
      Terminal.messages.write(
        "error: no trial but the baseline is complete; the reasons stand on the leaderboard\n")
      throw ExitStatus.failed
    }
  }
}
