/// What a scalar means by the core schema of YAML 1.2.
///
/// Unlike in YAML 1.1, `yes`, `no`, `on` and `off` are texts, `0o17` is octal and `017` is seventeen.
///
/// Reference: YAML 1.2.2, section 10.3.2, "Tag Resolution".
enum CoreSchemaValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int)
  /// A number with a fraction or an exponent, one that is too large for `Int`, an infinity, or NaN.
  case real(Double)
  case text(String)

  /// Resolves a scalar without quotes.
  init(plain text: String) {
    switch text {
    case "", "~", "null", "Null", "NULL": self = .null
    case "true", "True", "TRUE": self = .bool(true)
    case "false", "False", "FALSE": self = .bool(false)
    case ".nan", ".NaN", ".NAN": self = .real(.nan)
    default: self = Self.number(text) ?? .text(text)
    }
  }

  private static func number(_ text: String) -> CoreSchemaValue? {
    let utf8 = Array(text.utf8)
    if let digits = digits(of: utf8, after: "0o") { return whole(digits, radix: 8) }
    if let digits = digits(of: utf8, after: "0x") { return whole(digits, radix: 16) }
    let isNegative = utf8.first == UInt8(ascii: "-")
    let unsigned = isNegative || utf8.first == UInt8(ascii: "+") ? utf8.dropFirst() : utf8[...]
    switch String(decoding: unsigned, as: UTF8.self) {
    case ".inf", ".Inf", ".INF": return .real(isNegative ? -.infinity : .infinity)
    default: break
    }
    guard isDecimal(unsigned) else { return nil }
    if let value = Int(text) { return .integer(value) }
    return Double(text).map { .real($0) }
  }

  private static func digits(of utf8: [UInt8], after prefix: String) -> String? {
    guard utf8.count > 2, utf8.starts(with: prefix.utf8) else { return nil }
    return String(decoding: utf8.dropFirst(2), as: UTF8.self)
  }

  private static func whole(_ digits: String, radix: Int) -> CoreSchemaValue? {
    guard digits.first?.isHexDigit ?? false else { return nil }
    return Int(digits, radix: radix).map { .integer($0) }
  }

  /// Whether text has the form `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
  private static func isDecimal(_ utf8: ArraySlice<UInt8>) -> Bool {
    var rest = utf8
    func takeDigits() -> Int {
      let count = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
      rest = rest.dropFirst(count)
      return count
    }
    let whole = takeDigits()
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      guard takeDigits() > 0 || whole > 0 else { return false }
    } else if whole == 0 {
      return false
    }
    guard rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") else {
      return rest.isEmpty
    }
    rest = rest.dropFirst()
    if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") {
      rest = rest.dropFirst()
    }
    return takeDigits() > 0 && rest.isEmpty
  }
}
