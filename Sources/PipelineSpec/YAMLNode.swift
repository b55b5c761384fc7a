import PluginKit

/// A value of a YAML document, and where it stands.
struct YAMLNode: Sendable, Equatable {
  indirect enum Content: Sendable, Equatable {
    case scalar(YAMLScalar)
    case sequence([YAMLNode])
    case mapping([YAMLMember])
  }

  var content: Content
  var location: Location

  /// The same value, with every part of it at another place.
  func relocated(to place: Location) -> YAMLNode {
    let content: Content =
      switch self.content {
      case .scalar(let scalar): .scalar(scalar)
      case .sequence(let elements): .sequence(elements.map { $0.relocated(to: place) })
      case .mapping(let members):
        .mapping(
          members.map {
            YAMLMember(key: $0.key, location: place, value: $0.value.relocated(to: place))
          })
      }
    return YAMLNode(content: content, location: place)
  }
}

/// A key of a mapping with its value.
struct YAMLMember: Sendable, Equatable {
  var key: String
  /// Where the key stands.
  var location: Location
  var value: YAMLNode
}

/// A text that stands for a value of some type.
struct YAMLScalar: Sendable, Equatable {
  var text: String
  /// Whether it stands without quotes, so that `1` is a number and `null` is nothing.
  var isPlain: Bool
}

/// Where a part of a pipeline was given.
enum Location: Sendable, Equatable {
  /// In the file. Lines and columns count from 1, columns and the length in Unicode scalars; a length
  /// beyond the end of the line stands for the rest of it.
  case file(line: Int, column: Int, length: Int)
  /// On the command line: the text after `--set`.
  case setting(String)

  /// The length of what does not end on the line where it starts.
  static let restOfLine = Int.max
}

extension YAMLNode {
  /// What the value is by the core schema, if it is a scalar.
  var resolved: CoreSchemaValue? {
    guard case .scalar(let scalar) = content else { return nil }
    return scalar.isPlain ? CoreSchemaValue(plain: scalar.text) : .text(scalar.text)
  }

  var isNull: Bool { resolved == .null }

  /// The elements, if this is a sequence.
  var elements: [YAMLNode]? {
    if case .sequence(let elements) = content { elements } else { nil }
  }

  /// The members, if this is a mapping.
  var members: [YAMLMember]? {
    if case .mapping(let members) = content { members } else { nil }
  }

  /// The value with everything in it, or nil if a number in it is not finite.
  var json: JSONValue? {
    switch content {
    case .sequence(let elements):
      let values = elements.compactMap(\.json)
      return values.count == elements.count ? .array(values) : nil
    case .mapping(let members):
      let values = members.compactMap { member in member.value.json.map { (member.key, $0) } }
      return values.count == members.count ? .object(values) : nil
    case .scalar:
      switch resolved {
      case .null, nil: return .null
      case .bool(let value): return .bool(value)
      case .integer(let value): return .integer(value)
      case .real(let value): return value.isFinite ? .number(value) : nil
      case .text(let text): return .string(text)
      }
    }
  }

  /// What was found, in words that complete "got …".
  var found: String {
    switch content {
    case .sequence(let elements) where elements.allSatisfy { $0.resolved != nil }:
      elements.isEmpty
        ? "an empty list" : abbreviated("[" + elements.map(\.found).joined(separator: ", ") + "]")
    case .sequence: "a list"
    case .mapping: "a mapping"
    case .scalar(let scalar):
      switch resolved {
      case .text: "'\(abbreviated(scalar.text))'"
      case .null: scalar.text.isEmpty ? "nothing" : abbreviated(scalar.text)
      default: abbreviated(scalar.text)
      }
    }
  }
}

/// A text that fits into a message.
func abbreviated(_ text: String) -> String {
  let scalars = text.unicodeScalars
  return scalars.count <= 80 ? text : String(String.UnicodeScalarView(scalars.prefix(77))) + "..."
}
