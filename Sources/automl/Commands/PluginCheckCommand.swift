import ArgumentParser
import Evaluation
import PluginConformance
import PluginKit

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

    @Argument(help: ArgumentHelp("The id of a plugin.", valueName: "plugin"))
    var name: String

    @Option(help: "How it is written.")
    var format = Format.table

    func run() async throws {
      let registry = try programPlugins()
      guard let plugin = registry[name] else {
        throw UsageError(
          "there is no plugin '\(name)'; there are: " + registry.ids.joined(separator: ", "))
      }
      let messages = Terminal.messages
      let report = await ConformanceReport(checking: plugin) { promise in
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
