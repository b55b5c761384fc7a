/// How names and texts of a table are written in C.
enum CText {
  /// A string literal of any text, in ASCII.
  ///
  /// Bytes beyond ASCII are octal escapes, which end after three digits, unlike hexadecimal ones; question
  /// marks are escaped, since two of them may begin a trigraph.
  static func literal(_ text: String) -> String {
    var literal = "\""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): literal += "\\\""
      case UInt8(ascii: "\\"): literal += "\\\\"
      case UInt8(ascii: "?"): literal += "\\?"
      case 0x20..<0x7F: literal.unicodeScalars.append(Unicode.Scalar(byte))
      default: literal += "\\" + octal(byte)
      }
    }
    return literal + "\""
  }

  /// An expression for a text of any length: a literal, or the name of an array that is defined here, since
  /// literals beyond 4,095 bytes are no business of every compiler.
  static func reference(_ text: String, _ name: String, _ definitions: inout [String]) -> String {
    guard text.utf8.count > 4_095 else { return literal(text) }
    let bytes = text.utf8.map { "\(Int8(bitPattern: $0))," }
    let lines = stride(from: 0, to: bytes.count, by: 16).map { start in
      "  " + bytes[start..<min(start + 16, bytes.count)].joined(separator: " ")
    }
    definitions.append(
      "static const char \(name)_text[] = {\n\(lines.joined(separator: "\n"))\n  0\n};\n")
    return "\(name)_text"
  }

  /// A text within a comment, in quotes: letters of any language as they are, what could end the comment,
  /// break the line or turn the direction of writing as an escape.
  static func comment(_ text: String) -> String {
    var shown = ""
    for scalar in text.unicodeScalars.prefix(60) {
      let isPlain =
        (scalar.isASCII && scalar.value >= 0x20 && !"*/\\?\u{7F}".unicodeScalars.contains(scalar))
        || (!scalar.isASCII && scalar.properties.isAlphabetic)
      shown += isPlain ? "\(scalar)" : "\\u{\(String(scalar.value, radix: 16))}"
    }
    return "'" + shown + (text.unicodeScalars.count > 60 ? "…'" : "'")
  }

  /// A number as a constant of type `float`.
  static func float(_ value: Float) -> String {
    if value.isNaN { return "NAN" }
    if value.isInfinite { return value < 0 ? "-INFINITY" : "INFINITY" }
    return value.description + "f"
  }

  /// A number as a constant of type `double`.
  static func double(_ value: Double) -> String {
    if value.isNaN { return "NAN" }
    if value.isInfinite { return value < 0 ? "-INFINITY" : "INFINITY" }
    return value.description
  }

  private static func octal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 8)
    return String(repeating: "0", count: 3 - digits.count) + digits
  }
}

/// Identifiers of C and C++ for names of any kind, each of them once.
struct CIdentifiers {
  private var taken: Set<String> = []

  /// An identifier that resembles a name: other characters become `_`, and what is a word of the language, a
  /// usual macro or taken gets an ending.
  mutating func identifier(for name: String) -> String {
    var identifier = ""
    for scalar in name.unicodeScalars {
      let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.isDigit)
      // Names of two underscores belong to the compiler.
      if isPlain {
        identifier.unicodeScalars.append(scalar)
      } else if identifier.last != "_" {
        identifier += "_"
      }
    }
    if identifier.isEmpty || identifier == "_" { identifier = "column" }
    if identifier.first == "_" || identifier.unicodeScalars.first?.isDigit == true {
      identifier = "c" + (identifier.first == "_" ? "" : "_") + identifier
    }
    if Self.reserved.contains(identifier) { identifier += "_" }
    var (unique, number) = (identifier, 2)
    while !taken.insert(unique).inserted {
      unique = identifier + (identifier.last == "_" ? "" : "_") + "\(number)"
      number += 1
    }
    return unique
  }

  /// Keywords of C11 and C++20, and macros that headers or compilers define.
  private static let reserved: Set<String> = Set(
    """
    alignas alignof and and_eq asm assert auto bitand bitor bool break case catch char char8_t char16_t char32_t \
    class co_await co_return co_yield compl complex concept const const_cast consteval constexpr constinit \
    continue decltype default delete do double dynamic_cast else enum errno explicit export extern false float \
    for friend goto i386 if imaginary inline int linux long mutable namespace new noexcept noreturn not not_eq \
    nullptr operator or or_eq private protected public register reinterpret_cast requires restrict return \
    short signed sizeof static static_assert static_cast stderr stdin stdout struct switch template this \
    thread_local throw true try typedef typeid typename typeof union unix unsigned using virtual void volatile \
    wchar_t while xor xor_eq DOMAIN EOF FALSE HUGE I INFINITY NAN NULL OVERFLOW TRUE UNDERFLOW
    """.split(separator: " ").map(String.init))
}

extension Unicode.Scalar {
  fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
}
