import EnsembleSelection
import PluginKit
import Preprocessing

/// What has the shape `use`, `with`, `tune`, and the plain values inside.
extension PipelineSchema {
  /// A plugin, a step or an ensemble.
  struct Part {
    let id: String
    let summary: String
    let parameters: [ParameterDeclaration]
  }

  /// An entry that uses one of some parts; `with` and `tune` take that part's parameters only.
  static func parts(_ parts: [Part], hasName: Bool, isTuned: Bool = true) -> JSONValue {
    var properties: [(String, JSONValue)] = [
      ("use", .object([("enum", .strings(parts.map(\.id)))])),
      ("with", .object([("type", .string("object"))])),
    ]
    if isTuned { properties.append(("tune", .object([("type", .string("object"))]))) }
    if hasName { properties.insert(("name", text("the leaderboard's word for it")), at: 1) }
    return closed(
      properties, required: ["use"],
      more: [("allOf", .array(parts.map { branch($0, isTuned: isTuned) }))])
  }

  private static func branch(_ part: Part, isTuned: Bool) -> JSONValue {
    let used: JSONValue = .object([
      ("properties", .object([("use", .object([("const", .string(part.id))]))])),
      ("required", .strings(["use"])),
    ])
    var properties: [(String, JSONValue)] = [
      ("use", .object([("description", .string(part.summary))])),
      ("with", closed(part.parameters.map { ($0.name, fixed($0)) })),
    ]
    if isTuned { properties.append(("tune", closed(part.parameters.map { ($0.name, tuned($0)) }))) }
    return .object([
      ("if", used), ("then", .object([("properties", .object(properties))])),
    ])
  }

  private static func fixed(_ declaration: ParameterDeclaration) -> JSONValue {
    var members = value(of: declaration).members ?? []
    members.append(("description", .string(declaration.summary)))
    members.append(("default", declaration.defaultValue.json))
    return .object(members)
  }

  private static func value(of declaration: ParameterDeclaration) -> JSONValue {
    let value = value(of: declaration.kind)
    guard declaration.allowsAutomatic else { return value }
    return anyOf([value, .object([("const", .string("auto"))])])
  }

  private static func value(of kind: ParameterDeclaration.Kind) -> JSONValue {
    switch kind {
    case .integer(let range):
      .object([
        ("type", .string("integer")), ("minimum", .integer(range.lowerBound)),
        ("maximum", .integer(range.upperBound)),
      ])
    case .real(let range):
      .object([
        ("type", .string("number")), ("minimum", .number(range.lowerBound)),
        ("maximum", .number(range.upperBound)),
      ])
    case .choice(let words): .object([("enum", .strings(words))])
    case .flag: .object([("type", .string("boolean"))])
    case .integers(let count, let each):
      .object([
        ("type", .string("array")), ("minItems", .integer(count.lowerBound)),
        ("maxItems", .integer(count.upperBound)), ("items", value(of: .integer(each))),
      ])
    case .settings: .object([("type", .string("object"))])
    }
  }

  private static func tuned(_ declaration: ParameterDeclaration) -> JSONValue {
    let values: [(String, JSONValue)] = [
      ("type", .string("array")), ("minItems", .integer(1)), ("uniqueItems", .bool(true)),
      ("items", value(of: declaration)),
    ]
    let choices = closed([("choices", .object(values))], required: ["choices"])
    guard declaration.takesRange else { return choices }
    let bound = value(of: declaration.kind)
    let range = closed(
      [
        ("min", bound), ("max", bound), ("log", .object([("type", .string("boolean"))])),
        ("steps", whole(from: 1, "how many values a grid takes")),
      ], required: ["min", "max"])
    return anyOf([range, choices])
  }
}

// The plain values of a pipeline.
extension PipelineSchema {
  static func closed(
    _ properties: [(String, JSONValue)], required: [String] = [],
    more: [(String, JSONValue)] = []
  ) -> JSONValue {
    var members: [(String, JSONValue)] = [("type", .string("object"))]
    if !required.isEmpty { members.append(("required", .strings(required))) }
    members.append(("properties", .object(properties)))
    members.append(("additionalProperties", .bool(false)))
    return .object(members + more)
  }

  static func anyOf(_ schemas: [JSONValue]) -> JSONValue { .object([("anyOf", .array(schemas))]) }

  static func list(of item: JSONValue, atLeast count: Int) -> JSONValue {
    .object([("type", .string("array")), ("minItems", .integer(count)), ("items", item)])
  }

  static func text(_ description: String) -> JSONValue {
    .object([
      ("type", .string("string")), ("minLength", .integer(1)),
      ("description", .string(description)),
    ])
  }

  static func whole(from minimum: Int, _ description: String) -> JSONValue {
    .object([
      ("type", .string("integer")), ("minimum", .integer(minimum)),
      ("description", .string(description)),
    ])
  }

  static func share(_ description: String) -> JSONValue {
    .object([
      ("type", .string("number")), ("minimum", .integer(0)), ("exclusiveMaximum", .integer(1)),
      ("description", .string(description)),
    ])
  }

  static func column(_ description: String) -> JSONValue {
    .object([
      ("type", .strings(["string", "integer"])), ("not", .object([("const", .integer(0))])),
      ("description", .string(description + ", by name or by position from 1, or -1 for the last")),
    ])
  }

  static func duration(_ description: String) -> JSONValue {
    .object([
      ("description", .string(description + ": seconds, or text such as 90s, 5m or 1h30m")),
      ("type", .strings(["number", "string"])), ("exclusiveMinimum", .integer(0)),
      ("pattern", .string("^(?=.)([0-9.]+h)?([0-9.]+m)?([0-9.]+s)?$")),
    ])
  }

  static func words(_ words: [String], _ description: String) -> JSONValue {
    .object([("enum", .strings(words)), ("description", .string(description))])
  }

  static func words<Word: CaseIterable & RawRepresentable>(
    _ type: Word.Type, _ description: String
  ) -> JSONValue where Word.RawValue == String {
    words(Word.allCases.map(\.rawValue), description)
  }
}

extension PipelineSchema.Part {
  init(_ step: StepDeclaration) {
    self.init(id: step.id, summary: step.summary, parameters: step.parameters)
  }
}

extension PipelineSchema.Part {
  init(_ ensemble: EnsembleDeclaration) {
    self.init(id: ensemble.id, summary: ensemble.summary, parameters: ensemble.parameters)
  }
}

extension JSONValue {
  /// An array of texts.
  static func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
}
