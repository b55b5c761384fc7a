import Foundation
import PluginKit
import TabularData
import Testing

/// Decimals that are hard to round, and forms that are easy to get wrong.
private let hardDecimals = [
  "0", "-0", "+1", ".5", "5.", "-.25", "1e5", "1E-5", "1e+5", "007", "123456789012345",
  "1234567890123456", "9007199254740993", "9007199254740992.5", "0.1", "0.30000000000000004",
  "2.2250738585072011e-308", "2.2250738585072014e-308", "4.9e-324", "2.4e-324", "1e-400",
  "1.7976931348623157e308", "8.5e22", "1e23", "123e-23", "6.02214076e23", "1e22", "1e-22",
  "0.000000000000000000000000000123", "179769313486231570000000000000000000000",
  "3.141592653589793238462643383279502884197169399375105820974944592307816406286",
]

@Test func numbersAreTheNearestDoubles() throws {
  var generator = SeededGenerator(seed: 20)
  var decimals = hardDecimals
  for _ in 0..<10_000 {
    let digits = (0...generator.index(below: 22)).map { _ in "\(generator.index(below: 10))" }
      .joined()
    let point = generator.index(below: digits.count + 1)
    var decimal = generator.index(below: 2) == 0 ? "-" : ""
    decimal +=
      digits.prefix(point) + (generator.index(below: 3) == 0 ? "" : ".") + digits.dropFirst(point)
    if generator.index(below: 3) == 0 { decimal += "e\(generator.index(below: 600) - 330)" }
    if strtod(decimal, nil).isFinite { decimals.append(decimal) }
  }
  let rows = decimals.enumerated().map { "\($1),\($0 % 2)" }.joined(separator: "\n")
  let read = try load("x,room\n" + rows, target: .name("room")) {
    $0.columns = [ColumnRule(pattern: "x", role: .numeric)]
  }.numbers("x")
  #expect(read.map(\.bitPattern) == decimals.map { strtod($0, nil).bitPattern })
}

@Test(arguments: ["", "NA", "N/A", "NaN", "nan", "?", "null", "NULL", "None", "\"\"", " "])
func missingNumbersAreNaN(word: String) throws {
  let numbers = try load("x,room\n1.5,p\n\(word),q\n2.5,q\n").numbers("x")
  #expect(numbers[0] == 1.5 && numbers[1].isNaN && numbers[2] == 2.5)
}

@Test(arguments: ["1,000", "0x10", "1e", "e5", "--1", "1.2.3", ".", "+", "1 2", "1_0", "٣"])
func otherTextsAreNoNumbers(word: String) throws {
  let dataset = try load("x,room\n1,p\n\"\(word)\",q\n2,q\n", target: .name("room"))
  #expect(dataset.words("x") == ["1", word, "2"])
}

@Test(arguments: ["inf", "-Infinity", "1e999", "-1e400"])
func infiniteNumbersAreRefused(word: String) throws {
  #expect(
    try message("y,x,room\n0,1,p\n1,\(word),q\n")
      == "rooms.csv:3:3: error: column 2 ('x') holds '\(word)', an infinite value; "
      + "leave the cell blank if the value is not known")
}
