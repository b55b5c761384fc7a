extension JSONValue {
  /// The document on one line.
  public var text: String {
    var writer = JSONWriter(indents: false)
    writer.write(self, depth: 0)
    return writer.text
  }

  /// The document with one member or element per line, and a line feed at the end.
  ///
  /// Arrays of plain values stay on one line.
  public var indentedText: String {
    var writer = JSONWriter(indents: true)
    writer.write(self, depth: 0)
    return writer.text + "\n"
  }
}

private struct JSONWriter {
  let indents: Bool
  var text = ""

  mutating func write(_ value: JSONValue, depth: Int) {
    switch value {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .number(let value): text += value.isFinite ? value.description : "null"
    case .string(let value): write(value)
    case .array(let elements):
      let spread = indents && elements.contains { $0.isContainer }
      write(elements.count, from: "[", to: "]", spread: spread, depth: depth) { writer, index in
        writer.write(elements[index], depth: depth + 1)
      }
    case .object(let members):
      write(members.count, from: "{", to: "}", spread: indents, depth: depth) { writer, index in
        writer.write(members[index].0)
        writer.text += writer.indents ? ": " : ":"
        writer.write(members[index].1, depth: depth + 1)
      }
    }
  }

  private mutating func write(
    _ count: Int, from open: String, to close: String, spread: Bool, depth: Int,
    element: (inout JSONWriter, Int) -> Void
  ) {
    text += open
    for index in 0..<count {
      if index > 0 { text += spread || !indents ? "," : ", " }
      if spread { text += "\n" + String(repeating: "  ", count: depth + 1) }
      element(&self, index)
    }
    if spread, count > 0 { text += "\n" + String(repeating: "  ", count: depth) }
    text += close
  }

  private mutating func write(_ string: String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

extension JSONValue {
  fileprivate var isContainer: Bool {
    switch self {
    case .array, .object: true
    default: false
    }
  }
}
