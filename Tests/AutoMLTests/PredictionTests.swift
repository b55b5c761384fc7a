import Foundation
import PluginKit
import TestSupport
import Testing

@Test func predictionsAgreeWithTheEvaluation() throws {
  let sample = try SampleRun.shared.get()
  let predicted = try sample.workplace.automl("predict", sample.model, "points.csv")
  #expect(predicted.exitCode == 0)
  #expect(predicted.messages == "")
  #expect(predicted.output.lines.first == "prediction")
  let labels = pointTable().lines.dropFirst().map { $0.split(separator: ",")[2] }
  let predictions = predicted.output.lines.dropFirst().map { $0[...] }
  #expect(predictions.count == labels.count)
  let right = zip(predictions, labels).count { $0 == $1 }

  let evaluated = try sample.workplace.automl(
    "evaluate", sample.model, "points.csv", "--format", "json")
  let evaluation = try JSONValue(parsing: evaluated.output)
  #expect(evaluation["metrics"]?["accuracy"]?.number == Double(right) / 60)
  #expect(evaluation["rows"]?.integer == 60)
  #expect(
    evaluation["classes"]?.array?.compactMap(\.string) == ["hill", "lake", "wood"])
  let table = try sample.workplace.automl("evaluate", sample.model, "points.csv")
  #expect(table.output.lines.first == "60 rows")
}

@Test func boundsThatAreMissedEndWith1AndWrongOnesWith2() throws {
  let sample = try SampleRun.shared.get()
  func evaluate(_ bounds: String...) throws -> ChildProcess.Outcome {
    let options = bounds.map { " --require '\($0)'" }.joined()
    return try sample.workplace.shell(
      "$automl evaluate \(sample.model) points.csv --format json" + options)
  }
  let kept = try evaluate("accuracy >= 0.5", "log_loss<2")
  #expect(kept.exitCode == 0)
  #expect(kept.messages == "")
  let missed = try evaluate("accuracy<=0.25", "macro_f1>0.1", "brier_score>=0.75")
  #expect(missed.exitCode == 1)
  #expect(missed.output == kept.output)
  let metrics = try JSONValue(parsing: kept.output)["metrics"]
  let (accuracy, brier) = (metrics?["accuracy"]?.number, metrics?["brier_score"]?.number)
  #expect(
    missed.messages == """
      error: accuracy must be at most 0.25, got \(try figure(accuracy))
      error: brier_score must be at least 0.75, got \(try figure(brier))

      """)
  let wrong = try evaluate("acuracy>=0.5")
  #expect(wrong.exitCode == 2)
  #expect(wrong.output == "")
  #expect(
    wrong.messages
      == "error: --require: 'acuracy>=0.5': there is no metric 'acuracy'; did you mean 'accuracy'?\n"
  )
}

private func figure(_ value: Double?) throws -> String {
  String(format: "%.4f", try #require(value))
}

@Test func scoresAndProbabilitiesFollowThePrediction() throws {
  let sample = try SampleRun.shared.get()
  let run = try sample.workplace.automl(
    "predict", sample.model, "points.csv", "--scores", "--probabilities")
  let rows = run.output.lines.map { $0.split(separator: ",").map(String.init) }
  #expect(
    rows[0] == [
      "prediction", "score_hill", "score_lake", "score_wood", "probability_hill",
      "probability_lake", "probability_wood",
    ])
  for row in rows.dropFirst() {
    let probabilities = row[4...].compactMap { Double($0) }
    #expect(abs(probabilities.reduce(0, +) - 1) < 1e-12)
    let best = try #require(probabilities.indices.max { probabilities[$0] < probabilities[$1] })
    #expect(rows[0][4 + best] == "probability_" + row[0])
  }
}

@Test func columnsAreFoundByNameInAnyOrderAndFromStandardInput() throws {
  let sample = try SampleRun.shared.get()
  let inOrder = try sample.workplace.automl(
    "predict", sample.model, "-", "--scores", input: "x,y\n0.5,6.5\n6,-1\n")
  let shuffled = try sample.workplace.automl(
    "predict", sample.model, "-", "--scores", input: "y;note;x\r\n6.5;n/a;0.5\r\n-1;;6\r\n")
  let withoutNames = try sample.workplace.automl(
    "predict", sample.model, "-", "--scores", input: "0.5,6.5\n6,-1\n")
  #expect(inOrder.output.lines.map { $0.prefix { $0 != "," } } == ["prediction", "wood", "lake"])
  #expect(shuffled.output == inOrder.output)
  #expect(withoutNames.output == inOrder.output)
}

@Test func theFileHoldsWhatStandardOutputWouldShow() throws {
  let sample = try SampleRun.shared.get()
  let shown = try sample.workplace.automl("predict", sample.model, "points.csv")
  let other = try Workplace()
  let model = sample.workplace.folder.path(sample.model)
  for output in ["p.csv", "link.csv", "-", "/dev/stdout"] {
    if output == "link.csv" {
      _ = try other.shell("touch linked.csv && ln -s linked.csv link.csv")
    }
    let run = try other.automl("predict", model, "points.csv", "--output", output)
    #expect(run.exitCode == 0)
    #expect(run.messages == "")
    let isFile = output.hasSuffix("csv")
    #expect(try (isFile ? other.folder.text(output) : run.output) == shown.output)
  }
  #expect(try other.shell("test -L link.csv").exitCode == 0)
}

