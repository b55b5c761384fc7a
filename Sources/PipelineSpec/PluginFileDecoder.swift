import PluginKit

/// Makes a plugin's declaration of the tree of values of its `plugin.yaml`.
///
/// The content means something only if there are no ``findings``.
struct PluginFileDecoder: ValueDecoder {
  static let title = "the plugin's file"
  static let keys = [
    "id", "version", "protocol", "summary", "command", "capabilities", "parameters", "memory",
    "timeout", "start_timeout",
  ]
  private static let capabilityKeys = ["weights", "missing_values", "epochs"]

  struct Content {
    let manifest: PluginManifest
    let idLocation: Location
    let protocolVersion: Int
    let command: [String]
    let memoryLimit: Int?
    let timeout: Double
    let startTimeout: Double
  }

  var findings: [Finding] = []
  private(set) var content: Content?

  /// Decodes a document; nil is an empty one.
  mutating func decode(_ root: YAMLNode?) {
    let start = Location.file(line: 1, column: 1, length: 1)
    guard let root, !root.isNull else { return report(.emptyPluginFile, at: start) }
    guard let top = section(Field(path: "", key: start, node: root), keys: Self.keys) else {
      return
    }
    let id = required("id", in: top, hint: "what users type, such as id: nearest-centre")
    let idText = id.flatMap { kebabCaseName($0) }
    let version = required("version", in: top, hint: "write version: 1")
      .flatMap { integer($0, in: 1...Int.max) }
    let protocolVersion = protocolVersion(in: top)
    let summary = required("summary", in: top, hint: "one sentence without a full stop")
      .flatMap { text($0) }
    let command = required("command", in: top, hint: "a list such as [python3, plugin.py]")
      .flatMap { self.command($0) }
    let capabilities = top["capabilities"].map { self.capabilities($0) }
    let parameters = top["parameters"].map { parameterDeclarations($0) } ?? []
    let memory = top["memory"].flatMap { byteCount($0) }
    let timeout = top["timeout"].flatMap { duration($0) } ?? 600
    let startTimeout = top["start_timeout"].flatMap { duration($0) } ?? 60
    guard let id, let idText, let version, let protocolVersion, let summary, let command else {
      return
    }
    content = Content(
      manifest: PluginManifest(
        id: idText, version: version, summary: summary,
        capabilities: capabilities ?? Capabilities(weights: false), parameters: parameters),
      idLocation: id.node.location, protocolVersion: protocolVersion, command: command,
      memoryLimit: memory, timeout: timeout, startTimeout: startTimeout)
  }

  /// A name such as `nearest-centre`.
  private mutating func kebabCaseName(_ field: Field) -> String? {
    guard let name = text(field) else { return nil }
    if isName(name, separator: "-") { return name }
    report(
      .mustBe(
        field.path, "small letters and digits with single '-' between them", got: field.node.found),
      at: field.node.location)
    return nil
  }

  private mutating func protocolVersion(in top: Section) -> Int? {
    let hint = "write protocol: \(PluginFile.knownProtocol)"
    guard let field = required("protocol", in: top, hint: hint),
      let version = integer(field, in: 1...Int.max)
    else { return nil }
    guard version <= PluginFile.knownProtocol else {
      report(.newerProtocol(version), at: field.node.location)
      return nil
    }
    return version
  }

  private mutating func command(_ field: Field) -> [String]? {
    guard let elements = elements(field, of: "the program and its arguments") else { return nil }
    guard !elements.isEmpty else {
      report(
        .mustBe(field.path, "a list of at least the program", got: field.node.found),
        at: field.node.location)
      return nil
    }
    let words = elements.compactMap { text($0) }
    return words.count == elements.count ? words : nil
  }

  private mutating func capabilities(_ field: Field) -> Capabilities {
    var capabilities = Capabilities(weights: false)
    guard let section = section(field, keys: Self.capabilityKeys) else { return capabilities }
    capabilities.weights = section["weights"].flatMap { flag($0) } ?? false
    capabilities.missingValues = section["missing_values"].flatMap { flag($0) } ?? false
    capabilities.epochs = section["epochs"].flatMap { flag($0) } ?? false
    return capabilities
  }

  /// A size of memory: text such as `500MiB` or `4GiB`, at least 1 MiB.
  private mutating func byteCount(_ field: Field) -> Int? {
    if case .text(let text)? = field.node.resolved, let bytes = parsedByteCount(text),
      bytes >= 1 << 20
    {
      return bytes
    }
    report(
      .mustBe(field.path, "a size of at least 1MiB such as 500MiB or 4GiB", got: field.node.found),
      at: field.node.location)
    return nil
  }
}

/// The bytes that a text such as `1.5GiB` means, or nil; the units are KiB, MiB, GiB and TiB.
func parsedByteCount(_ text: String) -> Int? {
  let units = ["KiB": 10, "MiB": 20, "GiB": 30, "TiB": 40]
  guard text.count > 3, let shift = units[String(text.suffix(3))] else { return nil }
  let digits = text.dropLast(3)
  guard digits.utf8.allSatisfy({ ("0"..."9").contains(Unicode.Scalar($0)) || $0 == 0x2E }),
    let count = Double(digits)
  else { return nil }
  return Int(exactly: (count * Double(1 << shift)).rounded())
}
