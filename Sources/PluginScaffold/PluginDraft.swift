import PluginKit
import SystemFiles

/// A new plugin that trains and keeps its promises: a folder for an author to begin with.
package struct PluginDraft: Sendable {
  /// What the plugin is written in.
  package enum Language: String, Sendable, CaseIterable {
    case python, swift
  }

  /// What users will type, and the folder's name.
  package let name: String
  /// Paths in the folder, with what they hold.
  package let files: [(path: String, text: String)]

  /// Drafts a plugin.
  ///
  /// - Parameters:
  ///   - name: Lower-case words joined by hyphens.
  ///   - language: What it is written in.
  ///   - sources: The folder of this program's package, which a plugin in Swift is built with.
  /// - Throws: ``PluginDraftError`` if the name can't be one, or `sources` is no such folder.
  package init(
    name: String, language: Language, sources: String? = nil
  ) throws(PluginDraftError) {
    guard isName(name, separator: "-"), name.count <= 64 else {
      throw PluginDraftError(
        "a plugin is named by lower-case words of letters and digits, joined by hyphens, such as "
          + "my-model; got '\(name)'")
    }
    self.name = name
    switch language {
    case .python: files = Self.pythonFiles(name)
    case .swift:
      guard let sources, Self.areSources(sources) else {
        throw PluginDraftError(
          "a plugin in Swift is built with the sources of automl"
            + (sources.map { ", and they are not in '\($0)'" } ?? "")
            + "; name their folder: --sources FOLDER")
      }
      files = Self.swiftFiles(name, sources: sources)
    }
  }

  /// Writes the folder `name` into the current folder.
  ///
  /// - Throws: ``PluginDraftError`` if something of that name is there, `FileError` if it can't be written.
  package func write() throws {
    guard !fileExists(name) else {
      throw PluginDraftError("'\(name)' exists already, and nothing is written over it")
    }
    for (path, text) in files {
      let target = resolvedPath(path, from: name)
      if let folder = parentFolder(of: target) { try makeFolder(folder) }
      try writeFile(target, text)
    }
  }

  /// The first folder at or above one of some paths that holds this program's package, or nil.
  package static func sources(near paths: [String]) -> String? {
    for path in paths {
      var folder: String? = absolutePath(path)
      while let current = folder {
        if areSources(current) { return current }
        folder = parentFolder(of: current)
      }
    }
    return nil
  }

  private static func areSources(_ folder: String) -> Bool {
    ["Package.swift", "Sources/PluginKit", "Sources/PluginScaffold"].allSatisfy {
      fileExists(resolvedPath($0, from: folder))
    }
  }

  private static func pythonFiles(_ name: String) -> [(path: String, text: String)] {
    [
      ("plugin.yaml", filled(PackageResources.python_plugin_yaml, name)),
      ("\(name).py", filled(PackageResources.python_plugin_py, name)),
      ("automl_plugin.py", filled(PackageResources.automl_plugin_py, name)),
      ("README.md", filled(PackageResources.python_readme_md, name)),
    ]
  }

  private static func swiftFiles(
    _ name: String, sources: String
  ) -> [(path: String, text: String)] {
    let type = name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }
      .joined()
    func file(_ bytes: [UInt8]) -> String {
      filled(bytes, name).replacing("MyModel", with: type)
        .replacing("AUTOML-SOURCES", with: absolutePath(sources))
    }
    let folder = "Sources/automl-\(name)"
    return [
      ("Package.swift", file(PackageResources.swift_package_txt)),
      ("\(folder)/\(type)Plugin.swift", file(PackageResources.swift_plugin_txt)),
      ("\(folder)/Main.swift", file(PackageResources.swift_main_txt)),
      ("README.md", file(PackageResources.swift_readme_md)),
    ]
  }

  private static func filled(_ bytes: [UInt8], _ name: String) -> String {
    String(decoding: bytes, as: UTF8.self).replacing("MY-MODEL", with: name)
  }
}

/// Why there is no new plugin.
package struct PluginDraftError: Error, Equatable, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}
