import ArgumentParser
import Engine
import SystemFiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write a run's report anew.",
    discussion: """
      report.html is one file for a browser, and MODEL_CARD.md a text that goes with the model. Both show \
      what stands in report.json; where that is missing, it is made of the run's other files and its table.
      """)

  @Argument(help: ArgumentHelp("The run folder.", valueName: "run"))
  var folder: String

  @OptionGroup var plugins: PluginOptions

  @Flag(help: "Show the page in the browser.")
  var open = false

  func run() throws {
    let page = try renderReport(ofRun: folder) {
      try readPipeline(pipelineFile(ofRun: folder), plugins)
    }
    Terminal.output.write(page + "\n")
    if open { try show(page) }
  }

  /// Hands the page to the program that the system opens such files with.
  private func show(_ page: String) throws {
    #if os(macOS)
      let opener = "open"
    #else
      let opener = "xdg-open"
    #endif
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(opener), strdup(page), nil]
    // Only comes back where there is no such program.
    execvp(opener, &arguments)
    throw UsageError("there is no '\(opener)' to show \(page) with: open it in a browser")
  }
}
