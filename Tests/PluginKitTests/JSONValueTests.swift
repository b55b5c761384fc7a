import PluginKit
import TestSupport
import Testing

private let sample = JSONValue.object([
  ("text", .string("a \"quote\", a \\, a tab\t, a bell\u{07}, ü and 🎈")),
  ("numbers", .array([.integer(-7), .number(0.1), .number(1e-300), .number(5), .integer(0)])),
  ("nested", .array([.object([]), .array([]), .null, .bool(true), .bool(false)])),
])

@Test func whatIsWrittenReadsBackEqualInBothForms() throws {
  #expect(try JSONValue(parsing: sample.text) == sample)
  #expect(try JSONValue(parsing: sample.indentedText) == sample)
}

@Test func membersKeepTheirOrder() {
  #expect(JSONValue.object([("b", .integer(1)), ("a", .integer(2))]).text == #"{"b":1,"a":2}"#)
}

@Test func plainArraysStayOnOneLine() {
  let document = JSONValue.object([("x", .array([.integer(1), .integer(2)])), ("y", .object([]))])
  #expect(document.indentedText == "{\n  \"x\": [1, 2],\n  \"y\": {}\n}\n")
}

@Test func numbersThatAreNotFiniteBecomeNull() {
  #expect(JSONValue.array([.number(.nan), .number(.infinity)]).text == "[null,null]")
}

/// Every finite number keeps its bits, also subnormal ones.
@Test(arguments: 0..<20 as Range<UInt64>)
func numbersSurviveToTheBit(seed: UInt64) throws {
  var generator = Seed(seed).generator()
  for _ in 0..<200 {
    let value = Double(bitPattern: generator.next())
    guard value.isFinite else { continue }
    let back = try JSONValue(parsing: JSONValue.number(value).text).number
    #expect(back?.bitPattern == value.bitPattern)
  }
}

@Test(arguments: [
  ("", "byte 0: expected a value"),
  ("{\"a\":1,}", "byte 7: expected a name in quotes"),
  ("{\"a\":1,\"a\":2}", "byte 7: the name 'a' appears twice"),
  ("[1 2]", "byte 3: expected ',' or ']'"),
  ("01", "byte 0: expected a value"),
  ("1.", "byte 0: expected a value"),
  ("1e999", "byte 0: '1e999' is no number"),
  ("\"\\ud800\"", "byte 7: half of a surrogate pair"),
  ("\"abc", "byte 4: the string is not closed"),
  ("nul", "byte 0: expected a value"),
  ("[] x", "byte 3: text after the end of the document"),
])
func refusalsSayWhereAndWhat(text: String, message: String) {
  #expect { try JSONValue(parsing: text) } throws: { "\($0)" == message }
}

@Test func deepNestingIsRefusedNotFollowed() {
  let text = String(repeating: "[", count: 100_000)
  #expect { try JSONValue(parsing: text) } throws: {
    "\($0)" == "byte 64: more than 64 levels of nesting"
  }
}

@Test func textThatIsNotUTF8IsRefused() {
  #expect { try JSONValue(parsing: [0x22, 0xFF, 0x22]) } throws: {
    "\($0)" == "byte 1: the string is not UTF-8"
  }
}

@Test func escapesOfOtherWritersAreUnderstood() throws {
  let text = #""\u00fc \ud83c\udf88 \/ \b""#
  #expect(try JSONValue(parsing: text) == .string("ü 🎈 / \u{08}"))
}

/// Python's module is the oracle: both read the other's documents.
@Test(.enabled(if: PythonOracle.isAvailable))
func pythonReadsItAlike() throws {
  let script = "import json, sys; print(json.dumps(json.load(sys.stdin)))"
  let back = try PythonOracle.run(script, input: sample.text)
  let value = try JSONValue(parsing: back)
  #expect(value["text"] == sample["text"])
  #expect(value["numbers"]?.array?.map(\.number) == sample["numbers"]?.array?.map(\.number))
  #expect(value["nested"] == sample["nested"])
}
