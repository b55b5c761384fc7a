import TabularData
import Testing

/// Thirty rows with a column of each kind that is no feature by itself.
private let mixed: String = {
  var text = "reading_id,serial,name,when,note,site,empty,x,floor,room\n"
  for row in 0..<30 {
    let note = "a remark of more than forty bytes, the number of which is \(row / 2 + row)"
    text += "\(1_000 + row),\((row * 7) % 30),n\(row),2020-01-\(10 + row % 20),\"\(note)\",here,,"
    text += "\(Double(row) * 1.37),\(row % 3),\(row % 2)\n"
  }
  return text
}()

@Test func columnsThatAreNoFeaturesAreLeftOutWithAWarning() throws {
  let dataset = try load(mixed)
  #expect(dataset.features.columns.map(\.name) == ["x", "floor"])
  #expect(
    dataset.warnings == [
      "column 'reading_id' has a different value in every row and is left out as an identifier; "
        + "to use it: columns: {reading_id: numeric}",
      "column 'serial' has a different value in every row and is left out as an identifier; "
        + "to use it: columns: {serial: numeric}",
      "column 'name' has a different value in every row and is left out as an identifier; "
        + "to use it: columns: {name: categorical}",
      "column 'note' has a different value in every row and is left out as an identifier; "
        + "to use it: columns: {note: categorical}",
      "column 'when' holds dates and is left out; to take it apart into year, month, day and weekday: "
        + "columns: {when: date}",
      "column 'site' has the same value in every row and is left out; "
        + "to use it: columns: {site: categorical}",
      "column 'empty' has no values and is left out; to use it: columns: {empty: numeric}",
    ])
}

@Test func rulesDecideWithoutAWarning() throws {
  let dataset = try load(mixed) {
    $0.columns = [
      ColumnRule(pattern: "reading_*", role: .numeric), ColumnRule(pattern: "when", role: .date),
      ColumnRule(pattern: "floor", role: .categorical),
      ColumnRule(pattern: "site", role: .categorical),
      ColumnRule(pattern: "*", role: .ignore),
    ]
  }
  #expect(
    dataset.features.columns.map(\.name) == [
      "reading_id", "when.year", "when.month", "when.day", "when.weekday", "site", "floor",
    ])
  #expect(dataset.warnings.isEmpty)
  #expect(dataset.words("floor").prefix(4) == ["0", "1", "2", "0"])
}

@Test func measurementsAreNoIdentifiers() throws {
  let rows = (0..<40).map { "\(Double($0) + 0.5),\($0 * $0 % 97),\($0 % 2)\n" }.joined()
  #expect(try load("time,x,room\n" + rows).features.columns.map(\.name) == ["time", "x"])
}

@Test func freeTextIsLeftOut() throws {
  let rows = (0..<200).map { "\($0 % 7),word \($0 % 120),\($0 % 2)\n" }.joined()
  #expect(
    try load("x,note,room\n" + rows).warnings == [
      "column 'note' holds free text (120 different texts in 200 rows) and is left out; "
        + "to use it: columns: {note: categorical}"
    ])
}

@Test func datesAreTakenApart() throws {
  let dataset = try load(
    "when,room\n1970-01-01,p\n2000-02-29 06:00,q\n2024-12-31T23:59:59.5+02:00,q\nNA,p\n"
  ) { $0.columns = [ColumnRule(pattern: "when", role: .date)] }
  #expect(dataset.numbers("when.year").prefix(3) == [1970, 2000, 2024])
  #expect(dataset.numbers("when.month").prefix(3) == [1, 2, 12])
  #expect(dataset.numbers("when.day").prefix(3) == [1, 29, 31])
  // 1 January 1970 was a Thursday, 29 February 2000 and 31 December 2024 were Tuesdays.
  #expect(dataset.numbers("when.weekday").prefix(3) == [4, 2, 2])
  #expect(dataset.numbers("when.second").prefix(3) == [0, 21_600, 86_399.5])
  #expect(dataset.features.columns.allSatisfy { dataset.numbers($0.name)[3].isNaN })
}

@Test func theOrderOfDayAndMonthIsFoundInTheColumn() throws {
  func months(_ dates: [String]) throws -> (months: [Double], warnings: [String]) {
    let rows = dates.enumerated().map { "\($1),\($0 % 2)\n" }.joined()
    let dataset = try load("when,room\n" + rows) {
      $0.columns = [ColumnRule(pattern: "when", role: .date)]
    }
    return (dataset.numbers("when.month"), dataset.warnings.filter { !$0.contains("once") })
  }
  #expect(try months(["03/04/2020", "13/04/2020"]).months == [4, 4])
  #expect(try months(["03/04/2020", "04/13/2020"]).months == [3, 4])
  #expect(try months(["3.4.2020", "5.6.2020"]).months == [4, 6])
  let slashes = try months(["03/04/2020", "05/06/2020"])
  #expect(slashes.months == [3, 5])
  #expect(
    slashes.warnings == [
      "column 'when': in dates such as 03/04/2020 the first number is read as the month; "
        + "to decide otherwise write dates as 2020-12-31"
    ])
}

@Test func daysThatDoNotExistAreNoDates() throws {
  #expect(
    try message("when,room\n2020-02-28,p\n2019-02-29,q\n") {
      $0.columns = [ColumnRule(pattern: "when", role: .date)]
    }
      == "rooms.csv:3:1: error: column 1 ('when') holds '2019-02-29', which is no date; "
      + "write dates as 2020-12-31 or 2020-12-31T14:05:00")
}

@Test func categoriesHaveAFixedOrder() throws {
  let first = try load("kind,room\nb,p\na,q\nNA,p\nc,q\n", target: .name("room"))
  let second = try load("kind,room\nc,p\nNA,q\nb,p\na,q\n", target: .name("room"))
  #expect(first.schema.features == second.schema.features)
  #expect(first.schema.features[0].kind == .categorical(["a", "b", "c"]))
  #expect(first.words("kind") == ["b", "a", nil, "c"])
}

@Test func manyColumnsWithOneReasonShareAWarning() throws {
  #expect(
    try load("a,b,c,d,x,room\n0,0,0,0,1,p\n0,0,0,0,2,p\n0,0,0,0,4,q\n0,0,0,0,3,q\n").warnings == [
      "4 columns, each of which has the same value in every row and is left out: 'a', 'b', 'c' and 'd'; "
        + "to use it: columns: {a: numeric}"
    ])
}

@Test func decimalCommasAreNamed() throws {
  func warnings(_ different: Int) throws -> [String] {
    let rows = (0..<60).map { "-\($0 % different),5;\($0).5;\($0 % 2)\n" }.joined()
    return try load("x;y;room\n" + rows).warnings
  }
  #expect(
    try warnings(60) == [
      "column 'x' has a different value in every row and is left out as an identifier; "
        + "its numbers have decimal commas: write decimal points to use it"
    ])
  #expect(
    try warnings(3) == [
      "column 'x' holds numbers with decimal commas, which are taken as categories; "
        + "write decimal points to use them as numbers"
    ])
  #expect(
    try load("x;y;room\n1,2,3;0.5;p\n4,5;1.5;q\n1,2,3;2.5;q\n4,5;3;p\n").warnings.isEmpty)
}