@Test func whatCantBeWrittenEndsWith1AndLeavesNothing() throws {
  let sample = try SampleRun.shared.get()
  let model = sample.workplace.folder.path(sample.model)
  let workplace = try Workplace()
  let noFolder = try workplace.automl("predict", model, "points.csv", "--output", "no/p.csv")
  #expect(noFolder.messages == "error: can't write 'no/p.csv': No such file or directory\n")
  #expect(noFolder.exitCode == 1)
  #expect(
    try FileManager.default.contentsOfDirectory(atPath: workplace.folder.path) == ["points.csv"])
  #if os(Linux)
    let full = try workplace.automl("predict", model, "points.csv", "--output", "/dev/full")
    #expect(full.messages == "error: can't write '/dev/full': No space left on device\n")
    #expect(full.exitCode == 1)
    let fullOutput = try workplace.shell("$automl predict \(model) points.csv >/dev/full")
    #expect(
      fullOutput.messages == "error: can't write 'standard output': No space left on device\n")
    #expect(fullOutput.exitCode == 1)
  #endif
}

@Test func aReaderWhoHasSeenEnoughIsNoError() throws {
  let sample = try SampleRun.shared.get()
  let run = try sample.workplace.shell(
    "{ $automl leaderboard runs/points; echo $? >status; } | head -1; cat status")
  #expect(
    run.output == "Ranked by validation accuracy, highest first: 7 complete\n0\n")
  #expect(run.messages == "")
}

@Test func aTableOfOtherColumnsIsRefusedWithAllThatIsMissing() throws {
  let sample = try SampleRun.shared.get()
  func messages(_ table: String, command: String = "predict") throws -> String {
    let run = try sample.workplace.automl(command, sample.model, "-", input: table)
    #expect(run.output == "")
    #expect(run.exitCode == 2)
    return run.messages
  }
  #expect(
    try messages("a,b\n1,2\n")
      == "standard input: error: columns 'x' and 'y' not found, which the model needs; "
      + "the columns are 'a' and 'b'\n")
  #expect(
    try messages("x,y\n1,two\n")
      == "standard input:2:3: error: column 2 ('y') holds 'two', which is no number; "
      + "correct it, or leave the cell blank\n")
  #expect(try messages("x,y\n") == "standard input: error: the table has a header but no rows\n")
  #expect(
    try messages("1,2,hill,4\n")
      == "standard input: error: the table has 4 columns without names; the model needs its "
      + "2 features in order, or all 3 columns it was trained with\n")
  #expect(
    try messages("x,y\n1,2\n", command: "evaluate")
      == "standard input: error: no column of labels, 'kind', to compare with\n")
  #expect(
    try messages("x,y,kind\n1,2,hill\n3,4,sea\n5,6,\n", command: "evaluate")
      == "standard input: error: row 2 has the label 'sea', which is no class of the model, and 1 more row "
      + "is like it; the classes are 'hill', 'lake' and 'wood'\n")
}

@Test func aFileThatIsNoModelIsRefused() throws {
  let sample = try SampleRun.shared.get()
  func message(_ model: String) throws -> String {
    let run = try sample.workplace.automl("predict", model, "points.csv")
    #expect(run.output == "")
    #expect(run.exitCode == 2)
    return run.messages
  }
  #expect(
    try message("points.csv")
      == "error: points.csv: this is no model file: it is no safetensors file\n")
  #expect(
    try message("runs/points/trials/0.safetensors")
      == "error: runs/points/trials/0.safetensors: this safetensors file is not a model of automl\n"
  )
  let bytes = try sample.workplace.folder.data(sample.model)
  let other = try Workplace()
  var changed = bytes
  changed[changed.count - 1] ^= 1
  try other.folder.write(changed, to: "changed.safetensors")
  try other.folder.write(bytes.prefix(400), to: "cut.safetensors")
  #expect(
    try message(other.folder.path("changed.safetensors"))
      == "error: \(other.folder.path("changed.safetensors")): the model file is damaged: "
      + "its digest does not fit its content\n")
  #expect(
    try message(other.folder.path("cut.safetensors")).contains(
      ": the model file is damaged: its header should be "))
}

/// Labels with the characters that CSV itself uses, and labels that are equal as numbers.
@Test(arguments: [["a,b", "c\"d", "e\nf"], ["001", "01", "1"], ["yes", "no", "null-ish"]])
func labelsComeBackAsTheyWere(labels: [String]) throws {
  let workplace = try Workplace()
  let quoted = labels.map { label in
    "\"" + label.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }
  try workplace.folder.write(pointTable(labels: quoted), to: "odd.csv")
  let run = try workplace.automl(
    "run", "odd.csv", "--target", "kind", "--set", "models=[{use: linear-svm, tune: {}}]",
    "--quiet")
  #expect(run.messages == "")
  #expect(run.exitCode == 0)
  let model = "runs/odd/best.safetensors"
  let predictions = try workplace.automl(
    "predict", model, "-", input: "x,y\n0,0\n6,0\n0,6\n")
  let special = labels.contains { $0.contains { ",\"\n".contains($0) } }
  #expect(
    predictions.output == "prediction\n" + (special ? quoted : labels).map { $0 + "\n" }.joined())
  #expect(try workplace.automl("evaluate", model, "odd.csv").exitCode == 0)
}
