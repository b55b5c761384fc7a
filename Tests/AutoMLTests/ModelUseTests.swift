import Foundation
import PluginKit
import TestSupport
import Testing

/// A model of rooms from three access points only, so that it is often wrong, and fresh rows.
private struct RoomsRun {
  static let shared = Result { try RoomsRun() }

  let workplace: Workplace
  let model = "runs/rooms/best.safetensors"

  private init() throws {
    workplace = try Workplace()
    for (file, rows, seed) in [("rooms.csv", "800", "5"), ("fresh.csv", "5000", "6")] {
      let made = try ChildProcess(
        executable: ProgramRun.program("make-rooms"),
        arguments: ["--rows", rows, "--seed", seed, "--output", file],
        directory: workplace.folder.path
      ).finish(timeLimit: 60)
      try #require(made.exitCode == 0, "\(made.messages)")
    }
    try workplace.folder.write(pipeline, to: "rooms.yaml")
    let run = try workplace.automl("run", "rooms.yaml", "--quiet")
    try #require(run.exitCode == 0, "\(run.messages)")
  }
}

private let pipeline = """
  version: 1
  data:
    source: rooms.csv
    target: room
    columns: {ap_1: ignore, ap_2: ignore, ap_3: ignore, ap_4: ignore}
  split: {folds: 4, test: 0.2}
  preprocess: [{use: impute}, {use: scale}]
  models: [{use: quasi-svm, with: {output_dim: 64}, tune: {l2: {min: 1.0e-4, max: 1.0, log: true}}}]
  search: {use: random, trials: 4}

  """

/// The cells of CSV lines, the header among them.
private func cells(_ text: String) -> [[String]] {
  text.lines.map { $0.split(separator: ",").map(String.init) }
}

@Test func setsCoverTheRoomsOfFreshRows() throws {
  let sample = try RoomsRun.shared.get()
  let labels = cells(try sample.workplace.folder.text("fresh.csv")).dropFirst().map { $0[7] }
  var smaller: [[String]] = []
  for (coverage, text) in [(0.8, "0.8"), (0.95, "0.95")] {
    let run = try sample.workplace.automl(
      "predict", sample.model, "fresh.csv", "--probabilities", "--sets", text)
    #expect(run.exitCode == 0)
    #expect(run.messages == "")
    let rows = cells(run.output)
    let rooms = rows[0][5...].map { $0.dropFirst("set_".count) }
    #expect(rows[0][1...4].map { $0.dropFirst("probability_".count) } == rooms)
    var hits = 0
    for (row, label) in zip(rows.dropFirst(), labels) {
      #expect(row[5...].allSatisfy { $0 == "0" || $0 == "1" })
      hits += zip(rooms, row[5...]).contains { $0 == label && $1 == "1" } ? 1 : 0
      #expect(
        zip(rooms, row[5...]).contains { $0 == row[0] && $1 == "1" }, "without its prediction")
    }
    // 640 judged rows and 5,000 fresh ones: four standard errors.
    let error = (coverage * (1 - coverage) * (1 / 640.0 + 1 / 5_000.0)).squareRoot()
    #expect(Double(hits) / 5_000 > coverage - 4 * error)
    // What is in a set stays there when the coverage grows.
    for (small, large) in zip(smaller.dropFirst(), rows.dropFirst()) {
      #expect(zip(small[5...], large[5...]).allSatisfy { $0 <= $1 })
    }
    smaller = rows
  }
}

