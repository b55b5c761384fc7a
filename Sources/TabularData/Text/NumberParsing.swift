#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the text of a cell is.
enum CellKind: Equatable {
  case number(Double)
  case missing
  /// `inf` in any spelling, or a number beyond the range of `Double`.
  case infinite
  case text
}

/// The powers of ten that are exact in `Double`.
let exactPowersOfTen: [Double] = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
  1e18, 1e19, 1e20, 1e21, 1e22,
]

/// Says what the text of a cell is.
func classifyCell(_ text: UnsafeBufferPointer<UInt8>) -> CellKind {
  if isMissingWord(text) { return .missing }
  if let number = parseDecimal(text) { return number.isFinite ? .number(number) : .infinite }
  return isInfinityWord(text) ? .infinite : .text
}

private func isInfinityWord(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
  let signLength = text.first == UInt8(ascii: "-") || text.first == UInt8(ascii: "+") ? 1 : 0
  let word = text.dropFirst(signLength).map { $0 | 0x20 }
  return word.elementsEqual("inf".utf8) || word.elementsEqual("infinity".utf8)
}

/// Reads a decimal number such as `-12`, `.5`, `3.` or `1.5e-3`; nil for anything else.
///
/// The result is the `Double` nearest to the text. Up to 15 digits with a power of ten up to 10²²
/// are exact in one division or product (W. D. Clinger, "How to read floating point numbers
/// accurately", PLDI 1990, doi:10.1145/93542.93557); everything else is left to `strtod`. Numbers
/// that are too large become infinite.
func parseDecimal(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
  guard let decimal = Decimal(text) else { return nil }
  guard decimal.significantDigits <= 15, abs(decimal.exponent) <= 22 else {
    return parseSlowly(text)
  }
  let mantissa = Double(decimal.mantissa)
  let magnitude =
    decimal.exponent < 0
    ? mantissa / exactPowersOfTen[-decimal.exponent] : mantissa * exactPowersOfTen[decimal.exponent]
  return decimal.isNegative ? -magnitude : magnitude
}

/// The parts of a decimal number: ±mantissa · 10^exponent.
private struct Decimal {
  var isNegative = false
  /// Wraps around beyond 19 significant digits; of use up to 15 only.
  var mantissa: UInt64 = 0
  var significantDigits = 0
  var exponent = 0

  /// Nil if the text is no decimal number.
  init?(_ text: UnsafeBufferPointer<UInt8>) {
    var position = 0
    if let sign = text.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      position = 1
    }
    var digits = readDigits(text, &position)
    if position < text.count, text[position] == UInt8(ascii: ".") {
      position += 1
      let fraction = readDigits(text, &position)
      exponent = -fraction
      digits += fraction
    }
    guard digits > 0 else { return nil }
    if position < text.count, text[position] | 0x20 == UInt8(ascii: "e") {
      guard let power = Decimal.readExponent(text, &position) else { return nil }
      exponent += power
    }
    guard position == text.count else { return nil }
  }

  /// Takes digits into the mantissa, and counts them.
  private mutating func readDigits(_ text: UnsafeBufferPointer<UInt8>, _ position: inout Int) -> Int
  {
    let start = position
    while position < text.count {
      let digit = text[position] &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      mantissa = mantissa &* 10 &+ UInt64(digit)
      if digit > 0 || significantDigits > 0 { significantDigits += 1 }
      position += 1
    }
    return position - start
  }

  /// An exponent after its `e`, held within ±100,000, which is as good as any beyond.
  private static func readExponent(_ text: UnsafeBufferPointer<UInt8>, _ position: inout Int)
    -> Int?
  {
    position += 1
    var sign = 1
    if position < text.count,
      text[position] == UInt8(ascii: "-") || text[position] == UInt8(ascii: "+")
    {
      sign = text[position] == UInt8(ascii: "-") ? -1 : 1
      position += 1
    }
    let start = position
    var power = 0
    while position < text.count {
      let digit = text[position] &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      power = min(power * 10 + Int(digit), 100_000)
      position += 1
    }
    return position > start ? sign * power : nil
  }
}

/// Reads a checked decimal number by the C library, which rounds correctly for any length.
private func parseSlowly(_ text: UnsafeBufferPointer<UInt8>) -> Double {
  var terminated = text.map { CChar(bitPattern: $0) }
  terminated.append(0)
  return strtod(terminated, nil)
}
