import ArgumentParser
import PluginKit
import PluginScaffold
import SystemFiles

extension PluginDraft.Language: ExpressibleByArgument {}

extension PluginCommand {
  struct New: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write a new plugin that trains, to begin with.",
      discussion: """
        Writes a folder of that name. A plugin in Python runs at once, from any folder. One in Swift is a \
        package, which builds a program of its own: automl with one plugin more.
        """)

    @Argument(help: "What pipelines will call it, such as my-model.")
    var name: String

    @Option(help: "What it is written in.")
    var language: PluginDraft.Language

    @Option(
      help: ArgumentHelp(
        "The sources of automl, for a plugin in Swift; default: where this program was built.",
        valueName: "folder"))
    var sources: String?

    func run() throws {
      guard try programPlugins()[name] == nil else {
        throw UsageError("there is a plugin '\(name)' already: choose another name")
      }
      let sources = sources ?? PluginDraft.sources(near: [programPath(), "."])
      try PluginDraft(name: name, language: language, sources: sources).write()
      let word = shellWord(name)
      Terminal.messages.writeLine(
        language == .python
          ? "wrote \(name); to check it: automl plugin check \(word)"
          : "wrote \(name); to build and check it: cd \(word) && swift build -c release && "
            + ".build/release/automl-\(word) plugin check \(word)")
    }
  }
}