@Test func setsThatCantBeMadeAreRefused() throws {
  let sample = try RoomsRun.shared.get()
  func message(_ coverage: String, exitCode: Int32 = 2) throws -> String {
    let run = try sample.workplace.automl(
      "predict", sample.model, "rooms.csv", "--sets=\(coverage)")
    #expect(run.exitCode == exitCode)
    #expect((run.output == "") == (exitCode == 2))
    return run.messages
  }
  for coverage in ["1", "0", "-0.5", "95", "nan"] {
    let number = try #require(Double(coverage))
    #expect(
      try message(coverage)
        == "error: --sets must be a number between 0 and 1, both apart, such as 0.95, got \(number)\n"
    )
  }
  #expect(
    try message("0.999", exitCode: 0)
      == "warning: every set holds all classes: 640 rows, on which the model was judged, allow for a "
      + "coverage of at most 0.9984\n")
  let golden = packageRoot.appending(path: "Tests/ModelExportTests/Golden/linear-svm.safetensors")
    .path(percentEncoded: false)
  let run = try sample.workplace.automl("predict", golden, "rooms.csv", "--sets", "0.9")
  #expect(run.exitCode == 2)
  #expect(
    run.messages
      == "error: --sets: \(golden) does not tell how sure it was of rows that it had not seen; "
      + "run the pipeline again with this program\n")
}

@Test func tablesThatDifferFromTheTrainingRowsAreWarnedOf() throws {
  let sample = try RoomsRun.shared.get()
  let rows = try sample.workplace.folder.text("rooms.csv").lines
  // A receiver that gives other units, and one that fails.
  let drifted = rows.enumerated().map { row, line in
    var cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard row > 0 else { return line }
    cells[5] = Int(cells[5]).map { String($0 + 100) } ?? ""
    if row % 4 == 0 { cells[6] = "" }
    return cells.joined(separator: ",")
  }
  try sample.workplace.folder.write(drifted.joined(separator: "\n") + "\n", to: "drifted.csv")
  for command in ["predict", "evaluate"] {
    let run = try sample.workplace.automl(command, sample.model, "drifted.csv")
    #expect(run.exitCode == 0)
    let lines = run.messages.lines
    try #require(lines.count == 3, "\(run.messages)")
    #expect(lines[0].hasPrefix("warning: column 'ap_6': "))
    #expect(lines[0].contains(" of 800 rows ("))
    #expect(lines[0].contains(" lie outside of the training rows' range, "))
    #expect(lines[1].hasPrefix("warning: column 'ap_7': "))
    #expect(lines[1].contains(" % of the values are missing, and "))
    #expect(
      lines[2]
        == "warning: on such rows the model may do worse than in its tests: check where the table "
        + "comes from and its units, or train again with rows like these")
    let plain = try sample.workplace.automl(command, sample.model, "rooms.csv")
    #expect(plain.messages == "")
  }
}

@Test func costsOfMistakesDecide() throws {
  let workplace = try Workplace()
  func run(_ costs: String) throws -> ChildProcess.Outcome {
    try workplace.automl(
      "run", "points.csv", "--target", "kind", "--quiet", "--fresh", "--set",
      "models=[{use: linear-svm, tune: {}}]", "--set", "decision.costs=\(costs)")
  }
  let model = "runs/points/best.safetensors"
  // Where calling anything but lake costs that much, all are lakes but those that can't be.
  #expect(try run("{lake: {hill: 1.0e+9, wood: 1.0e+9}}").exitCode == 0)
  let predictions = try workplace.automl("predict", model, "points.csv")
  #expect(predictions.output.lines.dropFirst().allSatisfy { $0 == "lake" })
  let evaluated = try workplace.automl("evaluate", model, "points.csv", "--format", "json")
  let evaluation = try JSONValue(parsing: evaluated.output)
  #expect(evaluation["metrics"]?["accuracy"]?.number == 20 / 60.0)
  #expect(evaluation["mean_cost"]?.number == 40 / 60.0)
  let table = try workplace.automl("evaluate", model, "points.csv")
  #expect(table.output.lines.contains("mean cost of a prediction  0.667"))
  let exported = try workplace.automl(
    "export", model, "--format", "onnx", "--output", "model.onnx")
  #expect(exported.exitCode == 2)
  #expect(
    exported.messages
      == "error: the model weighs what mistakes cost (decision.costs), and other programs "
      + "would take the most probable class: run the pipeline without decision to export it\n")

  let unknown = try run("{lake: {hil: 2}}")
  #expect(unknown.exitCode == 2)
  #expect(
    unknown.messages
      == "error: decision.costs.lake names 'hil', which is no class of the table; did you "
      + "mean 'hill'? the classes are 'hill', 'lake' and 'wood'\n")
}
