package import PluginKit

extension JSONValue {
  /// The document without members of some names, however deep.
  package func without(_ names: Set<String>) -> JSONValue {
    switch self {
    case .object(let members):
      .object(members.filter { !names.contains($0.0) }.map { ($0.0, $0.1.without(names)) })
    case .array(let elements): .array(elements.map { $0.without(names) })
    default: self
    }
  }
}
