import AutoMLModel
import Foundation
import TestSupport
import Testing

private func linearModel() throws -> Classifier {
  let file = packageRoot.appending(path: "Tests/ModelExportTests/Golden/linear-svm.safetensors")
  return try Classifier(path: file.path(percentEncoded: false))
}

private let good: [String: Value] = ["height": 0.5, "width": -3.25, "colour": "red"]

/// The error of predicting a good row and then one with some other values.
private func fault(_ changes: [String: Value]) throws -> InputError? {
  let classifier = try linearModel()
  return #expect(throws: InputError.self) {
    try classifier.predict(rows: [good, good.merging(changes) { $1 }])
  }
}

@Test func aValueOfTheWrongKindIsNamedWithItsRow() throws {
  let text = try fault(["width": "wide"])
  #expect(text?.reason == .wrongKind)
  #expect(text?.columns == ["width"])
  #expect(text?.row == 1)
  #expect(
    text?.description
      == "row 1 holds the text 'wide' in 'width', which is a column of numbers: give a number, or "
      + "nil where it is not known")
  #expect(
    try fault(["colour": 2])?.description
      == "row 1 holds the number 2.0 in 'colour', which is a column of texts: give the text as the "
      + "table has it, or nil where it is not known")
  #expect(
    try fault(["height": .number(-.infinity)])?.description
      == "row 1 holds an infinite number in 'height': give nil where it is not known")
}

@Test func anAbsentColumnIsNamed() throws {
  let classifier = try linearModel()
  var row = good
  row["width"] = nil
  row["Width"] = 2
  let misspelt = #expect(throws: InputError.self) { try classifier.predict(row) }
  #expect(misspelt?.reason == .absentColumns)
  #expect(
    misspelt?.description == "row 0 lacks the column 'width': did you mean it by 'Width'?")
  let empty = #expect(throws: InputError.self) { try classifier.predict(columns: [:]) }
  #expect(
    empty?.description
      == "the rows lack the columns 'height', 'width' and 'colour': give nil where a value is not "
      + "known")
}

@Test func columnsOfDifferentLengthsAreRefused() throws {
  let classifier = try linearModel()
  let error = #expect(throws: InputError.self) {
    try classifier.predict(columns: [
      "height": .numbers([1, 2]), "width": .numbers([1]), "colour": .texts(["red", "red"]),
    ])
  }
  #expect(error?.reason == .unequalLengths)
  #expect(error?.description == "the column 'height' has 2 values, and 'width' has 1 value")
}

@Test func noRowsGiveNoPredictions() throws {
  let classifier = try linearModel()
  #expect(try classifier.predict(rows: []).isEmpty)
  #expect(
    try classifier.predict(columns: [
      "height": .numbers([]), "width": .texts([]), "colour": .numbers([]),
    ]).isEmpty)
}

@Test func aFileThatIsNoModelIsRefused() throws {
  let folder = try TemporaryFolder()
  let file = packageRoot.appending(path: "Tests/ModelExportTests/Golden/linear-svm.safetensors")
  var bytes = Array(try Data(contentsOf: file))
  bytes[bytes.count - 1] ^= 1
  #expect(
    throws: ModelError.damaged(
      "the model file is damaged: its digest does not fit its content")
  ) { try Classifier(bytes: bytes) }
  #expect(throws: ModelError.foreign("this is no model file: it is no safetensors file")) {
    try Classifier(bytes: Array("a,b,c\n1,2,3\n".utf8))
  }
  let path = folder.path("none.safetensors")
  #expect(throws: ModelError.unreadable("can't read '\(path)': No such file or directory")) {
    try Classifier(path: path)
  }
}
