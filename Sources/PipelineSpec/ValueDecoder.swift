/// What makes something of a tree of values, and collects everything that is wrong on the way.
protocol ValueDecoder {
  /// What a file of this kind is called in messages, such as `the pipeline`.
  static var title: String { get }

  var findings: [Finding] { get set }
}

extension ValueDecoder {
  mutating func report(_ message: IssueMessage, at location: Location) {
    findings.append(Finding(message, at: location))
  }
}

/// Readers of single values: each reports what does not fit and then gives nil.
extension ValueDecoder {
  /// A mapping with some of the keys.
  mutating func section(
    _ field: Field, keys: [String], listedAs title: String = "allowed:"
  ) -> Section? {
    guard let members = field.node.members else {
      let what = field.path.isEmpty ? Self.title : field.path
      let list = keys.isEmpty ? nil : "\(title) \(keys.joined(separator: ", "))"
      report(.mustBe(what, "a mapping", got: field.node.found, hint: list), at: field.node.location)
      return nil
    }
    for member in members where !keys.contains(member.key) {
      report(
        .unknownKey(member.key, in: field.path, allowed: keys, listedAs: title),
        at: member.location)
    }
    return Section(field, members: members)
  }

  /// The value of a key that must be there.
  mutating func required(_ name: String, in section: Section, hint: String) -> Field? {
    if let field = section[name] { return field }
    let path = section.path.isEmpty ? name : "\(section.path).\(name)"
    report(.missing(path, hint: hint), at: section.given(name)?.key ?? section.location)
    return nil
  }

  /// The elements of a list.
  mutating func elements(_ field: Field, of what: String) -> [Field]? {
    if let elements = field.elements { return elements }
    report(.mustBe(field.path, "a list of \(what)", got: field.node.found), at: field.node.location)
    return nil
  }

  /// A text that is not empty and fits on a line.
  mutating func text(_ field: Field) -> String? {
    guard case .text(let text)? = field.node.resolved else {
      let isOther = field.node.resolved != nil
      report(
        .mustBe(
          field.path, "text", got: field.node.found, hint: isOther ? "put it in quotes" : nil),
        at: field.node.location)
      return nil
    }
    let isPrintable = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    guard !text.isEmpty, isPrintable else {
      let wanted = text.isEmpty ? "text that is not empty" : "text without control characters"
      report(.mustBe(field.path, wanted, got: field.node.found), at: field.node.location)
      return nil
    }
    return text
  }

  /// A whole number; `1e3` is one, too.
  mutating func integer(_ field: Field, in range: ClosedRange<Int>) -> Int? {
    guard let value = field.node.wholeNumber else {
      let isTooLarge = field.node.finiteNumber.map { $0.magnitude >= 0x1p53 } ?? false
      let bounds = isTooLarge ? " from \(range.lowerBound) to \(range.upperBound)" : ""
      report(
        .mustBe(field.path, "a whole number" + bounds, got: field.node.found),
        at: field.node.location)
      return nil
    }
    guard range.contains(value) else {
      let bounds =
        range.upperBound == .max
        ? "at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
      report(.mustBe(field.path, bounds, got: field.node.found), at: field.node.location)
      return nil
    }
    return value
  }

  /// A share of the rows, in 0..<1.
  mutating func share(_ field: Field) -> Double? {
    guard let value = field.node.finiteNumber, (0..<1).contains(value) else {
      report(
        .mustBe(field.path, "a number of at least 0 and below 1", got: field.node.found),
        at: field.node.location)
      return nil
    }
    return value
  }

  /// `true` or `false`.
  mutating func flag(_ field: Field) -> Bool? {
    if case .bool(let value)? = field.node.resolved { return value }
    report(.mustBe(field.path, "true or false", got: field.node.found), at: field.node.location)
    return nil
  }

  /// One of some words, in the spelling of the list.
  mutating func word(_ field: Field, of allowed: [String]) -> String? {
    if let word = field.node.word(of: allowed) { return word }
    report(.notOneOf(field.path, allowed, got: field.node), at: field.node.location)
    return nil
  }

  /// A case of an enumeration by its raw value.
  mutating func word<Word: CaseIterable & RawRepresentable>(
    _ field: Field, of type: Word.Type
  ) -> Word? where Word.RawValue == String {
    word(field, of: Word.allCases.map(\.rawValue)).flatMap { Word(rawValue: $0) }
  }

  /// A length of time in seconds: a number, or text such as `90s`, `5m` or `1h30m`.
  mutating func duration(_ field: Field) -> Double? {
    let seconds: Double? =
      if case .text(let text)? = field.node.resolved {
        parsedDuration(text)
      } else {
        field.node.finiteNumber
      }
    if let seconds, seconds > 0, seconds.isFinite { return seconds }
    report(
      .mustBe(field.path, "a time above 0 such as 90s, 5m or 1h30m", got: field.node.found),
      at: field.node.location)
    return nil
  }
}

extension YAMLNode {
  /// The value as a whole number, if it is one; a number such as `1e3` counts.
  var wholeNumber: Int? {
    switch resolved {
    case .integer(let value): value
    case .real(let value) where value.magnitude < 0x1p53: Int(exactly: value)
    default: nil
    }
  }

  /// The value as a number, if it is one that is neither infinite nor NaN.
  var finiteNumber: Double? {
    switch resolved {
    case .integer(let value): Double(value)
    case .real(let value) where value.isFinite: value
    default: nil
    }
  }

  /// The word of a list that a scalar stands for, if there is one; `_` counts as `-`.
  ///
  /// The text decides, not what it resolves to, so that `true` can be a word.
  func word(of allowed: [String]) -> String? {
    guard case .scalar(let scalar) = content else { return nil }
    let typed = kebabCase(scalar.text)
    return allowed.first { kebabCase($0) == typed }
  }
}

/// The seconds that a text such as `1h30m` means: numbers with the units h, m and s, in that order.
func parsedDuration(_ text: String) -> Double? {
  let units: [(letter: Character, seconds: Double)] = [("h", 3_600), ("m", 60), ("s", 1)]
  var rest = text[...]
  var total = 0.0
  for unit in units {
    guard let end = rest.firstIndex(of: unit.letter) else { continue }
    let digits = rest[..<end]
    guard digits.first?.isNumber ?? false, digits.allSatisfy({ $0.isNumber || $0 == "." }),
      let count = Double(digits)
    else { return nil }
    total += count * unit.seconds
    rest = rest[rest.index(after: end)...]
  }
  return rest.isEmpty && !text.isEmpty ? total : nil
}
