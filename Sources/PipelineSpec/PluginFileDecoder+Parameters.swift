import PluginKit

/// The section `parameters:` of a plugin's file.
extension PluginFileDecoder {
  private enum ParameterType: String, CaseIterable {
    case integer, real, choice, flag, integers, settings
  }

  private static let commonKeys = ["type", "default", "auto", "search", "when", "help"]
  /// Whole numbers beyond it could not be told apart as Double.
  private static let wholeLimit = 1 << 53
  /// So that the width of a range is finite.
  private static let realLimit = 1e300

  /// A parameter whose condition, which may point to a later one, is not read yet.
  private struct Draft {
    let declaration: ParameterDeclaration
    let field: Field
    let when: Field?
  }

  /// The parameters that are sound, in the order of the file.
  mutating func parameterDeclarations(_ field: Field) -> [ParameterDeclaration] {
    guard let members = field.node.members else {
      report(
        .mustBe(field.path, "a mapping of names to parameters", got: field.node.found),
        at: field.node.location)
      return []
    }
    let drafts = Section(field, members: members).entries.compactMap { draft($0, $1) }
    let declarations = drafts.map { conditioned($0, among: drafts) }
    reportCircles(declarations, drafts)
    return declarations
  }

  private mutating func draft(_ name: String, _ field: Field) -> Draft? {
    guard isName(name, separator: "_") else {
      report(.parameterName(name), at: field.key)
      return nil
    }
    guard let typeField = typeField(field), let type = word(typeField, of: ParameterType.self),
      let section = section(field, keys: Self.commonKeys + Self.keys(of: type))
    else { return nil }
    let help = required("help", in: section, hint: "one sentence without a full stop")
      .flatMap { text($0) }
    let automatic = section["auto"].map { flag($0) } ?? false
    let kind = kind(type, section)
    let defaultField = required(
      "default", in: section, hint: "the value where a pipeline gives none")
    guard let help, let automatic, let kind, let defaultField,
      let value = value(defaultField, of: kind, automatic: automatic)
    else { return nil }
    let plain = ParameterDeclaration(
      name: name, kind: kind, allowsAutomatic: automatic, defaultValue: value, summary: help)
    let searched = section["search"].flatMap { searchedDomain($0, plain) }
    return Draft(
      declaration: ParameterDeclaration(
        name: name, kind: kind, allowsAutomatic: automatic, defaultValue: value,
        searched: searched, summary: help),
      field: field, when: section["when"])
  }

  /// The key `type`, on which the other keys depend.
  private mutating func typeField(_ field: Field) -> Field? {
    guard let members = field.node.members else {
      report(.mustBe(field.path, "a mapping", got: field.node.found), at: field.node.location)
      return nil
    }
    let types = ParameterType.allCases.map(\.rawValue).joined(separator: ", ")
    return required("type", in: Section(field, members: members), hint: "types: \(types)")
  }

  private static func keys(of type: ParameterType) -> [String] {
    switch type {
    case .integer, .real: ["min", "max"]
    case .choice: ["choices"]
    case .flag, .settings: []
    case .integers: ["min", "max", "count"]
    }
  }

  // MARK: Kinds

  private mutating func kind(
    _ type: ParameterType, _ section: Section
  ) -> ParameterDeclaration.Kind? {
    switch type {
    case .flag: return .flag
    case .settings: return .settings
    case .choice: return choices(section).map { .choice($0) }
    case .integer: return wholeRange(section).map { .integer($0) }
    case .real: return realRange(section).map { .real($0) }
    case .integers:
      let each = wholeRange(section)
      let count = required("count", in: section, hint: "count: [fewest, most]")
        .flatMap { countRange($0) }
      guard let each, let count else { return nil }
      return .integers(count: count, each: each)
    }
  }

  private mutating func choices(_ section: Section) -> [String]? {
    guard let field = required("choices", in: section, hint: "a list of words"),
      let elements = elements(field, of: "words")
    else { return nil }
    guard !elements.isEmpty else {
      report(
        .mustBe(field.path, "a list of at least 1 word", got: field.node.found),
        at: field.node.location)
      return nil
    }
    var words: [String] = []
    for element in elements {
      // The text counts, not what it resolves to: 1 and true can be words.
      guard case .scalar(let scalar) = element.node.content, !scalar.text.isEmpty else {
        report(.mustBe(element.path, "a word", got: element.node.found), at: element.node.location)
        return nil
      }
      if let first = words.firstIndex(where: { kebabCase($0) == kebabCase(scalar.text) }) {
        report(
          .repeated(element.path, scalar.text, of: "\(field.path)[\(first)]"),
          at: element.node.location)
      }
      words.append(scalar.text)
    }
    return words
  }

