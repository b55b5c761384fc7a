import PluginKit

/// The keys `with:` and `tune:` of a model or a step.
extension ValueDecoder {
  /// Reads what is fixed and what is searched.
  ///
  /// - Parameters:
  ///   - part: The entry of `models:` or `preprocess:`.
  ///   - owner: The id that `use:` names.
  ///   - declarations: The parameters of that plugin or step.
  /// - Returns: What fits; everything else is reported.
  mutating func partSettings(
    _ part: Section, owner: String, declarations: [ParameterDeclaration]
  ) -> PartSettings {
    var settings = PartSettings(declarations)
    if let with = part["with"] { fix(with, owner: owner, in: &settings) }
    if let tune = part.given("tune") {
      self.tune(tune, owner: owner, in: &settings)
    } else {
      settings.tuneDeclaredSpace()
    }
    for (name, field) in settings.given {
      if let condition = settings.unmetCondition(of: name) {
        report(
          .unusedParameter(field.path, condition, because: settings.state(of: condition.parameter)),
          at: field.key)
      }
    }
    return settings
  }

  /// Takes the values of `with:`.
  private mutating func fix(_ field: Field, owner: String, in settings: inout PartSettings) {
    let names = settings.declarations.map(\.name)
    guard let section = section(field, keys: names, listedAs: "\(owner) has:") else { return }
    for declaration in settings.declarations {
      guard let field = section.given(declaration.name) else { continue }
      if let value = value(field, of: declaration) {
        settings.fixed[declaration.name] = value
        settings.given.append((declaration.name, field))
      } else {
        settings.doubtful.insert(declaration.name)
      }
    }
  }

  /// Takes the ranges of `tune:`.
  private mutating func tune(_ field: Field, owner: String, in settings: inout PartSettings) {
    guard !field.node.isNull else {
      report(.emptyTune(field.path), at: field.key)
      return
    }
    let names = settings.declarations.map(\.name)
    guard let section = section(field, keys: names, listedAs: "\(owner) tunes:") else { return }
    for (name, field) in section.entries {
      guard let declaration = settings.declarations.first(where: { $0.name == name }) else {
        continue
      }
      if settings.fixed[name] != nil || settings.doubtful.contains(name) {
        report(.fixedAndTuned(field.path, name), at: field.key)
      } else if let tuned = tuned(field, declaration) {
        settings.tuned.append(tuned)
        settings.given.append((name, field))
      } else {
        settings.doubtful.insert(name)
      }
    }
  }

  /// A range or choices, in the form of `tune:`.
  mutating func tuned(
    _ field: Field, _ declaration: ParameterDeclaration
  ) -> PartSettings.Tuned? {
    let keys = field.node.members?.map(\.key)
    guard let keys, declaration.takesRange || keys.contains("choices") else {
      let hint = keys == nil ? "a fixed value belongs in with" : "\(declaration.name) has no range"
      report(
        .mustBe(field.path, declaration.tuneForm, got: field.node.found, hint: hint),
        at: field.node.location)
      return nil
    }
    if keys.contains("choices") {
      guard let section = section(field, keys: ["choices"]) else { return nil }
      return choices(section, declaration)
    }
    guard let section = section(field, keys: ["min", "max", "log", "steps", "choices"]) else {
      return nil
    }
    return range(section, field, declaration)
  }

  private mutating func choices(
    _ section: Section, _ declaration: ParameterDeclaration
  ) -> PartSettings.Tuned? {
    guard
      let field = required("choices", in: section, hint: "choices: [\(declaration.defaultValue)]"),
      let elements = elements(field, of: "values")
    else { return nil }
    guard !elements.isEmpty else {
      report(
        .mustBe(field.path, "a list of at least 1 value", got: field.node.found),
        at: field.node.location)
      return nil
    }
    var values: [ParameterValue] = []
    var isSound = true
    for element in elements {
      guard let value = value(element, of: declaration) else {
        isSound = false
        continue
      }
      if let first = values.firstIndex(of: value) {
        report(
          .repeated(element.path, value.description, of: "\(field.path)[\(first)]"),
          at: element.node.location)
        isSound = false
      }
      values.append(value)
    }
    return isSound
      ? PartSettings.Tuned(name: declaration.name, domain: .choice(values), steps: 5) : nil
  }

