#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
package import PluginKit

/// How figures are written for people.
package enum FigureFormat {
  /// A number with so many digits after the point: `0.9850`; `-` for NaN and infinities.
  package static func fixed(_ value: Double, digits: Int) -> String {
    guard abs(value) < 1e12 else { return value.isFinite ? value.description : "-" }
    let scaled = Int((abs(value) * pow(10, Double(digits))).rounded())
    var text = String(scaled)
    text = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
    if digits > 0 { text.insert(".", at: text.index(text.endIndex, offsetBy: -digits)) }
    return (value < 0 && scaled != 0 ? "-" : "") + text
  }

  /// A number with three significant digits, or fewer where they say the same: `2.13`, `1.2e-5`, `1024`.
  package static func short(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "-" }
    var exponent = Int(log10(abs(value)).rounded(.down))
    var mantissa = (abs(value) / pow(10, Double(exponent)) * 100).rounded() / 100
    if mantissa >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    let sign = value < 0 ? "-" : ""
    guard (-3..<6).contains(exponent) else {
      return sign + withoutTrailingZeros(fixed(mantissa, digits: 2)) + "e\(exponent)"
    }
    return sign + withoutTrailingZeros(fixed(abs(value), digits: max(0, 2 - exponent)))
  }

  /// A whole number with its digits in groups of three: `40,970`.
  package static func grouped(_ value: Int) -> String {
    var digits = Array(String(value.magnitude))
    for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: place) }
    return (value < 0 ? "-" : "") + String(digits)
  }

  /// A number of things: `1 row`, `2,000 rows`; the plural is the singular with an s if it is not given.
  package static func counted(_ count: Int, _ singular: String, _ plural: String? = nil) -> String {
    grouped(count) + " " + (count == 1 ? singular : plural ?? singular + "s")
  }

  /// A duration of seconds: `8.3 ms`, `0.21 s`, `12.4 s`, `3 min 5 s`, `2 h 7 min`.
  package static func duration(_ seconds: Double) -> String {
    switch seconds {
    case ..<0.00005: return "<0.1 ms"
    case ..<0.0995: return fixed(seconds * 1e3, digits: seconds < 0.00995 ? 1 : 0) + " ms"
    case ..<9.995: return fixed(seconds, digits: 2) + " s"
    case ..<99.95: return fixed(seconds, digits: 1) + " s"
    case ..<1e9:
      let whole = Int(seconds.rounded())
      return whole < 3600
        ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole % 3600 / 60) min"
    default: return "-"
    }
  }

  /// A value of a hyperparameter, short.
  package static func parameter(_ value: JSONValue) -> String {
    switch value {
    case .number(let number): short(number)
    case .string(let text): text
    case .array(let elements):
      "[" + elements.map { parameter($0) }.joined(separator: ",") + "]"
    default: value.text
    }
  }

  private static func withoutTrailingZeros(_ text: String) -> String {
    guard text.contains(".") else { return text }
    let kept = text.reversed().drop { $0 == "0" }.drop { $0 == "." }
    return String(kept.reversed())
  }
}
