import PluginKit

/// What is wrong, and what would do instead: all wording about pipelines is in this type's extensions.
struct IssueMessage: Sendable, Equatable {
  /// A sentence without a full stop.
  var text: String
  /// A sentence without a full stop, or nil where the text says enough.
  var hint: String?

  init(_ text: String, hint: String? = nil) {
    self.text = text
    self.hint = hint
  }

  /// The nearest of the allowed words, and all of them.
  private static func suggestion(
    for name: String, among allowed: [String], listedAs title: String?
  ) -> String? {
    let nearest = nearestName(to: name, among: allowed).map { "did you mean '\($0)'?" }
    let list = title.map { title in
      allowed.isEmpty ? "\(title) nothing" : "\(title) \(allowed.joined(separator: ", "))"
    }
    let parts = [nearest, list].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: " ")
  }
}

// The file as a whole, and its syntax.
extension IssueMessage {
  static func unreadable(_ reason: String) -> Self { Self(reason) }

  static func notUTF8(byte: UInt8) -> Self {
    let digits = String(byte, radix: 16)
    return Self(
      "this is not UTF-8: there is the byte 0x\(digits.count < 2 ? "0" + digits : digits)",
      hint: "save the file in the encoding UTF-8")
  }

  static let empty = Self(
    "the pipeline is empty", hint: "it needs version, data.source, data.target and models")

  static func syntax(_ problem: String, context: String?, startedOn line: Int?) -> Self {
    let hint = line.map { "it starts on line \($0)" }
    return Self(
      "this is not YAML: \(problem)\(context.map { " \($0)" } ?? "")",
      hint: problem.hasPrefix("block sequence entries") ? "the text - needs quotes" : hint)
  }

  static let secondDocument = Self("a second document starts here, and a pipeline is one")

  static let nestedTooDeeply = Self(
    "values are nested more than \(YAMLComposer.nestingLimit) levels deep")

  static let tooManyValues = Self(
    "the file holds more than \(YAMLComposer.valueLimit) values once its aliases are expanded")

  static func unknownAlias(_ name: String) -> Self {
    Self(
      "there is no anchor '&\(name)' before this alias",
      hint: "a text that starts with * needs quotes")
  }

  static func tag(_ tag: String) -> Self {
    Self("tags are not supported, got '\(abbreviated(tag))'", hint: "put text in quotes instead")
  }

  static let keyIsNoText = Self("a key must be text")

  static let mergeKey = Self(
    "merge keys (<<) are not supported", hint: "they left YAML with version 1.2: write the keys out"
  )

  static func duplicateKey(_ key: String, firstLine: Int) -> Self {
    Self("the key '\(abbreviated(key))' appears twice", hint: "it stands on line \(firstLine), too")
  }
}

// Keys and plain values.
extension IssueMessage {
  static func unknownKey(
    _ key: String, in path: String, allowed: [String], listedAs title: String
  ) -> Self {
    let place = path.isEmpty ? "at the top level" : "in \(path)"
    return Self(
      "unknown key '\(abbreviated(key))' \(place)",
      hint: suggestion(for: key, among: allowed, listedAs: title))
  }

  static func missing(_ path: String, hint: String) -> Self {
    Self("\(path) is missing", hint: hint)
  }

  static func mustBe(_ path: String, _ allowed: String, got found: String, hint: String? = nil)
    -> Self
  {
    Self("\(path) must be \(allowed), got \(found)", hint: hint)
  }

  /// A word that is none of the allowed ones; they are listed in the text.
  static func notOneOf(_ path: String, _ allowed: [String], got node: YAMLNode) -> Self {
    Self(
      "\(path) must be \(alternatives(allowed)), got \(node.found)",
      hint: nearest(node, among: allowed))
  }

  /// "did you mean …", if the value is a text near to one of the allowed words.
  static func nearest(_ node: YAMLNode, among allowed: [String]) -> String? {
    guard case .text(let word)? = node.resolved else { return nil }
    return suggestion(for: word, among: allowed, listedAs: nil)
  }

  static func newerVersion(_ version: Int) -> Self {
    Self(
      "this program reads pipelines of version 1, got version \(version)",
      hint: "a newer program may have written it")
  }

  static func notBoth(_ path: String, _ other: String, hint: String? = nil) -> Self {
    Self("\(path) and \(other) don't go together", hint: hint)
  }

  static func needs(_ path: String, _ need: String) -> Self { Self("\(path) needs \(need)") }

  static func usedOnlyWith(_ path: String, _ need: String) -> Self {
    Self("\(path) is used only with \(need)")
  }