  private mutating func range(
    _ section: Section, _ field: Field, _ declaration: ParameterDeclaration
  ) -> PartSettings.Tuned? {
    let example = "a range has the form {min: …, max: …, log: true}"
    let low = required("min", in: section, hint: example)
    let high = required("max", in: section, hint: example)
    let lowValue = low.flatMap { bound($0, of: declaration) }
    let highValue = high.flatMap { bound($0, of: declaration) }
    let log = section["log"].map { flag($0) } ?? false
    let steps = section["steps"].map { integer($0, in: 1...Int.max) } ?? 5
    guard let low, let lowValue, let highValue, let log, let steps else { return nil }
    guard let domain = Domain(from: lowValue, to: highValue, log: log) else {
      report(.reversedRange(low.path, lowValue, highValue), at: low.node.location)
      return nil
    }
    guard !log || domain.isPositive else {
      report(
        .mustBe(low.path, "above 0 for log: true", got: low.node.found), at: low.node.location)
      return nil
    }
    return PartSettings.Tuned(name: declaration.name, domain: domain, steps: steps)
  }

  /// A value of a parameter.
  private mutating func value(
    _ field: Field, of declaration: ParameterDeclaration
  ) -> ParameterValue? {
    value(field, of: declaration.kind, automatic: declaration.allowsAutomatic)
  }

  /// A value of a kind, or the word `auto` where it is allowed.
  mutating func value(
    _ field: Field, of kind: ParameterDeclaration.Kind, automatic: Bool
  ) -> ParameterValue? {
    if let value = field.node.value(of: kind), kind.allows(value) { return value }
    if automatic, field.node.word(of: ["auto"]) != nil { return .automatic }
    report(
      .notAllowed(field.path, kind, automatic: automatic, field.node), at: field.node.location)
    return nil
  }

  /// An end of a range: a number that the parameter may have.
  private mutating func bound(
    _ field: Field, of declaration: ParameterDeclaration
  ) -> ParameterValue? {
    value(field, of: declaration.kind, automatic: false)
  }
}

extension YAMLNode {
  /// The value as one of a kind, whether or not it is in range.
  fileprivate func value(of kind: ParameterDeclaration.Kind) -> ParameterValue? {
    switch kind {
    case .integer: wholeNumber.map { .integer($0) }
    case .real: finiteNumber.map { .real($0) }
    case .choice(let words): word(of: words).map { .text($0) }
    case .flag: if case .bool(let value)? = resolved { .flag(value) } else { nil }
    case .integers:
      elements.flatMap { elements in
        let values = elements.compactMap(\.wholeNumber)
        return values.count == elements.count ? .integers(values) : nil
      }
    case .settings: members.flatMap { _ in json.map { .settings($0) } }
    }
  }
}

extension ParameterDeclaration {
  /// Whether a search may be given a range of this parameter.
  var takesRange: Bool {
    switch kind {
    case .integer, .real: true
    case .choice, .flag, .integers, .settings: false
    }
  }

  /// What `tune:` takes for this parameter, in words that complete "must be …".
  fileprivate var tuneForm: String {
    takesRange ? "{min: …, max: …} or {choices: […]}" : "{choices: […]}"
  }
}

extension Domain {
  /// A range, or nil if it ends before it starts.
  fileprivate init?(from low: ParameterValue, to high: ParameterValue, log: Bool) {
    switch (low, high) {
    case (.integer(let low), .integer(let high)) where low <= high:
      self = .integer(low...high, log: log)
    case (.real(let low), .real(let high)) where low <= high: self = .real(low...high, log: log)
    default: return nil
    }
  }

  fileprivate var isPositive: Bool {
    switch self {
    case .integer(let range, _): range.lowerBound > 0
    case .real(let range, _): range.lowerBound > 0
    case .choice: false
    }
  }
}

extension PartSettings {
  /// What a parameter is, for a message.
  func state(of name: String) -> String {
    if let value = fixed[name] { return "\(name) is \(value) here" }
    if tuned.contains(where: { $0.name == name }) {
      return "the search never tries such a value of \(name)"
    }
    let value = declarations.first { $0.name == name }?.defaultValue
    return value.map { "\(name) is \($0) by default" } ?? "there is no parameter \(name)"
  }
}
