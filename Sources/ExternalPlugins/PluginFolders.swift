import PipelineSpec
package import PluginKit
import SystemFiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where plugins in any language are found.
package enum PluginFolders {
  /// Adds the plugin of a folder, or those of the folders in it, to a registry.
  ///
  /// A plugin that is there already, from the same folder, is passed over.
  ///
  /// - Throws: `PipelineIssues` with all that is wrong with the plugins' files, also an id that is taken;
  ///   ``PluginFolderError`` if there is no plugin.
  package static func register(_ path: String, in registry: inout PluginRegistry) throws {
    let folders = try pluginFolders(path)
    guard !folders.isEmpty else {
      throw PluginFolderError(
        "'\(path)' holds no plugin: neither it nor a folder in it has a \(PluginFile.name)")
    }
    try add(folders, to: &registry)
  }

  /// Adds the plugins that are installed: those of the folders in `AUTOML_PLUGIN_PATH`, and those in the
  /// user's data folder, where there may be none.
  ///
  /// - Throws: As ``register(_:in:)``.
  package static func registerInstalled(in registry: inout PluginRegistry) throws {
    for path in variable("AUTOML_PLUGIN_PATH")?.split(separator: ":") ?? [] {
      try register(String(path), in: &registry)
    }
    guard let data = variable("XDG_DATA_HOME") ?? variable("HOME").map({ $0 + "/.local/share" })
    else { return }
    let path = resolvedPath("automl/plugins", from: data)
    if fileExists(path) { try add(try pluginFolders(path), to: &registry) }
  }

  /// The folder itself if it is a plugin's, otherwise those in it that are, in the order of their names.
  private static func pluginFolders(_ path: String) throws(PluginFolderError) -> [String] {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw PluginFolderError("there is no folder '\(path)'")
    }
    if isPlugin(path) { return [path] }
    return folderContents(path).map { resolvedPath($0, from: path) }.filter(isPlugin)
  }

  private static func isPlugin(_ folder: String) -> Bool {
    fileExists(resolvedPath(PluginFile.name, from: folder))
  }

  private static func add(_ folders: [String], to registry: inout PluginRegistry) throws {
    var issues: [PipelineIssue] = []
    for folder in folders {
      if registry.plugins.contains(where: { $0.folder == realPath(folder) }) { continue }
      do throws(PipelineIssues) {
        let file = try PluginFile(folder: folder)
        if let other = registry[file.manifest.id] { throw file.idIsTaken(by: name(of: other)) }
        registry.add(ExternalPlugin(file))
      } catch {
        issues += error.issues
      }
    }
    guard issues.isEmpty else { throw PipelineIssues(issues: issues) }
  }

  /// A plugin whose id another one has, for a message.
  private static func name(of plugin: any ModelPlugin) -> String {
    plugin.folder.map { "'\(resolvedPath(PluginFile.name, from: $0))'" }
      ?? "a plugin of the program"
  }

  private static func variable(_ name: String) -> String? {
    let value = getenv(name).map { String(cString: $0) } ?? ""
    return value.isEmpty ? nil : value
  }
}

/// A path that leads to no plugin.
package struct PluginFolderError: Error, Equatable, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}

extension PluginRegistry {
  /// Adds a plugin whose id is free and whose interface is this program's.
  fileprivate mutating func add(_ plugin: ExternalPlugin) {
    do {
      try register(plugin)
    } catch {
      preconditionFailure("\(error)")
    }
  }
}
