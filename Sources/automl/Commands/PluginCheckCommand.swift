import ArgumentParser
import Evaluation
import ExternalPlugins
import PluginConformance
import PluginKit
import SystemFiles

extension PluginCommand {
  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Look whether a plugin keeps the promises that all plugins make.",
      discussion: """
        Trains the plugin some hundred times on small tables, and looks for what breaks a promise: seeds, \
        threads and earlier trainings that change a model, unusual tables, ends of the search, damaged \
        files, interruptions. Ends with 1 if a promise is broken.
        """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
      case table, json
    }

    @Argument(help: ArgumentHelp("A plugin's folder, or an id.", valueName: "folder-or-id"))
    var subject: String

    @Option(help: "How it is written.")
    var format = Format.table

    @OptionGroup var plugins: PluginOptions

    func run() async throws {
      let plugin = try plugin()
      defer { (plugin as? ExternalPlugin)?.close() }
      let messages = Terminal.messages
      let report = await ConformanceReport(
        checking: plugin, tolerance: plugin.folder == nil ? 0 : 1e-6
      ) { promise in
        if messages.isDecorated { messages.write("\r\u{1B}[K\(promise) …") }
      }
      if messages.isDecorated { messages.write("\r\u{1B}[K") }
      let output = Terminal.output
      switch format {
      case .table: output.write(report.table(width: output.width, emphasis: output.emphasis))
      case .json: output.write(report.json.indentedText)
      }
      if !report.isKept { throw ExitStatus.failed }
    }

    /// The plugin of a folder, where there is one, otherwise the one with an id.
    private func plugin() throws -> any ModelPlugin {
      if fileExists(resolvedPath("plugin.yaml", from: subject)) || subject.contains("/") {
        var registry = try programPlugins()
        let known = registry.plugins.count
        try PluginFolders.register(subject, in: &registry)
        let found = registry.plugins.dropFirst(known)
        guard let plugin = found.first, found.count == 1 else {
          let folders = found.compactMap(\.folder).map { shellWord($0) }
          throw UsageError(
            "'\(subject)' holds \(found.count) plugins; name one of their folders: "
              + folders.joined(separator: ", "))
        }
        return plugin
      }
      let registry = try modelPlugins(plugins)
      guard let plugin = registry[subject] else {
        throw UsageError(
          "there is no plugin '\(subject)'; there are: " + registry.ids.joined(separator: ", "))
      }
      return plugin
    }
  }
}

extension ConformanceReport {
  /// The findings for a terminal, broken promises first, each with what to do about it.
  fileprivate func table(width: Int, emphasis: Emphasize?) -> String {
    var lines = [emphasis?(.title, title) ?? title, ""]
    for word in ["broken", "refused", "untested", "kept"] {
      for finding in findings where finding.verdict.word == word {
        lines += finding.lines(width: width, emphasis: emphasis)
      }
    }
    return (lines + ["", summary]).map { $0 + "\n" }.joined()
  }

  private var title: String { "\(manifest.id), version \(manifest.version): \(manifest.summary)" }

  private var summary: String {
    let counts = ["kept", "broken", "refused", "untested"].compactMap { word -> String? in
      let count = findings.count { $0.verdict.word == word }
      return count > 0 ? "\(count) \(word)" : nil
    }
    return "\(findings.count) promises: " + counts.joined(separator: ", ")
  }
}

extension Finding {
  private static let wordWidth = 10
  private static let nameWidth = 44

  /// The verdict and the promise, and what was tried beside it; below it where it is broken.
  fileprivate func lines(width: Int, emphasis: Emphasize?) -> [String] {
    let head = padded(verdict.word, Self.wordWidth) + promise
    guard !isBroken else {
      return [emphasis?(.title, head) ?? head] + details(width: width - Self.wordWidth)
    }
    let indent = Self.wordWidth + Self.nameWidth
    let evidence = verdict.evidence.flatMap { $0.wrapped(to: max(30, width - indent)) }
    return evidence.enumerated().map { line, text in
      padded(line == 0 ? head : "", indent) + (emphasis?(.faint, text) ?? text)
    }
  }

  /// What breaks the promise, and what to do.
  private func details(width: Int) -> [String] {
    // An author mends one thing at a time, and the first findings say enough.
    var details = verdict.evidence.prefix(3).map { "- \($0)" }
    let rest = verdict.evidence.count - details.count
    if rest > 0 { details.append("- and \(rest) more") }
    details.append("To do: \(advice).")
    return details.flatMap { $0.wrapped(to: max(30, width)) }.map {
      padded("", Self.wordWidth) + $0
    }
  }
}

private func padded(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}
