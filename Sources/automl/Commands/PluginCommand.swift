import ArgumentParser
import PluginKit

struct PluginCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plugin", abstract: "Show the model plugins and their parameters.",
    subcommands: [List.self, Show.self, Check.self, New.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the plugins.")

    @OptionGroup var plugins: PluginOptions

    func run() throws {
      let manifests = try modelPlugins(plugins).plugins.map(\.manifest)
      let width = manifests.map(\.id.count).max() ?? 0
      for manifest in manifests {
        let space = String(repeating: " ", count: width - manifest.id.count + 2)
        Terminal.output.write(manifest.id + space + manifest.summary + "\n")
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show a plugin's parameters.")

    @Argument(help: "The id of a plugin, such as quasi-svm.")
    var id: String

    @OptionGroup var plugins: PluginOptions

    func run() throws {
      let registry = try modelPlugins(plugins)
      guard let manifest = registry[id]?.manifest else {
        throw UsageError(
          "there is no plugin '\(id)'; there are: " + registry.ids.joined(separator: ", "))
      }
      Terminal.output.write("\(manifest.id), version \(manifest.version): \(manifest.summary)\n")
      if let folder = registry[id]?.folder { Terminal.output.write("in \(folder)\n") }
      for parameter in manifest.parameters { Terminal.output.write("\n" + parameter.help) }
    }
  }
}

extension ParameterDeclaration {
  /// The declaration in a few lines.
  fileprivate var help: String {
    var lines = [name, "  \(summary)", "  \(allowed); default \(defaultValue)"]
    if let condition {
      let values = condition.isOneOf.map(\.description).joined(separator: " or ")
      lines.append("  used only with \(condition.parameter): \(values)")
    }
    if let searched { lines.append("  searched by default: \(searched.help)") }
    return lines.map { $0 + "\n" }.joined()
  }
}

extension Domain {
  fileprivate var help: String {
    switch self {
    case .integer(let range, let log):
      "\(range.lowerBound) to \(range.upperBound)" + (log ? ", logarithmic" : "")
    case .real(let range, let log):
      "\(ParameterValue.real(range.lowerBound)) to \(ParameterValue.real(range.upperBound))"
        + (log ? ", logarithmic" : "")
    case .choice(let values): values.map(\.description).joined(separator: ", ")
    }
  }
}
