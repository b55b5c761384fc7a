package import PluginKit

extension SearchPoint {
  /// The entry, and an object with a value for each coordinate in their order.
  package var json: JSONValue {
    .object([
      ("entry", .string(entry)),
      ("coordinates", .object(coordinates.map { ($0.name, $0.value.storedJSON) })),
    ])
  }

  /// Reads what ``json`` gave; nil if a member is missing or a value is of no known kind.
  package init?(json: JSONValue) {
    guard let entry = json["entry"]?.string, let members = json["coordinates"]?.members else {
      return nil
    }
    var coordinates: [Coordinate] = []
    for (name, value) in members {
      guard let value = ParameterValue(stored: value) else { return nil }
      coordinates.append(.init(name, value))
    }
    self.init(entry: entry, coordinates: coordinates)
  }
}

extension ParameterValue {
  /// The value in a form that says its kind: the word `auto` is a text elsewhere.
  fileprivate var storedJSON: JSONValue {
    switch self {
    case .automatic: .object([("automatic", .bool(true))])
    case .settings(let value): .object([("settings", value)])
    default: json
    }
  }

  fileprivate init?(stored json: JSONValue) {
    switch json {
    case .integer(let value): self = .integer(value)
    case .number(let value): self = .real(value)
    case .string(let value): self = .text(value)
    case .bool(let value): self = .flag(value)
    case .array(let elements):
      let values = elements.compactMap(\.integer)
      guard values.count == elements.count else { return nil }
      self = .integers(values)
    case .object where json["automatic"]?.bool == true: self = .automatic
    case .object:
      guard let settings = json["settings"], settings.members != nil else { return nil }
      self = .settings(settings)
    case .null: return nil
    }
  }
}
