import AutoMLModel
import Foundation
import TestSupport
import Testing

private let golden = packageRoot.appending(path: "Tests/ModelExportTests/Golden")

/// Models of each plugin, trained on two numbers with gaps and a category.
private let models =
  (try? FileManager.default.contentsOfDirectory(atPath: golden.path()))?
  .filter { $0.hasSuffix(".safetensors") }.sorted() ?? []

/// A column of `automl predict` for each row, in their order.
private func predicted(_ model: String, _ table: String) throws -> [[String]] {
  let run = try ProgramRun(
    "predict", model, "-", "--scores", "--probabilities", input: Data(table.utf8))
  #expect(run.exitCode == 0, "\(run.messages)")
  return run.output.split(separator: "\n").dropFirst().map { line in
    line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }
}

extension Prediction {
  /// The cells of a row of `automl predict`, whose numbers read back as the same bits.
  fileprivate var cells: [String] {
    [label] + scores.map(\.description) + probabilities.map(\.description)
  }
}

@Test func thereAreModelsToCompare() {
  #expect(models.count >= 5)
}

@Test(arguments: models)
func scoresAreThoseOfTheProgramToTheBit(model: String) throws {
  let path = golden.appending(path: model).path(percentEncoded: false)
  let classifier = try Classifier(path: path)
  #expect(classifier.classes == ["x", "y", "z"])
  #expect(
    classifier.columns.map(\.kind) == [
      .number, .number, .category(["blue, pale", "green", "red"]),
    ])

  let table = """
    height,width,colour
    0.5,-3.25,red
    ,2,green
    1.75,,"blue, pale"
    3,4.125,mauve
    1e6,-1e-7,
    ,,NA

    """
  let rows: [[String: Value]] = [
    ["height": 0.5, "width": -3.25, "colour": "red"],
    ["height": nil, "width": 2, "colour": "green"],
    ["height": 1.75, "width": .number(.nan), "colour": "blue, pale"],
    ["height": 3, "width": 4.125, "colour": "mauve", "note": "ignored"],
    ["height": 1e6, "width": -1e-7, "colour": nil],
    ["height": "NA", "width": "", "colour": "NA"],
  ]
  let expected = try predicted(path, table)
  #expect(expected.count == rows.count)
  #expect(try classifier.predict(rows: rows).map(\.cells) == expected)
  #expect(try rows.map { try classifier.predict($0).cells } == expected)
  let byColumn = try classifier.predict(columns: [
    "height": .numbers([0.5, .nan, 1.75, 3, 1e6, .nan]),
    "width": .numbers([-3.25, 2, .nan, 4.125, -1e-7, .nan]),
    "colour": .texts(["red", "green", "blue, pale", "mauve", nil, "?"]),
  ])
  #expect(byColumn.map(\.cells) == expected)
  #expect(byColumn.scores.count == 18 && byColumn.classIndices.count == 6)
}

@Test func datesAreReadAsTheProgramReadsThem() throws {
  let folder = try TemporaryFolder()
  let rows = (0..<40).map { row in
    "2024-\(row % 12 < 9 ? "0" : "")\(row % 12 + 1)-1\(row % 10) 0\(row % 9):30,\(row * 7 % 11),"
      + "\(row % 12 < 6 ? "early" : "late")\n"
  }
  try folder.write("when,size,part\n" + rows.joined(), to: "days.csv")
  let run = try ProgramRun(
    "run", "days.csv", "--target", "part", "--set", "search.trials=1", "--set",
    "data.columns={when: date}", "--set", "models=[{use: linear-svm, tune: {}}]",
    directory: folder.path)
  #expect(run.exitCode == 0, "\(run.messages)")
  let model = folder.path("runs/days/best.safetensors")
  let classifier = try Classifier(path: model)
  #expect(classifier.columns.map(\.name) == ["when", "size"])
  #expect(classifier.columns.map(\.kind) == [.date, .number])
  let expected = try predicted(model, "size,when\n3,2024-05-17 04:30\n,2023-11-02\n")
  let found = try classifier.predict(rows: [
    ["when": "2024-05-17 04:30", "size": 3], ["when": "2023-11-02", "size": nil],
  ])
  #expect(found.map(\.cells) == expected)
  let error = #expect(throws: InputError.self) {
    try classifier.predict(["when": "yesterday", "size": 3])
  }
  #expect(
    error?.description
      == "row 0 holds 'yesterday' in 'when', which is no date: write dates as 2020-12-31 or "
      + "2020-12-31T14:05:00")
}
