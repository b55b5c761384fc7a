import Engine
import PluginKit
import TestSupport
import Testing

/// What a run of one trial says about a table.
private func warnings(_ table: String) async throws -> [String] {
  let study = try ToyStudy(table: table)
  let log = WarningLog()
  try await study.run(
    study.pipeline(search: "{use: random, trials: 1}"), report: log.take)
  let record = try JSONValue(parsing: Array(study.folder.data("run/run.json")))
  #expect(record["warnings"] == .array(log.texts.map { .string($0) }))
  return log.texts
}

@Test func aColumnThatIsTheLabelByAnotherNameIsNamed() async throws {
  let plain = toyTable(rows: 400)
  #expect(try await warnings(plain) == [])
  // The second column becomes a code of the label.
  let leaking =
    "x1,x2,label\n"
    + plain.split(separator: "\n").dropFirst().map { line in
      let cells = line.split(separator: ",")
      let code = ["a": 3, "b": 1, "c": 2][String(cells[2])] ?? 0
      return "\(cells[0]),\(code),\(cells[2])\n"
    }.joined()
  #expect(
    try await warnings(leaking) == [
      "the column 'x2' alone gives the label away; if it is not known before the label is, leave it out: "
        + "data.columns: {x2: ignore}"
    ])
}

@Test func rareClassesAreNamed() async throws {
  let lines = toyTable(rows: 120).split(separator: "\n")
  func kept(_ counts: [String: Int]) -> String {
    var left = counts
    return lines.filter { line in
      let label = String(line.split(separator: ",")[2])
      guard let count = left[label] else { return true }
      left[label] = count - 1
      return count > 0
    }.joined(separator: "\n") + "\n"
  }
  #expect(
    try await warnings(kept(["b": 7])) == [
      "the class 'b' (7 rows) is rare: figures about it say little"
    ])
  #expect(
    try await warnings(kept(["b": 7, "c": 9])) == [
      "the classes 'b' (7 rows) and 'c' (9 rows) are rare: figures about them say little"
    ])
  #expect(try await warnings(kept(["b": 10])) == [])
}
