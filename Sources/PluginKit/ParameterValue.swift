/// A value of a hyperparameter.
public enum ParameterValue: Sendable, Hashable {
  case integer(Int)
  case real(Double)
  /// A word, such as `gaussian`.
  case text(String)
  case flag(Bool)
  /// A list of whole numbers, such as the widths of hidden layers.
  case integers([Int])
  /// Names with values of any kind, such as the arguments of another library; always an object.
  case settings(JSONValue)
  /// The word `auto`: the plugin derives the value from the data.
  case automatic
}

extension ParameterValue: CustomStringConvertible {
  /// The value as a person types it in a pipeline.
  public var description: String {
    switch self {
    case .integer(let value): "\(value)"
    case .real(let value): JSONValue.number(value).text
    case .text(let value): value
    case .flag(let value): "\(value)"
    case .integers(let values): "[" + values.map(String.init).joined(separator: ", ") + "]"
    case .settings(let value):
      "{"
        + (value.members ?? []).map { "\($0.0): \($0.1.text)" }.joined(separator: ", ") + "}"
    case .automatic: "auto"
    }
  }

  /// The value in files.
  public var json: JSONValue {
    switch self {
    case .integer(let value): .integer(value)
    case .real(let value): .number(value)
    case .text(let value): .string(value)
    case .flag(let value): .bool(value)
    case .integers(let values): .array(values.map { .integer($0) })
    case .settings(let value): value
    case .automatic: .string("auto")
    }
  }
}

/// A setting of a plugin's hyperparameters: a value for each declared one, in the order of declaration.
public struct ParameterValues: Sendable, Equatable {
  /// Names and values in the order of declaration.
  public private(set) var all: [(name: String, value: ParameterValue)]

  /// Takes each declared parameter from `chosen` and otherwise its default.
  ///
  /// - Precondition: every name in `chosen` is declared, and its value is allowed.
  public init(_ declarations: [ParameterDeclaration], _ chosen: [String: ParameterValue] = [:]) {
    for (name, value) in chosen {
      let declaration = declarations.first { $0.name == name }
      precondition(declaration?.allows(value) ?? false, "\(name) can't be \(value)")
    }
    all = declarations.map { ($0.name, chosen[$0.name] ?? $0.defaultValue) }
  }

  /// The value of a parameter, or nil where there is none of that name.
  public subscript(name: String) -> ParameterValue? {
    all.first { $0.name == name }?.value
  }

  /// The value of a declared parameter in its own type.
  public subscript<Value>(parameter: Parameter<Value>) -> Value {
    guard let value = self[parameter.declaration.name], let converted = parameter.convert(value)
    else { preconditionFailure("\(parameter.declaration.name) was not declared by this plugin") }
    return converted
  }

  /// The values as an object with a member for each parameter.
  public var json: JSONValue { .object(all.map { ($0.name, $0.value.json) }) }

  public static func == (left: Self, right: Self) -> Bool {
    left.all.elementsEqual(right.all) { $0.name == $1.name && $0.value == $1.value }
  }
}
