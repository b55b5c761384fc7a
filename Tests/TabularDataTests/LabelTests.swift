import PluginKit
import TabularData
import Testing

@Test func labelsKeepTheirZeros() throws {
  #expect(
    try load("x,room\n1,001\n2,01\n4,1\n", target: .name("room")).classes == ["001", "01", "1"])
}

@Test func classesAreOrderedByValueOrByBytes() throws {
  #expect(try load("x,room\n1,10\n2,9\n4,-1\n").classes == ["-1", "9", "10"])
  #expect(try load("x,room\n1,10\n2,9\n4,a\n").classes == ["10", "9", "a"])
  #expect(try load("x,room\n1,é\n2,z\n4,B\n").classes == ["B", "z", "é"])
}

@Test func listedClassesFixTheOrder() throws {
  let dataset = try load("x,room\n1,p\n2,q\n4,None\n") { $0.classes = ["r", "q", "None", "p"] }
  #expect(dataset.classes == ["r", "q", "None", "p"])
  #expect(dataset.labels == [3, 1, 2])
  #expect(dataset.warnings.first == "class 'r' of data.classes occurs in no row")
  #expect(
    try message("x,room\n1,p\n2,qq\n") { $0.classes = ["p", "q"] }
      == "rooms.csv:3:3: error: column 2 ('room') holds the label 'qq'; did you mean 'q'? "
      + "the classes are 'p' and 'q'")
}

@Test func rowsWithoutLabelAreDroppedWhereAskedFor() throws {
  let dataset = try load("x,room\n1,p\n2,\n3,q\n5,?\n6,q\n7,p\n") { $0.missingLabel = .drop }
  #expect(dataset.sourceRows == [0, 2, 4, 5])
  #expect(dataset.numbers("x") == [1, 3, 6, 7])
  #expect(
    dataset.warnings == [
      "2 rows have no label in column 2 ('room') and are left out; "
        + "the label '?' (line 5) is read as missing; to stop there instead: missing_label: error"
    ])
}

@Test func labelsThatOccurOnceAreMentioned() throws {
  #expect(
    try load("x,room\n1,p\n2,p\n4,q\n").warnings == [
      "label 'q' occurs only once and can only be trained on, never judged; add rows, or leave such rows out"
    ])
}

@Test func targetsThatAreNoClassesAreRefused() throws {
  let measured = (0..<60).map { "\($0 * $0),\(Double($0) / 4)\n" }.joined()
  #expect(
    try message("x,y\n" + measured)
      == "rooms.csv: error: column 2 ('y') holds 60 different numbers, which looks like regression; "
      + "this program learns classes: choose another target, or list the labels in data.classes")
  let named = (0..<60).map { "\($0 * $0),name \($0)\n" }.joined()
  #expect(
    try message("x,y\n" + named)
      == "rooms.csv: error: column 2 ('y') holds 60 different labels in 60 rows, too many to learn from; "
      + "choose another target, or list the labels in data.classes")
}

@Test func weightsAreReadAndAreNoFeature() throws {
  let dataset = try load("x,w,room\n1,0.5,p\n2,0,q\n") { $0.weights = .column(.name("w")) }
  #expect(dataset.weights == [0.5, 0])
  #expect(dataset.features.columns.map(\.name) == ["x"])
  for (weight, found) in [("-1", "holds '-1'"), ("", "has no value")] {
    #expect(
      try message("x,w,room\n1,1,p\n2,\(weight),q\n") { $0.weights = .column(.name("w")) }
        == "rooms.csv:3:3: error: column 2 ('w') \(found); a weight must be a number, 0 or more")
  }
}

/// `é` as one character and as a letter with an accent: equal as strings, not as bytes.
private let composed = "caf\u{e9}"
private let decomposed = "cafe\u{301}"

@Test func labelsAndCategoriesOfDifferentBytesAreKeptApart() throws {
  let rows = "1,\(composed),\(composed)\n2,\(decomposed),\(decomposed)\n"
  let text = "x,kind,room\n" + rows + rows
  let dataset = try load(text)
  #expect(dataset.labels == [1, 0, 1, 0])
  #expect(dataset.classes.map { Array($0.utf8) } == [decomposed, composed].map { Array($0.utf8) })
  #expect(
    dataset.warnings.first
      == "column 'kind' holds categories that read the same and are kept apart, since their "
      + "characters differ: '\(decomposed)' (U+0065 U+0301) and '\(composed)' (U+00E9); "
      + "to make them one, save the table in Unicode's form NFC")
  let schema = try TableSchema(json: JSONValue(parsing: dataset.schema.json.indentedText))
  let table = try TemporaryTable(text)
  let reading = try withExtendedLifetime(table) { try schema.read($0.path) }
  #expect(reading.labels == [1, 0, 1, 0])
  #expect(
    reading.features.columns[1].values
      == .categorical(codes: [1, 0, 1, 0], categories: [decomposed, composed]))
}

@Test func listedClassesAreMatchedByTheirBytes() throws {
  #expect(
    try message("x,room\n1,p\n2,\(decomposed)\n") { $0.classes = ["p", composed] }
      == "rooms.csv:3:3: error: column 2 ('room') holds the label '\(decomposed)'; a class reads "
      + "the same, but in another Unicode normal form; save both as NFC; "
      + "the classes are 'p' and '\(composed)'")
}

@Test func columnsWhoseNamesReadTheSameAreRefused() throws {
  #expect(
    try message("\(composed),\(decomposed),room\n1,2,p\n2,3,q\n")
      == "rooms.csv:1: error: columns 1 and 2 are both named '\(decomposed)', only in different "
      + "Unicode normal forms; give each its own name, or say header: false if this line holds values"
  )
}
