package import PluginKit

/// A JSON document as YAML in block style, with a line feed at the end.
///
/// It reads back as the same document by the core schema of YAML 1.2, and by YAML 1.1, too: texts such as
/// `no` stand in quotes, and numbers with an exponent have a point. Lists of plain values stay on one line.
package func yamlText(_ value: JSONValue) -> String {
  var writer = YAMLWriter()
  writer.write(value, indent: 0, isInline: false)
  return writer.text
}

private struct YAMLWriter {
  var text = ""

  /// Writes a value; with `isInline` its first line already has its indentation, as after `- `.
  mutating func write(_ value: JSONValue, indent: Int, isInline: Bool) {
    switch value {
    case .object(let members) where !members.isEmpty:
      for (index, member) in members.enumerated() {
        if index > 0 || !isInline { text += spaces(indent) }
        text += scalar(member.0) + ":"
        writeNested(member.1, indent: indent)
      }
    case .array(let elements) where elements.contains { $0.isFilled }:
      for (index, element) in elements.enumerated() {
        text += (index > 0 || !isInline ? spaces(indent) : "") + "- "
        write(element, indent: indent + 2, isInline: true)
      }
    default: text += flow(value) + "\n"
    }
  }

  private mutating func writeNested(_ value: JSONValue, indent: Int) {
    switch value {
    case .object(let members) where !members.isEmpty: text += "\n"
    case .array(let elements) where elements.contains { $0.isFilled }: text += "\n"
    default:
      text += " " + flow(value) + "\n"
      return
    }
    write(value, indent: indent + 2, isInline: false)
  }

  private func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

  private func flow(_ value: JSONValue) -> String {
    switch value {
    case .array(let elements): "[" + elements.map(flow).joined(separator: ", ") + "]"
    case .object: "{}"
    case .string(let text): scalar(text)
    case .number: number(value.text)
    default: value.text
    }
  }

  /// A number with a point: YAML 1.1 takes `1e-06` for text.
  private func number(_ digits: String) -> String {
    guard !digits.contains("."), let exponent = digits.firstIndex(of: "e") else { return digits }
    return digits[..<exponent] + ".0" + digits[exponent...]
  }

  /// A text without quotes where it reads back as this text, otherwise in double quotes.
  private func scalar(_ text: String) -> String {
    isSafe(text) ? text : quoted(text)
  }

  private func isSafe(_ text: String) -> Bool {
    let words11 = ["y", "n", "yes", "no", "on", "off"]
    guard CoreSchemaValue(plain: text) == .text(text), !words11.contains(text.lowercased()),
      let first = text.utf8.first, isLetter(first) || first == UInt8(ascii: "/")
    else { return false }
    return text.utf8.allSatisfy { byte in
      isLetter(byte) || (UInt8(ascii: "-")...UInt8(ascii: "9")).contains(byte)
        || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "+")
    }
  }

  private func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where isPrintable(scalar): result.unicodeScalars.append(scalar)
      default:
        let digits = String(scalar.value, radix: 16)
        result += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
      }
    }
    return result + "\""
  }

  /// Whether YAML takes a character in quotes as it is; line breaks and byte order marks are written as
  /// escapes.
  private func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD: true
    case 0x10000...0x10FFFF: true
    default: false
    }
  }
}

extension JSONValue {
  /// Whether it is an array or an object, and not empty.
  fileprivate var isFilled: Bool {
    switch self {
    case .array(let elements): !elements.isEmpty
    case .object(let members): !members.isEmpty
    default: false
    }
  }
}
