import PluginKit
import Preprocessing
import TabularData
import Testing

private let allSteps = [
  step("impute", ["indicator": .flag(true)]), step("scale"),
  step("one-hot", ["unseen": .text("other"), "max_categories": .integer(3)]),
]

/// A table of both kinds with gaps.
private func randomTable(rowCount: Int, seed: UInt64) -> Table {
  var generator = SeededGenerator(seed: seed)
  let values = (0..<rowCount).map { _ in
    generator.index(below: 5) == 0 ? Double.nan : generator.normal() / 3
  }
  let texts = (0..<rowCount).map { _ in
    generator.index(below: 5) == 0 ? nil : "k\(generator.index(below: 6))"
  }
  return table(numbers("x", values), words("c", texts), numbers("y", values.reversed()))
}

@Test func withoutStepsNumbersPassAsTheyAre() throws {
  let whole = table(numbers("x", [1, 2]), numbers("y", [0.5, -3]))
  #expect(try transformed(whole).values == [1, 0.5, 2, -3])
}

@Test func columnsAreFoundByNameAndFurtherOnesIgnored() throws {
  let preprocessor = try fitted([], to: table(numbers("x", [1]), numbers("y", [2])))
  let other = table(words("z", ["?"]), numbers("y", [20]), numbers("x", [10]))
  #expect(try preprocessor.transform(other).values == [10, 20])
}

@Test(arguments: 0..<5 as Range<UInt64>)
func theStateSurvivesItsTextBitForBit(seed: UInt64) throws {
  let whole = randomTable(rowCount: 60, seed: seed)
  let preprocessor = try fitted(allSteps, to: whole)
  let read = try FittedPreprocessor(json: JSONValue(parsing: preprocessor.json.text))
  #expect(read == preprocessor)
  #expect(read.columns == preprocessor.columns)
  #expect(try read.transform(whole) == preprocessor.transform(whole))
}

/// Blocks hold at least 256 rows; here there are several of them.
@Test func aRowDoesNotDependOnTheOthers() throws {
  let whole = randomTable(rowCount: 1_000, seed: 3)
  let wide = Table(
    rowCount: 1_000,
    columns: whole.columns
      + (0..<1_100).map { numbers("w\($0)", Array(repeating: Double($0), count: 1_000)) })
  let preprocessor = try fitted(allSteps, to: wide)
  let matrix = try preprocessor.transform(wide)
  for row in [0, 255, 256, 999] {
    #expect(try preprocessor.transform(wide, rows: [row]) == matrix.selecting(rows: [row]))
  }
}

@Test func noRowsGiveAnEmptyMatrix() throws {
  let preprocessor = try fitted(allSteps, to: randomTable(rowCount: 20, seed: 1))
  let matrix = try preprocessor.transform(randomTable(rowCount: 20, seed: 1), rows: [])
  #expect(matrix.rowCount == 0)
  #expect(matrix.columnCount == preprocessor.columns.count)
}

@Test func theUseOfTrainingRowsTwiceWeighsThemDouble() throws {
  let whole = table(numbers("x", [0, 3, 100]))
  let settings = [step("impute", ["numeric": .text("mean")])]
  let preprocessor = try FittedPreprocessor.fit(
    settings, to: whole, rows: [0, 0, 1], acceptsMissing: false)
  #expect(try preprocessor.transform(table(numbers("x", [.nan]))).values == [1])
}

@Test func aColumnWithoutAnyValueIsOfEitherKind() throws {
  let preprocessor = try fitted(
    [step("impute"), step("one-hot")], to: table(numbers("x", [4, 4]), words("c", ["a", "a"])))
  let empty = table(words("x", [nil]), numbers("c", [.nan]))
  #expect(try preprocessor.transform(empty).values == [4, 1])
}

@Test func messagesNameTheColumnsAndTheWayOut() throws {
  let gaps = table(numbers("x", [.nan, 1]), numbers("y", [1, 2]), words("c", ["a", nil]))
  #expect(
    message { try fitted([step("one-hot")], to: gaps) }
      == "the columns 'x' and 'c' have missing values, which the model does not accept: "
      + "add '- use: impute' to preprocess")
  #expect(
    message { try fitted([step("impute")], to: gaps) }
      == "the column 'c' is categorical, and models take numbers: "
      + "add '- use: one-hot' to preprocess")
  let preprocessor = try fitted([step("one-hot")], to: table(numbers("x", [1]), words("c", ["a"])))
  #expect(
    message { try preprocessor.transform(table(numbers("y", [1]))) }
      == "the table lacks the columns 'x' and 'c' of the training table")
  #expect(
    message {
      try preprocessor.transform(table(words("x", [nil, "low"]), words("c", ["a", "a"])))
    }
      == "the column 'x' is numeric in the training table, but holds 'low' here")
  #expect(
    message { try preprocessor.transform(table(numbers("x", [1]), numbers("c", [1]))) }
      == "the column 'c' is categorical in the training table, but numeric here")
  #expect(
    message { try preprocessor.transform(table(numbers("x", [.nan]), words("c", ["a"]))) }
      == "the column 'x' has missing values, which the model does not accept: "
      + "add '- use: impute' to preprocess")
  #expect(
    message { try preprocessor.transform(table(numbers("x", [1e300]), words("c", ["a"]))) }
      == "the column 'x' gives the value 1e+300, which is beyond 32-bit numbers (3.4e38)")
}

@Test func manyColumnsAreNotAllListed() {
  let error = PreprocessingError.absentColumns((1...7).map { "x\($0)" })
  #expect(
    error.description == "the table lacks the columns 'x1', 'x2', 'x3', 'x4', 'x5' and 2 more "
      + "of the training table")
}

@Test(arguments: [
  ("{}", "columns, steps or accepts_missing are not there"),
  (
    #"{"columns": [{"name": "x"}], "accepts_missing": false, "steps": []}"#,
    "a column has no name, or is neither numeric nor categorical"
  ),
  (
    #"{"columns": [], "accepts_missing": false, "steps": [{"use": "fly", "state": {}}]}"#,
    "a step is of no kind that this program knows"
  ),
  (
    """
    {"columns": [{"name": "x", "kind": "numeric"}], "accepts_missing": false,
     "steps": [{"use": "scale", "state": {"columns": []}}]}
    """,
    "scale knows 0 columns, and there are 1"
  ),
  (
    """
    {"columns": [{"name": "x", "kind": "numeric"}], "accepts_missing": false,
     "steps": [{"use": "scale", "state": {"columns": [{"centre": 1, "width": 0}]}}]}
    """,
    "a column of scale has no centre, or no width over 0"
  ),
])
func aDamagedStateIsRefused(text: String, reason: String) throws {
  let json = try JSONValue(parsing: text)
  #expect(
    message { try FittedPreprocessor(json: json) }
      == "the stored preprocessing is damaged: \(reason)")
}

@Test func everyStepFitsWithItsDefaults() throws {
  let whole = randomTable(rowCount: 30, seed: 8)
  for declaration in StepDeclaration.all {
    let preprocessor = try fitted(
      [step("impute"), step("one-hot"), step(declaration.id)], to: whole)
    #expect(
      try preprocessor.transform(whole).values.allSatisfy { $0.isFinite }, "\(declaration.id)")
  }
}
