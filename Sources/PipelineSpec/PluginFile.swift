package import PluginKit
import SystemFiles

/// What a `plugin.yaml` says of a plugin in any language: what it can do, its command and its limits.
package struct PluginFile: Sendable {
  /// The name of the file in a plugin's folder.
  package static let name = "plugin.yaml"
  /// The latest version of the protocol that this program speaks.
  package static let knownProtocol = 1

  /// The plugin's folder, from the root and without symbolic links.
  package let folder: String
  /// The path of the file, for messages.
  package let path: String
  package let manifest: PluginManifest
  /// The version of the protocol that the plugin speaks.
  package let protocolVersion: Int
  /// The program and its arguments; not empty.
  package let command: [String]
  /// The most bytes of memory of one process; nil for the default.
  package let memoryLimit: Int?
  /// The longest silence while an answer is waited for, in seconds.
  package let timeout: Double
  /// The longest silence before the first answer, in seconds.
  package let startTimeout: Double

  private let source: SourceText
  private let idLocation: Location

  /// Reads and checks the file of a plugin's folder.
  ///
  /// - Throws: All issues of the file.
  package init(folder: String) throws(PipelineIssues) {
    let path = resolvedPath(Self.name, from: folder)
    let source: SourceText
    do {
      source = try SourceText(
        path: path, bytes: try readFile(path, byteLimit: PipelineReader.byteLimit))
    } catch let issues as PipelineIssues {
      throw issues
    } catch {
      throw .whole(path, .unreadable("\(error)"))
    }
    var composer = YAMLComposer(source.bytes)
    var decoder = PluginFileDecoder()
    do throws(Finding) {
      decoder.decode(try composer.document())
    } catch {
      decoder.findings.append(error)
    }
    let findings = composer.findings + decoder.findings
    guard findings.isEmpty, let content = decoder.content else {
      throw PipelineIssues(issues: source.issues(findings))
    }
    self.folder = realPath(folder)
    self.path = path
    self.source = source
    manifest = content.manifest
    protocolVersion = content.protocolVersion
    command = content.command
    memoryLimit = content.memoryLimit
    timeout = content.timeout
    startTimeout = content.startTimeout
    idLocation = content.idLocation
  }

  /// The issue that the plugin's id is that of another one.
  ///
  /// - Parameter other: In words that complete "is taken by", such as `'more/plugin.yaml'`.
  /// - Returns: The issue, with line and column.
  package func idIsTaken(by other: String) -> PipelineIssues {
    let finding = Finding(.idIsTaken(manifest.id, by: other), at: idLocation)
    return PipelineIssues(issues: source.issues([finding]))
  }
}
