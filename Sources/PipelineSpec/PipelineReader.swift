package import PluginKit
package import Preprocessing
import SystemFiles

/// Adds the plugins in a folder, or of its folders, to a registry.
///
/// It throws `PipelineIssues` for what is wrong with a plugin's file, and other errors for what is wrong with
/// the folder.
package typealias PluginLoading =
  @Sendable (_ folder: String, _ registry: inout PluginRegistry) throws -> Void

/// Reads pipeline files, and says everything that is wrong with one at once.
package struct PipelineReader: Sendable {
  /// The largest file that is read: 1 MiB.
  package static let byteLimit = 1 << 20

  private let registry: PluginRegistry
  private let steps: [StepDeclaration]
  private let loadPlugins: PluginLoading?

  /// Makes a reader of pipelines.
  ///
  /// - Parameters:
  ///   - registry: The plugins that `models:` may name.
  ///   - steps: What `preprocess:` may name.
  ///   - loadPlugins: Finds what `plugins:` names; without it, `plugins:` is refused.
  package init(
    registry: PluginRegistry, steps: [StepDeclaration], loadPlugins: PluginLoading? = nil
  ) {
    self.registry = registry
    self.steps = steps
    self.loadPlugins = loadPlugins
  }

  /// Reads and checks a file.
  ///
  /// - Parameters:
  ///   - path: The file; input paths in it are relative to its folder.
  ///   - settings: What stands after each `--set`, such as `search.trials=50`, in order; paths in them are
  ///     relative to the current folder.
  /// - Returns: A pipeline in which every name is known and every value allowed.
  /// - Throws: All issues of the file and the settings.
  package func read(path: String, settings: [String] = []) throws(PipelineIssues) -> Pipeline {
    try readWithPlugins(path: path, settings: settings).pipeline
  }

  /// Reads and checks a file, and gives the plugins along with it: the reader's and those of `plugins:`.
  package func readWithPlugins(
    path: String, settings: [String] = []
  ) throws(PipelineIssues) -> (pipeline: Pipeline, registry: PluginRegistry) {
    let bytes: [UInt8]
    do {
      bytes = try readFile(path, byteLimit: Self.byteLimit)
    } catch {
      throw .whole(path, .unreadable(error.description))
    }
    return try decode(bytes, path: path, settings: settings)
  }

  /// Checks the text of a file.
  ///
  /// - Parameters:
  ///   - text: YAML 1.2.
  ///   - path: What messages call the file, and what its input paths are relative to.
  ///   - settings: What stands after each `--set`.
  /// - Returns: A pipeline in which every name is known and every value allowed.
  /// - Throws: All issues of the text and the settings.
  package func read(
    text: String, path: String, settings: [String] = []
  ) throws(PipelineIssues) -> Pipeline {
    try read(bytes: Array(text.utf8), path: path, settings: settings)
  }

  /// Checks the bytes of a file, as the other two do.
  package func read(
    bytes: [UInt8], path: String, settings: [String] = []
  ) throws(PipelineIssues) -> Pipeline {
    try decode(bytes, path: path, settings: settings).pipeline
  }

  private func decode(
    _ bytes: [UInt8], path: String, settings: [String]
  ) throws(PipelineIssues) -> (pipeline: Pipeline, registry: PluginRegistry) {
    let source = try SourceText(path: path, bytes: bytes)
    var findings: [Finding] = []
    let root = tree(source.bytes, settings, findings: &findings)
    var decoder = PipelineDecoder(
      registry: registry, steps: steps, loadPlugins: loadPlugins, path: path)
    let pipeline = root.flatMap { decoder.pipeline($0) }
    findings += decoder.findings
    if findings.isEmpty, decoder.pluginIssues.isEmpty, let pipeline {
      return (pipeline, decoder.registry)
    }
    let issues = source.issues(findings) + decoder.pluginIssues
    precondition(!issues.isEmpty, "\(path) gave neither a pipeline nor an issue")
    throw PipelineIssues(issues: issues)
  }

  /// The values of the file with the settings in place, or nil if they can't be put together.
  private func tree(
    _ bytes: [UInt8], _ settings: [String], findings: inout [Finding]
  ) -> YAMLNode? {
    var composer = YAMLComposer(bytes)
    var root: YAMLNode?
    do {
      root =
        try composer.document()
        ?? YAMLNode(
          content: .scalar(YAMLScalar(text: "", isPlain: true)),
          location: .file(line: 1, column: 1, length: 1))
    } catch {
      findings.append(error)
    }
    findings += composer.findings
    for text in settings {
      do {
        let setting = try Setting(text)
        root = try root.map { node throws(Finding) in try setting.applied(to: node) }
      } catch {
        findings.append(error)
      }
    }
    return root
  }
}

extension PipelineIssues {
  /// One issue that concerns a whole file.
  static func whole(_ path: String, _ message: IssueMessage) -> PipelineIssues {
    PipelineIssues(issues: [
      PipelineIssue(
        source: path, line: nil, column: nil, length: nil, message: message.text,
        hint: message.hint, sourceLine: nil)
    ])
  }

  /// The first place where bytes are not UTF-8.
  static func notUTF8(_ bytes: [UInt8], path: String) -> PipelineIssues {
    var position = 0
    while let length = utf8Length(bytes, at: position) { position += length }
    let mark = YAMLMark(ofByte: position, in: bytes)
    let message = IssueMessage.notUTF8(byte: bytes[position])
    return PipelineIssues(issues: [
      PipelineIssue(
        source: path, line: mark.line, column: mark.column, length: 1, message: message.text,
        hint: message.hint, sourceLine: nil)
    ])
  }

  /// How many bytes the character at a position takes, or nil if none is there.
  private static func utf8Length(_ bytes: [UInt8], at position: Int) -> Int? {
    (1...4).first { length in
      position + length <= bytes.count
        && String(validating: bytes[position..<position + length], as: UTF8.self) != nil
    }
  }
}
