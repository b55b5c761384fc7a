/// Everything that is known about a hyperparameter, declared once.
///
/// Validation, the default search, the JSON Schema, help texts and invalid values for tests all derive
/// from it.
public struct ParameterDeclaration: Sendable, Equatable {
  /// What values a parameter takes.
  public enum Kind: Sendable, Equatable {
    case integer(ClosedRange<Int>)
    case real(ClosedRange<Double>)
    case choice([String])
    case flag
    case integers(count: ClosedRange<Int>, each: ClosedRange<Int>)
    /// Names with values that only the plugin understands.
    case settings
  }

  /// When a parameter means something: only while another one has one of some values.
  public struct Condition: Sendable, Equatable {
    /// The name of the other parameter.
    public let parameter: String
    /// The values for which this parameter is used.
    public let isOneOf: [ParameterValue]

    public init(_ parameter: String, isOneOf values: [String]) {
      self.parameter = parameter
      self.isOneOf = values.map { .text($0) }
    }

    /// Makes a condition of values of any kind.
    package init(_ parameter: String, isOneOf values: [ParameterValue]) {
      self.parameter = parameter
      self.isOneOf = values
    }
  }

  /// What users type: snake_case.
  public let name: String
  /// The values that are allowed.
  public let kind: Kind
  /// Whether the word `auto` is allowed too.
  public let allowsAutomatic: Bool
  /// The value that is used where a pipeline says nothing.
  public let defaultValue: ParameterValue
  /// What is searched where a pipeline has no `tune`; nil leaves the default.
  public let searched: Domain?
  /// When the parameter is used; nil means always.
  public let condition: Condition?
  /// One sentence for people, without a full stop.
  public let summary: String

  /// Makes the declaration of a parameter that has no Swift type, such as one of a plugin in another language.
  ///
  /// - Precondition: the default is allowed.
  package init(
    name: String, kind: Kind, allowsAutomatic: Bool = false, defaultValue: ParameterValue,
    searched: Domain? = nil, condition: Condition? = nil, summary: String
  ) {
    self.name = name
    self.kind = kind
    self.allowsAutomatic = allowsAutomatic
    self.defaultValue = defaultValue
    self.searched = searched
    self.condition = condition
    self.summary = summary
    precondition(allows(defaultValue), "the default of \(name) is not allowed: \(defaultValue)")
  }

  /// Whether a value may be given to this parameter.
  public func allows(_ value: ParameterValue) -> Bool {
    value == .automatic ? allowsAutomatic : kind.allows(value)
  }

  /// What is allowed, in words that complete "must be …".
  public var allowed: String { allowsAutomatic ? kind.allowed + ", or auto" : kind.allowed }
}

extension ParameterDeclaration.Kind {
  /// Whether a value is one of this kind.
  public func allows(_ value: ParameterValue) -> Bool {
    switch (self, value) {
    case (.integer(let range), .integer(let value)): range.contains(value)
    case (.real(let range), .real(let value)): range.contains(value)
    case (.real(let range), .integer(let value)): range.contains(Double(value))
    case (.choice(let words), .text(let word)): words.contains(word)
    case (.flag, .flag): true
    case (.integers(let count, let each), .integers(let values)):
      count.contains(values.count) && values.allSatisfy(each.contains)
    case (.settings, .settings(let value)): value.members != nil
    default: false
    }
  }

  /// What is allowed, in words that complete "must be …".
  public var allowed: String {
    switch self {
    case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .real(let range):
      "a number from \(inWords(range.lowerBound)) to \(inWords(range.upperBound))"
    case .choice(let words): "one of " + words.joined(separator: ", ")
    case .flag: "true or false"
    case .integers(let count, let each):
      "a list of \(count.lowerBound) to \(count.upperBound) whole numbers from "
        + "\(each.lowerBound) to \(each.upperBound)"
    case .settings: "a mapping of names to values"
    }
  }

  /// A number as a person writes it: 100, where files have 100.0.
  private func inWords(_ number: Double) -> String {
    let digits = ParameterValue.real(number).description
    return digits.hasSuffix(".0") ? String(digits.dropLast(2)) : digits
  }
}

