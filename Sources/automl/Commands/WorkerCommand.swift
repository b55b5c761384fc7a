import ArgumentParser
import Engine
import Evaluation

struct WorkerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker", abstract: "Help a run that is searching with its trials.",
    discussion: """
      It ends with the search. The results are the same with any number of workers, and when one of them \
      is killed another one takes its trials over.
      """)

  @Argument(help: ArgumentHelp("The run folder.", valueName: "run"))
  var folder: String

  @OptionGroup var plugins: PluginOptions

  @Option(
    help: ArgumentHelp("How many trials run at once.", valueName: "count"))
  var workers: Int = processorCount()

  @Flag(help: "Print nothing but warnings and errors.")
  var quiet = false

  func validate() throws {
    guard workers >= 1 else {
      throw ValidationError("--workers must be at least 1, got \(workers)")
    }
  }

  func run() async throws {
    let progress = Progress(terminal: .messages, isQuiet: quiet)
    let limits = Interruption.catchSignals()
    let (pipeline, registry) = try readPipeline(pipelineFile(ofRun: folder), plugins)
    let worker = StudyWorker(
      run: folder, pipeline: pipeline, registry: registry,
      options: RunOptions(workers: workers, programVersion: programVersion), limits: limits,
      report: progress.show)
    let finished: Int
    do {
      defer { progress.end() }
      finished = try await worker.run()
    }
    if !quiet {
      Terminal.messages.writeLine("\(FigureFormat.counted(finished, "trial")) finished here")
    }
    if Interruption.hasHappened { throw ExitStatus.interrupted }
  }
}
