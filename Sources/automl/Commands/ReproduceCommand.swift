import ArgumentParser
import Engine

struct ReproduceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reproduce", abstract: "Run a run again, and say whether the same comes out.",
    discussion: """
      Tables, pipeline, plugins and the kind of CPU are compared first. The new run goes to a temporary \
      folder; the old one is not changed. The exit code is 1 if anything differs.
      """)

  @Argument(help: ArgumentHelp("The folder of a complete run.", valueName: "run"))
  var folder: String

  @OptionGroup var plugins: PluginOptions

  @Option(help: ArgumentHelp("How many trials run at once.", valueName: "count"))
  var workers: Int = processorCount()

  @Flag(help: "Print nothing but the result, warnings and errors.")
  var quiet = false

  func validate() throws {
    guard workers >= 1 else {
      throw ValidationError("--workers must be at least 1, got \(workers)")
    }
  }

  func run() async throws {
    let progress = Progress(terminal: .messages, isQuiet: quiet)
    let (pipeline, registry) = try readPipeline(pipelineFile(ofRun: folder), plugins)
    let reproduction = Reproduction(
      run: folder, pipeline: pipeline, registry: registry,
      options: RunOptions(workers: workers, programVersion: programVersion),
      limits: Interruption.catchSignals(), report: progress.show)
    let outcome: Reproduction.Outcome?
    do {
      defer { progress.end() }
      outcome = try await reproduction.run()
    }
    guard let outcome else { throw ExitStatus.interrupted }
    Terminal.output.write(outcome.description + "\n")
    if !outcome.isSame { throw ExitStatus.failed }
  }
}
