import PluginKit
import TabularData
import Testing

private let training = "id,when,kind,x,w,room\na,2020-01-02,u,1.5,1,p\nb,2020-01-03,v,2.5,2,q\n"

private func trained(_ table: String = training) throws -> Dataset {
  try load(table, target: .name("room")) {
    $0.columns = [
      ColumnRule(pattern: "id", role: .ignore), ColumnRule(pattern: "when", role: .date),
    ]
    $0.weights = .column(.name("w"))
  }
}

@Test func schemasSurviveTheirJSON() throws {
  let schema = try trained().schema
  #expect(try TableSchema(json: JSONValue(parsing: schema.json.indentedText)) == schema)
}

@Test func incompleteSchemasAreRefused() throws {
  guard case .object(let members) = try trained().schema.json else { return }
  for name in ["header", "columns", "target", "classes", "features"] {
    #expect(throws: ModelStateError("the model's schema is incomplete")) {
      try TableSchema(json: .object(members.filter { $0.0 != name }))
    }
  }
}

@Test func theTrainingTableIsReadBackTheSame() throws {
  let table = try TemporaryTable(training)
  let dataset = try trained()
  let reading = try dataset.schema.read(table.path, readsWeights: true)
  #expect(reading.features == dataset.features)
  #expect(reading.labels == dataset.labels)
  #expect(reading.weights == [1, 2])
}

@Test func columnsAreFoundByNameWhateverTheirOrder() throws {
  let table = try TemporaryTable("extra,x,kind,when\ninf,7,z,2021-05-06\n1,,u,\n")
  let reading = try trained().schema.read(table.path)
  #expect(reading.labels == nil && reading.labelTexts == nil && reading.weights == nil)
  #expect(reading.features.words("kind") == ["z", "u"])
  #expect(reading.features.numbers("x")[0] == 7)
  #expect(reading.features.numbers("x")[1].isNaN)
  // A category that was not there in training comes after those that were.
  #expect(
    reading.features.columns.first { $0.name == "kind" }?.values
      == .categorical(codes: [2, 0], categories: ["u", "v", "z"]))
}

@Test func labelsThatTheModelDoesNotKnowAreMarked() throws {
  let table = try TemporaryTable("room,x,kind,when\nq,7,z,\nr,1,u,\n,2,u,\n")
  let reading = try trained().schema.read(table.path)
  #expect(reading.labels == [1, -1, -1])
  #expect(reading.labelTexts == ["q", "r", ""])
}

@Test func missingColumnsAreNamedAllAtOnce() throws {
  let table = try TemporaryTable("extra,kind\n1,u\n")
  do {
    _ = try trained().schema.read(table.path)
    Issue.record("the table has none of the columns")
  } catch {
    #expect(
      table.shown(error)
        == "rooms.csv: error: columns 'when' and 'x' not found, which the model needs; "
        + "the columns are 'extra' and 'kind'")
  }
}

@Test func tablesWithoutNamesAreReadByPosition() throws {
  let schema = try load("1,9,5,p\n2,9,7,q\n").schema
  #expect(schema.features.map(\.name) == ["column_1", "column_3"])
  for (text, labels) in [("4,6\n", nil), ("4,0,6,q\n", [1] as [Int32]?)] {
    let table = try TemporaryTable(text)
    let reading = try withExtendedLifetime(table) { try schema.read($0.path) }
    #expect(reading.features.numbers("column_1") == [4])
    #expect(reading.features.numbers("column_3") == [6])
    #expect(reading.labels == labels)
  }
  let table = try TemporaryTable("4,5,6\n")
  do {
    _ = try schema.read(table.path)
    Issue.record("three columns are neither the features nor the table")
  } catch {
    #expect(
      table.shown(error)
        == "rooms.csv: error: the table has 3 columns without names; "
        + "the model needs its 2 features in order, or all 4 columns it was trained with")
  }
}

@Test func testFilesHaveTheClassesOfTheTrainingTable() throws {
  let dataset = try trained()
  let options = TableOptions(source: "", target: .name("room"))
  let table = try TemporaryTable("room,x,kind,when,w\nq,7,u,,3\nq,8,v,,1\n")
  let test = try Dataset.loadTest(path: table.path, options: options, schema: dataset.schema)
  #expect(test.labels == [1, 1])
  #expect(test.weights == [3, 1])
  let other = try TemporaryTable("room,x,kind,when,w\nq,7,u,,3\ns,8,v,,1\n")
  do {
    _ = try Dataset.loadTest(path: other.path, options: options, schema: dataset.schema)
    Issue.record("'s' is no class")
  } catch {
    #expect(
      other.shown(error)
        == "rooms.csv:3:1: error: column 1 ('room') holds the label 's'; did you mean 'p'? "
        + "the classes are 'p' and 'q'")
  }
}

@Test func predictionsDoNotLookAtWeights() throws {
  let table = try TemporaryTable("x,kind,when,w\n7,u,,-3\n8,v,,\n")
  let schema = try trained().schema
  #expect(try schema.read(table.path).weights == nil)
  do {
    _ = try schema.read(table.path, readsWeights: true)
    Issue.record("a weight is negative")
  } catch {
    #expect(
      table.shown(error)
        == "rooms.csv:2:6: error: column 4 ('w') holds '-3'; a weight must be a number, 0 or more")
  }
}

@Test func testFilesNeedTheWeights() throws {
  let table = try TemporaryTable("room,x,kind,when\nq,7,u,\n")
  let options = TableOptions(source: "", target: .name("room"))
  do {
    _ = try Dataset.loadTest(path: table.path, options: options, schema: try trained().schema)
    Issue.record("the column of weights is not there")
  } catch {
    #expect(
      table.shown(error)
        == "rooms.csv: error: a table of test rows needs the column of weights, 'w'")
  }
}
