import PluginKit

/// JSON has no infinities and no NaN, and a record must come back as it was: each becomes an object
/// `{"$number": "inf"}` that nothing else looks like.
extension JSONValue {
  /// The document with every number in a form that survives being written and read.
  var writingAllNumbers: JSONValue {
    switch self {
    case .number(let value) where !value.isFinite:
      .object([(Self.specialKey, .string(value.isNaN ? "nan" : value > 0 ? "inf" : "-inf"))])
    case .array(let elements): .array(elements.map(\.writingAllNumbers))
    case .object(let members): .object(members.map { ($0.0, $0.1.writingAllNumbers) })
    default: self
    }
  }

  /// The document that ``writingAllNumbers`` was made of.
  var readingAllNumbers: JSONValue {
    switch self {
    case .array(let elements): return .array(elements.map(\.readingAllNumbers))
    case .object(let members):
      if members.count == 1, members[0].0 == Self.specialKey {
        switch members[0].1.string {
        case "nan": return .number(.nan)
        case "inf": return .number(.infinity)
        case "-inf": return .number(-.infinity)
        default: break
        }
      }
      return .object(members.map { ($0.0, $0.1.readingAllNumbers) })
    default: return self
    }
  }

  private static var specialKey: String { "$number" }
}
