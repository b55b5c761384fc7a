import TabularData
import Testing

private func test(_ text: String, for dataset: Dataset) throws -> Dataset {
  let table = try TemporaryTable(text)
  let options = TableOptions(source: "", target: .name("room"))
  return try withExtendedLifetime(table) {
    try Dataset.loadTest(path: $0.path, options: options, schema: dataset.schema)
  }
}

private let learnt = "x,kind,room\n1,u,p\n2,v,q\n,u,p\n1,v,q\n"

@Test func testRowsThatAreLearntFromAreCounted() throws {
  let dataset = try load(learnt)
  // Of a missing number, another label and another order of columns; a new category is no match.
  let rows = try test("room,kind,x\nq,u,1\np,u,\np,z,1\nq,v,3\nq,v,2.0\n", for: dataset)
  #expect(
    dataset.warnings(aboutTest: rows) == [
      "3 of 5 test rows have the features of rows that are learnt from: test figures are too good"
    ])
  #expect(
    dataset.warnings(aboutTest: try test(learnt, for: dataset)) == [
      "4 of 4 test rows have the features of rows that are learnt from: test figures are too good"
    ])
}

@Test func newTestRowsNeedNoWarning() throws {
  let dataset = try load(learnt)
  let rows = try test("x,kind,room\n2,u,p\n,v,q\n", for: dataset)
  #expect(dataset.warnings(aboutTest: rows).isEmpty)
}

@Test func sharedRowsAreFoundWhateverTheNumbersOfCategories() {
  func table(_ codes: [Int32], _ categories: [String]) -> Table {
    let kind = Column(name: "kind", values: .categorical(codes: codes, categories: categories))
    return Table(rowCount: codes.count, columns: [kind])
  }
  let first = table([0, 1, -1], ["a", "b"])
  #expect(table([0, 1, 2, -1, -1], ["c", "b", "d"]).rowCount(sharedWith: first) == 3)
  #expect(table([0], ["cafe\u{301}"]).rowCount(sharedWith: table([0], ["caf\u{e9}"])) == 0)
}
