package import PluginKit

/// A value that is another one in two documents, or is there in only one of them.
package struct DocumentDifference: Sendable, Equatable, CustomStringConvertible {
  /// Where it stands, such as `models[1].tune.l2.max`.
  package let path: String
  /// nil where there is none.
  package let old: JSONValue?
  package let new: JSONValue?

  package init(path: String, old: JSONValue?, new: JSONValue?) {
    self.path = path
    self.old = old
    self.new = new
  }

  /// Such as `search.parallel: 8 → 4`.
  package var description: String { "\(path): \(Self.text(old)) → \(Self.text(new))" }

  /// Compares documents key by key.
  ///
  /// Lists are compared element by element; the order of an object's members does not matter.
  ///
  /// - Returns: The differences in the order of the first document, then those of what only the second has.
  package static func between(
    _ old: JSONValue?, _ new: JSONValue?, path: String = ""
  ) -> [DocumentDifference] {
    switch (old, new) {
    case (.object(let members)?, .object(let others)?):
      let names = members.map(\.0) + others.map(\.0).filter { name in old?[name] == nil }
      return names.flatMap { name in
        between(old?[name], new?[name], path: path.isEmpty ? name : "\(path).\(name)")
      }
    case (.array(let elements)?, .array(let others)?)
    where (elements + others).contains { $0.members != nil }:
      return (0..<max(elements.count, others.count)).flatMap { index in
        between(
          index < elements.count ? elements[index] : nil,
          index < others.count ? others[index] : nil, path: "\(path)[\(index)]")
      }
    default:
      return old == new ? [] : [DocumentDifference(path: path, old: old, new: new)]
    }
  }

  private static func text(_ value: JSONValue?) -> String {
    switch value {
    case nil: "absent"
    case .string(let text)?: text
    case let value?: value.text
    }
  }
}
