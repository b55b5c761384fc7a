package import PluginKit

extension FittedPreprocessor {
  /// The whole state; numbers survive bit for bit.
  package var json: JSONValue {
    let columns = inputs.map { input in
      JSONValue.object([
        ("name", .string(input.name)),
        ("kind", .string(input.isCategorical ? "categorical" : "numeric")),
      ])
    }
    let steps = steps.map { step in
      JSONValue.object([
        ("use", .string(type(of: step).declaration.id)), ("state", step.state),
      ])
    }
    return .object([
      ("columns", .array(columns)), ("accepts_missing", .bool(acceptsMissing)),
      ("steps", .array(steps)),
    ])
  }

  /// Reads what ``json`` wrote.
  ///
  /// - Throws: ``PreprocessingError/damagedState(_:)`` for anything else.
  package init(json: JSONValue) throws(PreprocessingError) {
    guard let columns = json["columns"]?.array, let steps = json["steps"]?.array,
      let acceptsMissing = json["accepts_missing"]?.bool
    else { throw .damagedState("columns, steps or accepts_missing are not there") }
    try self.init(
      inputs: columns.map { column throws(PreprocessingError) in try Input(json: column) },
      steps: steps.map { step throws(PreprocessingError) in try Self.step(json: step) },
      acceptsMissing: acceptsMissing)
  }

  private static func step(json: JSONValue) throws(PreprocessingError) -> any Transformer {
    guard let id = json["use"]?.string, let state = json["state"],
      let kind = transformers.first(where: { $0.declaration.id == id })
    else { throw .damagedState("a step is of no kind that this program knows") }
    return try kind.init(state: state)
  }
}

extension FittedPreprocessor.Input {
  fileprivate init(json: JSONValue) throws(PreprocessingError) {
    switch (json["name"]?.string, json["kind"]?.string) {
    case (let name?, "numeric"?): self.init(name: name, isCategorical: false)
    case (let name?, "categorical"?): self.init(name: name, isCategorical: true)
    default: throw .damagedState("a column has no name, or is neither numeric nor categorical")
    }
  }
}