/// A declared hyperparameter together with its Swift type.
///
///     static let outputDim = Parameter.integer(
///       "output_dim", 1...1_000_000, default: 1_024,
///       searched: .integer(64...4_096, log: true), summary: "how many random features")
///     …
///     let count = parameters[outputDim]  // an Int
public struct Parameter<Value: Sendable>: Sendable {
  /// The declaration, as it stands in the manifest.
  public let declaration: ParameterDeclaration
  let convert: @Sendable (ParameterValue) -> Value?

  fileprivate init(
    _ name: String, _ kind: ParameterDeclaration.Kind, automatic: Bool = false,
    default value: ParameterValue, searched: Domain?,
    when condition: ParameterDeclaration.Condition?,
    summary: String, convert: @escaping @Sendable (ParameterValue) -> Value?
  ) {
    declaration = ParameterDeclaration(
      name: name, kind: kind, allowsAutomatic: automatic, defaultValue: value, searched: searched,
      condition: condition, summary: summary)
    self.convert = convert
  }
}

extension Parameter where Value == Int {
  /// Declares a whole number.
  public static func integer(
    _ name: String, _ range: ClosedRange<Int>, default value: Int, searched: Domain? = nil,
    when condition: ParameterDeclaration.Condition? = nil, summary: String
  ) -> Self {
    Self(
      name, .integer(range), default: .integer(value), searched: searched, when: condition,
      summary: summary
    ) {
      if case .integer(let value) = $0 { value } else { nil }
    }
  }
}

extension Parameter where Value == Double {
  /// Declares a real number.
  public static func real(
    _ name: String, _ range: ClosedRange<Double>, default value: Double, searched: Domain? = nil,
    when condition: ParameterDeclaration.Condition? = nil, summary: String
  ) -> Self {
    Self(
      name, .real(range), default: .real(value), searched: searched, when: condition,
      summary: summary, convert: realValue)
  }
}

extension Parameter where Value == Double? {
  /// Declares a real number that the plugin can derive from the data: nil stands for `auto`, the default.
  public static func realOrAutomatic(
    _ name: String, _ range: ClosedRange<Double>, searched: Domain? = nil,
    when condition: ParameterDeclaration.Condition? = nil, summary: String
  ) -> Self {
    Self(
      name, .real(range), automatic: true, default: .automatic, searched: searched, when: condition,
      summary: summary
    ) { value -> Double?? in
      value == .automatic ? .some(nil) : realValue(value).map { .some($0) }
    }
  }
}

extension Parameter where Value == Bool {
  /// Declares a switch.
  public static func flag(
    _ name: String, default value: Bool, searched: Domain? = nil,
    when condition: ParameterDeclaration.Condition? = nil, summary: String
  ) -> Self {
    Self(
      name, .flag, default: .flag(value), searched: searched, when: condition, summary: summary
    ) {
      if case .flag(let value) = $0 { value } else { nil }
    }
  }
}

extension Parameter where Value == [Int] {
  /// Declares a list of whole numbers.
  public static func integers(
    _ name: String, count: ClosedRange<Int>, each: ClosedRange<Int>, default value: [Int],
    searched: Domain? = nil, when condition: ParameterDeclaration.Condition? = nil, summary: String
  ) -> Self {
    Self(
      name, .integers(count: count, each: each), default: .integers(value), searched: searched,
      when: condition, summary: summary
    ) {
      if case .integers(let values) = $0 { values } else { nil }
    }
  }
}

extension Parameter
where Value: CaseIterable & RawRepresentable & Sendable, Value.RawValue == String {
  /// Declares a choice between the cases of an enumeration; its raw values are the words users type.
  public static func choice(
    _ name: String, default value: Value, of cases: [Value] = Array(Value.allCases),
    searched: Domain? = nil, when condition: ParameterDeclaration.Condition? = nil, summary: String
  ) -> Self {
    Self(
      name, .choice(cases.map(\.rawValue)), default: .text(value.rawValue), searched: searched,
      when: condition, summary: summary
    ) {
      if case .text(let word) = $0 { Value(rawValue: word) } else { nil }
    }
  }
}

@Sendable private func realValue(_ value: ParameterValue) -> Double? {
  switch value {
  case .real(let value): value
  case .integer(let value): Double(value)
  default: nil
  }
}
