import PipelineSpec
import PluginKit
import TestSupport
import Testing

/// Nine levels of nine aliases each stand for 387 million values.
@Test func billionLaughsAreRefused() throws {
  var text = "a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
  for (name, before) in zip("bcdefghi", "abcdefgh") {
    let aliases = Array(repeating: "*\(before)", count: 9).joined(separator: ", ")
    text += "\(name): &\(name) [\(aliases)]\n"
  }
  #expect(
    try messages(text) == """
      pipelines/toy.yaml:5:8: error: the file holds more than 10000 values once its aliases are \
      expanded
          5 | e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]
            |        ^~
      1 error; nothing was run
      """)
}

@Test func anchorsServeTwoEntries() throws {
  let models = """

      - {use: linear-svm, name: first, tune: &ranges {l2: {min: 0.1, max: 1}}}
      - {use: linear-svm, name: second, tune: *ranges}
    """
  let entries = try read(smallest(models: models)).models
  #expect(entries[0].tune == entries[1].tune)
  #expect(entries[1].tune.count == 1)
}

/// An anchor holds only once its value is complete, so that no value contains itself.
@Test func valueCannotContainItself() throws {
  #expect(
    try headings(smallest("search: &a {use: *a}")) == [
      "4:18: there is no anchor '&a' before this alias"
    ])
}

@Test func deepNestingIsRefused() throws {
  let deep = String(repeating: "[", count: 70) + String(repeating: "]", count: 70)
  #expect(
    try headings(smallest("name: \(deep)")) == ["4:71: values are nested more than 64 levels deep"])
}

@Test func otherEncodingsAreRefused() throws {
  let reader = PipelineReader(registry: try toyRegistry(), steps: toySteps)
  let bytes = Array("version: 1\nname: ä".utf8) + [0xE4, 0x0A]
  let issues = #expect(throws: PipelineIssues.self) {
    try reader.read(bytes: bytes, path: "pipelines/toy.yaml")
  }
  #expect(
    issues?.description == """
      pipelines/toy.yaml:2:8: error: this is not UTF-8: there is the byte 0xe4
            = save the file in the encoding UTF-8
      1 error; nothing was run
      """)
}

@Test func byteOrderMarkChangesNoColumn() throws {
  #expect(
    try headings("\u{FEFF}sed: 1\n" + smallest()) == ["1:1: unknown key 'sed' at the top level"])
}

@Test func linesEndInAnyWay() throws {
  let text = smallest("sed: 1").split(separator: "\n").joined(separator: "\r\n")
  #expect(try headings(text) == ["4:1: unknown key 'sed' at the top level"])
}

@Test func controlCharactersAreRefused() throws {
  #expect(
    try headings(smallest("name: \u{1}")) == [
      "4:7: this is not YAML: control characters are not allowed"
    ])
}

@Test func missingFileIsOneIssue() throws {
  let reader = PipelineReader(registry: try toyRegistry(), steps: toySteps)
  let issues = #expect(throws: PipelineIssues.self) {
    try reader.read(path: "no/such/pipeline.yaml")
  }
  #expect(
    issues?.description == """
      no/such/pipeline.yaml: error: can't read 'no/such/pipeline.yaml': No such file or directory
      1 error; nothing was run
      """)
}

@Test func filesOfMoreThanAMebibyteAreRefused() throws {
  let folder = try TemporaryFolder()
  let reader = PipelineReader(registry: try toyRegistry(), steps: toySteps)
  let padding = PipelineReader.byteLimit - smallest().utf8.count - 2
  let text = smallest() + "#" + String(repeating: " ", count: padding) + "\n"
  let path = try folder.write(text, to: "large.yaml")
  #expect(try reader.read(path: path).name == "large")
  try folder.write(text + "\n", to: "large.yaml")
  let issues = #expect(throws: PipelineIssues.self) { try reader.read(path: path) }
  #expect(
    issues?.description == """
      \(path): error: can't read '\(path)': it is larger than 1048576 bytes
      1 error; nothing was run
      """)
}

@Test func longLinesAreCutAroundTheMistake() throws {
  let line = "search: {" + String(repeating: " ", count: 200) + "trails: 3}"
  let shown = try messages(smallest(line)).split(separator: "\n")
  #expect(shown[0].hasPrefix("pipelines/toy.yaml:4:210: error: unknown key 'trails' in search"))
  #expect(shown[1] == "    4 | " + String(repeating: " ", count: 60) + "trails: 3}")
  #expect(
    shown[2].hasPrefix(
      "      | " + String(repeating: " ", count: 60) + "^~~~~~ did you mean 'trials'?"))
}

@Test func messagesCarryNoControlCharacters() throws {
  #expect(
    try headings(smallest(#"search: {use: "\e[31m\n"}"#)) == [
      #"4:15: search.use must be one of tpe, random, grid, got '\u{1B}[31m\n'"#
    ])
}

/// Whatever happens to a text, it gives a pipeline or issues that point into it.
@Test(arguments: 0..<200 as Range<UInt64>)
func damagedTextGivesIssuesThatPointIntoIt(seed: UInt64) throws {
  let marks: [Unicode.Scalar] = [
    "{", "]", ":", "-", "&", "*", "\"", "\n", " ", "#", "é", "~", ">", "!",
  ]
  var generator = Seed(seed).generator()
  var scalars = Array(everything.unicodeScalars)
  for _ in 0..<3 {
    let position = generator.index(below: scalars.count)
    switch generator.index(below: 3) {
    case 0: scalars.remove(at: position)
    case 1: scalars.insert(marks[generator.index(below: marks.count)], at: position)
    default: scalars[position] = marks[generator.index(below: marks.count)]
    }
  }
  var text = ""
  text.unicodeScalars.append(contentsOf: scalars)
  let lines = scalars.count { $0 == "\n" } + 1
  do {
    _ = try read(text)
  } catch let error as PipelineIssues {
    #expect(!error.issues.isEmpty)
    for issue in error.issues {
      #expect((1...lines).contains(issue.line ?? 0))
      #expect(issue.message.isEmpty == false)
    }
  }
}
