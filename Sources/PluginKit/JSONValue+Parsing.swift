extension JSONValue {
  /// Reads a JSON document (RFC 8259) in UTF-8.
  ///
  /// Numbers without fraction and exponent that fit become `.integer`. Objects with a name twice, and
  /// documents nested deeper than 64 levels, are refused.
  ///
  /// - Throws: ``JSONError`` with the byte where reading stopped.
  public init(parsing bytes: [UInt8]) throws(JSONError) {
    var parser = JSONParser(bytes: bytes)
    self = try parser.document()
  }

  /// Reads a JSON document from a string.
  public init(parsing text: String) throws(JSONError) {
    try self.init(parsing: Array(text.utf8))
  }
}

/// A document that is not JSON.
public struct JSONError: Error, Equatable, CustomStringConvertible {
  /// The position of the first byte that could not be read, counted from 0.
  public let byte: Int
  /// What was wrong there.
  public let reason: String

  public var description: String { "byte \(byte): \(reason)" }
}

private struct JSONParser {
  let bytes: [UInt8]
  var position = 0
  var depth = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() throws(JSONError) -> JSONValue {
    let value = try self.value()
    skipSpace()
    guard position == bytes.count else { throw failure("text after the end of the document") }
    return value
  }

  private mutating func value() throws(JSONError) -> JSONValue {
    skipSpace()
    switch peek {
    case UInt8(ascii: "{"): return try nested { parser throws(JSONError) in try parser.object() }
    case UInt8(ascii: "["): return try nested { parser throws(JSONError) in try parser.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func nested(
    _ body: (inout JSONParser) throws(JSONError) -> JSONValue
  ) throws(JSONError) -> JSONValue {
    guard depth < 64 else { throw failure("more than 64 levels of nesting") }
    depth += 1
    defer { depth -= 1 }
    position += 1
    return try body(&self)
  }

  private mutating func object() throws(JSONError) -> JSONValue {
    var members: [(String, JSONValue)] = []
    var names: Set<String> = []
    if consume("}") { return .object([]) }
    repeat {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { throw failure("expected a name in quotes") }
      let start = position
      let name = try string()
      guard names.insert(name).inserted else {
        position = start
        throw failure("the name '\(name)' appears twice")
      }
      guard consume(":") else { throw failure("expected ':'") }
      members.append((name, try value()))
    } while consume(",")
    guard consume("}") else { throw failure("expected ',' or '}'") }
    return .object(members)
  }

  private mutating func array() throws(JSONError) -> JSONValue {
    var elements: [JSONValue] = []
    if consume("]") { return .array([]) }
    repeat { elements.append(try value()) } while consume(",")
    guard consume("]") else { throw failure("expected ',' or ']'") }
    return .array(elements)
  }

  private mutating func string() throws(JSONError) -> String {
    position += 1
    var utf8: [UInt8] = []
    let start = position
    while let byte = peek, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw failure("a control character in a string") }
      position += 1
      if byte == UInt8(ascii: "\\") {
        try escape(into: &utf8)
      } else {
        utf8.append(byte)
      }
    }
    guard peek != nil else { throw failure("the string is not closed") }
    position += 1
    guard let text = String(validating: utf8, as: UTF8.self) else {
      position = start
      throw failure("the string is not UTF-8")
    }
    return text
  }

  private mutating func escape(into utf8: inout [UInt8]) throws(JSONError) {
    guard let byte = peek else { throw failure("the string is not closed") }
    position += 1
    switch byte {
    case UInt8(ascii: "n"): utf8.append(0x0A)
    case UInt8(ascii: "r"): utf8.append(0x0D)
    case UInt8(ascii: "t"): utf8.append(0x09)
    case UInt8(ascii: "b"): utf8.append(0x08)
    case UInt8(ascii: "f"): utf8.append(0x0C)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): utf8.append(byte)
    case UInt8(ascii: "u"): try unicodeEscape(into: &utf8)
    default: throw failure("an unknown escape")
    }
  }

  private mutating func unicodeEscape(into utf8: inout [UInt8]) throws(JSONError) {
    var code = try fourHexDigits()
    if (0xD800..<0xDC00).contains(code) {
      guard peek == UInt8(ascii: "\\"), position + 1 < bytes.count,
        bytes[position + 1] == UInt8(ascii: "u")
      else { throw failure("half of a surrogate pair") }
      position += 2
      let low = try fourHexDigits()
      guard (0xDC00..<0xE000).contains(low) else { throw failure("half of a surrogate pair") }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw failure("half of a surrogate pair") }
    utf8.append(contentsOf: String(Character(scalar)).utf8)
  }

  private mutating func fourHexDigits() throws(JSONError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw failure("expected four hexadecimal digits")
      }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }

  private mutating func number() throws(JSONError) -> JSONValue {
    let start = position
    while let byte = peek, isNumberByte(byte) { position += 1 }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    let digits = text.drop { $0 == "-" }
    let hasLeadingZero = digits.hasPrefix("0") && (digits.dropFirst().first?.isNumber ?? false)
    guard digits.first?.isNumber ?? false, digits.last?.isNumber ?? false,
      text.count - digits.count <= 1, !hasLeadingZero, !digits.contains(".e"),
      !digits.contains(".E")
    else {
      position = start
      throw failure("expected a value")
    }
    if let integer = Int(text) { return .integer(integer) }
    guard let number = Double(text), number.isFinite else {
      position = start
      throw failure("'\(text)' is no number")
    }
    return .number(number)
  }

  private func isNumberByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
      UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
    guard bytes[position...].starts(with: word.utf8) else { throw failure("expected a value") }
    position += word.utf8.count
    return value
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func consume(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard peek == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  private func failure(_ reason: String) -> JSONError { JSONError(byte: position, reason: reason) }
}