  static func repeated(_ path: String, _ value: String, of first: String) -> Self {
    Self("\(path) is '\(abbreviated(value))' like \(first)")
  }

  private static func alternatives(_ words: [String]) -> String {
    words.count == 1 ? words[0] : "one of " + words.joined(separator: ", ")
  }
}

// Plugins and their parameters.
extension IssueMessage {
  static func unknownPart(_ kind: String, _ id: String, at path: String, allowed: [String]) -> Self
  {
    Self(
      "\(path) names no \(kind): '\(abbreviated(id))'",
      hint: suggestion(for: id, among: allowed, listedAs: "there are:"))
  }

  static let baselineEntry = Self("baseline is always trial 0; leave it out")

  static func reservedName(_ path: String, _ name: String, of meaning: String) -> Self {
    Self("\(path) can't be '\(name)': that is the name of \(meaning)")
  }

  static func fixedAndTuned(_ path: String, _ name: String) -> Self {
    Self("\(path) is searched, and \(name) is fixed in with", hint: "leave one of them out")
  }

  /// A value that a parameter does not take; a near word is suggested.
  static func notAllowed(
    _ path: String, _ kind: ParameterDeclaration.Kind, automatic: Bool, _ node: YAMLNode
  ) -> Self {
    var words: [String] = automatic ? ["auto"] : []
    if case .choice(let choices) = kind { words += choices }
    let allowed = automatic ? kind.allowed + ", or auto" : kind.allowed
    return .mustBe(path, allowed, got: node.found, hint: nearest(node, among: words))
  }

  static func reversedRange(_ path: String, _ low: ParameterValue, _ high: ParameterValue) -> Self {
    Self("\(path) must be at most max, got min: \(low) and max: \(high)")
  }

  static func unusedParameter(
    _ path: String, _ condition: ParameterDeclaration.Condition, because reason: String
  ) -> Self {
    let values = condition.isOneOf.map(\.description).joined(separator: " or ")
    return Self("\(path) is used only with \(condition.parameter): \(values)", hint: reason)
  }

  static func sameEntryName(_ path: String, _ name: String, as first: String) -> Self {
    Self(
      "\(path) is '\(abbreviated(name))' like \(first), and entries need different names",
      hint: "give one of them a name: of its own")
  }

  static func conflict(_ path: String, _ reason: String) -> Self { Self("\(path): \(reason)") }

  static func emptyTune(_ path: String) -> Self {
    Self(
      "\(path) is empty",
      hint: "write {} to search nothing, or leave it out to search the plugin's default ranges")
  }
}

// The file of a plugin.
extension IssueMessage {
  static let emptyPluginFile = Self(
    "the plugin's file is empty", hint: "it needs id, version, protocol, summary and command")

  static func newerProtocol(_ version: Int) -> Self {
    Self(
      "this program speaks the plugin protocol up to \(PluginFile.knownProtocol), got protocol "
        + "\(version)", hint: "the plugin is made for a newer automl")
  }

  static func idIsTaken(_ id: String, by other: String) -> Self {
    Self("the id '\(abbreviated(id))' is taken by \(other)", hint: "ids are unique")
  }

  static func parameterName(_ name: String) -> Self {
    Self(
      "the name of a parameter must be small letters and digits with single '_' between them, got "
        + "'\(abbreviated(name))'")
  }

  static func circularCondition(_ name: String) -> Self {
    Self("the condition of \(name) depends on \(name) itself")
  }
}

// `--set`.
extension IssueMessage {
  static let settingWithoutValue = Self(
    "a setting has the form PATH=VALUE", hint: "for example --set search.trials=50")

  static func badSettingPath(_ path: String) -> Self {
    Self(
      "'\(abbreviated(path))' is no path of a setting",
      hint: "keys are joined by dots, and elements of lists counted from 0: models[0].with.l2")
  }

  /// What is wrong with the YAML of a value; lines mean nothing there.
  static func settingValue(_ message: IssueMessage) -> Self {
    Self(message.text, hint: "the value is YAML: text with special characters needs quotes")
  }

  static func indexOutOfRange(_ path: String, index: Int, count: Int) -> Self {
    let length = count == 1 ? "1 element" : "\(count) elements"
    return Self(
      "there is no \(path)[\(index)]: \(path) has \(length)",
      hint: count == 0 ? nil : "elements are counted from 0, so that the last is [\(count - 1)]")
  }

  static func notAContainer(_ path: String, _ kind: String, got found: String) -> Self {
    let place = path.isEmpty ? "the pipeline" : path
    return Self("\(place) must be \(kind) for this setting, got \(found)")
  }
}
