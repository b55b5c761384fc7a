import Foundation
import TestSupport
import Testing

/// Rows of which each chunk of the text holds only some thousands.
private let rowCount = 60_000

private func largeTable(fault: (row: Int, text: String)? = nil) -> String {
  var text = "x,y\n"
  for row in 0..<rowCount {
    text += row == fault?.row ? fault?.text ?? "" : "\(row % 7).25,\(row % 11).5\n"
  }
  return text
}

@Test func largeTablesArePredictedLikeSmallOnes() throws {
  let sample = try SampleRun.shared.get()
  let period = try sample.workplace.automl(
    "predict", sample.model, "-", "--scores",
    input: "x,y\n" + (0..<77).map { "\($0 % 7).25,\($0 % 11).5\n" }.joined())
  let lines = period.output.lines
  let other = try Workplace()
  let model = sample.workplace.folder.path(sample.model)
  try other.folder.write(largeTable(), to: "large.csv")
  let whole = try other.automl("predict", model, "large.csv", "--scores")
  #expect(
    whole.output == lines[0] + "\n" + (0..<rowCount).map { lines[1 + $0 % 77] + "\n" }.joined())
  let piped = try other.shell("cat large.csv | $automl predict \(model) - --scores")
  #expect(piped.output == whole.output)
  let compressed = try other.shell("gzip -c large.csv | $automl predict \(model) - --scores")
  #expect(compressed.output == whole.output)
}

@Test(arguments: [
  (
    "3,three\n",
    ":50002:3: error: column 2 ('y') holds 'three', which is no number; "
      + "correct it, or leave the cell blank\n"
  ),
  ("3\n", ":50002: error: 1 field, where the first line has 2\n"),
  ("3,\"4\n", ":50002:3: error: the quote that begins here is never closed\n"),
  (
    "3,inf\n",
    ":50002:3: error: column 2 ('y') holds 'inf', an infinite value; "
      + "leave the cell blank if the value is not known\n"
  ),
])
func faultsFarBelowAreFoundAndLeaveNoFile(text: String, message: String) throws {
  let sample = try SampleRun.shared.get()
  let model = sample.workplace.folder.path(sample.model)
  let workplace = try Workplace()
  try workplace.folder.write(largeTable(fault: (50_000, text)), to: "large.csv")
  let run = try workplace.automl("predict", model, "large.csv", "--output", "p.csv")
  #expect(run.messages == "large.csv" + message)
  #expect(run.exitCode == 2)
  #expect(
    try FileManager.default.contentsOfDirectory(atPath: workplace.folder.path).sorted()
      == ["large.csv", "points.csv"])
  let piped = try workplace.shell("cat large.csv | $automl predict \(model) - --output p.csv")
  #expect(piped.messages == "standard input" + message)
  let evaluated = try workplace.shell("cat large.csv | $automl evaluate \(model) -")
  #expect(evaluated.messages == "standard input" + message)
}

/// What stands far below and changes what a column is has to be read again, also from a pipe.
@Test func pipesAreReadLikeFiles() throws {
  let workplace = try Workplace()
  var text = "x,late,room\n"
  for row in 0..<rowCount {
    text +=
      "\(row % 97).5,\(row == 50_000 ? "none" : "\(row % 3)"),\(row % 2 == 0 ? "hall" : "lab")\n"
  }
  try workplace.folder.write(text, to: "rooms.csv")
  _ = try workplace.automl("init", "rooms.csv", "--target", "room")
  let file = try workplace.automl("check", "rooms.yaml")
  #expect(file.exitCode == 0)
  #expect(file.output.contains("60,000 rows, 2 columns, 2 classes"))
  for compression in ["cat", "gzip -c"] {
    let pipe = try workplace.shell(
      "\(compression) rooms.csv | $automl check rooms.yaml --set data.source=-")
    #expect(pipe.output == file.output)
    #expect(pipe.messages == file.messages)
  }
}