  private mutating func wholeRange(_ section: Section) -> ClosedRange<Int>? {
    let limits = -Self.wholeLimit...Self.wholeLimit
    let low = required("min", in: section, hint: "the least value")
    let high = required("max", in: section, hint: "the greatest value")
    let least = low.flatMap { integer($0, in: limits) }
    let greatest = high.flatMap { integer($0, in: limits) }
    guard let low, let least, let greatest else { return nil }
    guard least <= greatest else {
      report(
        .reversedRange(low.path, .integer(least), .integer(greatest)), at: low.node.location)
      return nil
    }
    return least...greatest
  }

  private mutating func realRange(_ section: Section) -> ClosedRange<Double>? {
    let low = required("min", in: section, hint: "the least value")
    let high = required("max", in: section, hint: "the greatest value")
    let least = low.flatMap { realBound($0) }
    let greatest = high.flatMap { realBound($0) }
    guard let low, let least, let greatest else { return nil }
    guard least <= greatest else {
      report(.reversedRange(low.path, .real(least), .real(greatest)), at: low.node.location)
      return nil
    }
    return least...greatest
  }

  private mutating func realBound(_ field: Field) -> Double? {
    if let value = field.node.finiteNumber, value.magnitude <= Self.realLimit { return value }
    report(
      .mustBe(field.path, "a number from -1e300 to 1e300", got: field.node.found),
      at: field.node.location)
    return nil
  }

  private mutating func countRange(_ field: Field) -> ClosedRange<Int>? {
    let numbers = field.elements?.compactMap(\.node.wholeNumber) ?? []
    if numbers.count == 2, field.elements?.count == 2, numbers[0] >= 0, numbers[0] <= numbers[1] {
      return numbers[0]...numbers[1]
    }
    report(
      .mustBe(field.path, "a list of the fewest and the most", got: field.node.found),
      at: field.node.location)
    return nil
  }

  /// What is searched where a pipeline has no `tune`; how many values a grid takes is the pipeline's choice.
  private mutating func searchedDomain(
    _ field: Field, _ declaration: ParameterDeclaration
  ) -> Domain? {
    if let steps = field.node.members?.first(where: { $0.key == "steps" }) {
      report(
        .unknownKey(
          "steps", in: field.path, allowed: ["min", "max", "log", "choices"], listedAs: "allowed:"),
        at: steps.location)
    }
    return tuned(field, declaration)?.domain
  }

  // MARK: Conditions

  private mutating func conditioned(
    _ draft: Draft, among drafts: [Draft]
  ) -> ParameterDeclaration {
    let plain = draft.declaration
    return ParameterDeclaration(
      name: plain.name, kind: plain.kind, allowsAutomatic: plain.allowsAutomatic,
      defaultValue: plain.defaultValue, searched: plain.searched,
      condition: draft.when.flatMap { condition($0, of: plain.name, among: drafts) },
      summary: plain.summary)
  }

  private mutating func condition(
    _ field: Field, of name: String, among drafts: [Draft]
  ) -> ParameterDeclaration.Condition? {
    let parents = drafts.map(\.declaration).filter { $0.name != name && $0.canBeConditionOfOthers }
    guard let section = section(field, keys: parents.map(\.name), listedAs: "there are:"),
      let entry = section.entries.first, section.entries.count == 1
    else {
      if field.node.members != nil {
        report(
          .mustBe(field.path, "one other parameter with a list of its values", got: "a mapping"),
          at: field.node.location)
      }
      return nil
    }
    guard let parent = parents.first(where: { $0.name == entry.name }) else { return nil }
    let given = entry.field.elements ?? [entry.field]
    let values = given.compactMap { value($0, of: parent.kind, automatic: false) }
    guard !values.isEmpty, values.count == given.count else { return nil }
    return ParameterDeclaration.Condition(entry.name, isOneOf: values)
  }

  /// Reports parameters whose conditions lead back to themselves.
  private mutating func reportCircles(
    _ declarations: [ParameterDeclaration], _ drafts: [Draft]
  ) {
    for (declaration, draft) in zip(declarations, drafts) {
      var name = declaration.condition?.parameter
      for _ in declarations where name != declaration.name {
        name = declarations.first { $0.name == name }?.condition?.parameter
      }
      guard name == declaration.name, let when = draft.when else { continue }
      report(.circularCondition(declaration.name), at: when.node.location)
    }
  }
}

extension ParameterDeclaration {
  /// Whether the use of other parameters can depend on this one: on which of a few values it has.
  fileprivate var canBeConditionOfOthers: Bool {
    switch kind {
    case .choice, .flag: true
    case .integer, .real, .integers, .settings: false
    }
  }
}
