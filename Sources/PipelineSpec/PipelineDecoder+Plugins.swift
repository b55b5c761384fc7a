import PluginKit

/// The section `plugins:`: folders of plugins that are no part of the program.
extension PipelineDecoder {
  /// Adds what the listed folders hold to the registry.
  mutating func registerPlugins(_ field: Field) {
    guard let elements = elements(field, of: "folders") else { return }
    for element in elements {
      guard let folder = inputPath(element) else { continue }
      do {
        guard let loadPlugins else { throw Unsupported() }
        try loadPlugins(folder, &registry)
      } catch let error as PipelineIssues {
        pluginIssues += error.issues
      } catch {
        report(.conflict(element.path, "\(error)"), at: element.node.location)
      }
    }
  }

  /// The folders of those plugins that the entries use and that are no part of the program.
  func pluginFolders(of models: [ModelEntry]) -> [String] {
    var folders: [String] = []
    for folder in models.compactMap({ registry[$0.use]?.folder }) where !folders.contains(folder) {
      folders.append(folder)
    }
    return folders
  }

  private struct Unsupported: Error, CustomStringConvertible {
    let description = "this command knows only the plugins of the program"
  }
}
