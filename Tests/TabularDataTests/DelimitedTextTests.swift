import Foundation
import PluginKit
import TabularData
import Testing

/// RFC 4180, section 2: quotes hold delimiters, line ends and doubled quotes.
@Test func quotedFieldsHoldDelimitersQuotesAndLineEnds() throws {
  let table = """
    word,room
    "a,b",1
    "say ""hi""\",2
    "two
    lines",1
    "",2

    """
  let dataset = try load(table)
  #expect(dataset.words("word") == ["a,b", "say \"hi\"", "two\nlines", nil])
  #expect(dataset.labelTexts == ["1", "2", "1", "2"])
}

@Test func spacesAroundFieldsAreNotPartOfThem() throws {
  let dataset = try load("word, x , room\n  a, 1 ,1\n\" b \" , 2,2\n")
  #expect(dataset.words("word") == ["a", " b "])
  #expect(dataset.numbers("x") == [1, 2])
  #expect(dataset.schema.target == "room")
}

@Test func lineEndsMakeNoDifference() throws {
  let rows = ["x,word,room", "1,a,p", "2,b,q", "3,a,q"]
  let plain = try load(rows.joined(separator: "\n") + "\n")
  for other in [
    rows.joined(separator: "\r\n") + "\r\n", rows.joined(separator: "\n"),
    rows.joined(separator: "\r\n"), rows.joined(separator: "\n") + "\n\n \n",
    "\u{FEFF}" + rows.joined(separator: "\n"),
  ] {
    let dataset = try load(other)
    #expect(dataset.features == plain.features)
    #expect(dataset.labels == plain.labels)
    #expect(dataset.schema == plain.schema)
  }
}

@Test func compressedTablesAreReadLikePlainOnes() throws {
  let first = "x,word,room\n1,a,p\n2,b,q\n"
  let second = "3,a,q\n4,c,p\n"
  let plain = try load(first + second)
  let members = try gzip(Array(first.utf8)) + gzip(Array(second.utf8))
  for bytes in [try gzip(Array((first + second).utf8)), members, members + [0, 0, 0]] {
    let dataset = try TemporaryTable(bytes, name: "rooms.csv.gz").load()
    #expect(dataset.features == plain.features)
    #expect(dataset.labels == plain.labels)
  }
}

@Test func damagedCompressedTablesAreRefused() throws {
  let whole = try gzip(Array("x,room\n1,p\n2,q\n".utf8))
  #expect(
    try message(Array(whole.dropLast(3)))
      == "rooms.csv: error: the gzip file ends too early; copy it again")
  var damaged = whole
  damaged[whole.count - 5] ^= 0xFF
  #expect(try message(damaged) == "rooms.csv: error: the gzip file is damaged; copy it again")
  #expect(
    try message(whole + Array("tail".utf8))
      == "rooms.csv: error: something else follows the gzip data; compress the table again")
}

@Test(arguments: ["\t", ",", ";"])
func delimitersAreFoundInTheContent(delimiter: String) throws {
  let rows = [["name", "x", "room"], ["\"a,b;c\td\"", "1", "p"], ["e", "2", "q"]]
  let dataset = try load(rows.map { $0.joined(separator: delimiter) }.joined(separator: "\n"))
  #expect(dataset.words("name") == ["a,b;c\td", "e"])
  #expect(dataset.numbers("x") == [1, 2])
}

@Test func tabsSeparateEvenWhereTextsHoldCommas() throws {
  let dataset = try load("note\tx\troom\na, b, c\t1\tp\nd, e, f\t2\tq\n")
  #expect(dataset.words("note") == ["a, b, c", "d, e, f"])
}

@Test func headersAreRecognised() throws {
  #expect(try load("x,y,room\n1,2,p\n3,5,q\n").features.columns.map(\.name) == ["x", "y"])
  #expect(try load("1,2,p\n3,5,q\n").features.columns.map(\.name) == ["column_1", "column_2"])
  #expect(try load("kind,room\na,p\nb,q\n").rowCount == 2)
  #expect(try load("a,p\nb,q\na,q\n").rowCount == 3)
  #expect(try load(",x,room\nr,2,p\ns,5,q\n").features.columns.map(\.name) == ["column_1", "x"])
  // A name that the options use says that there is a header; so does the option itself.
  #expect(try load("2019,2020,7\n1,2,p\n3,5,q\n", target: .name("7")).rowCount == 2)
  #expect(try load("2019,2020,7\n1,2,p\n3,5,q\n") { $0.header = .present }.rowCount == 2)
  #expect(try load("x,y,room\na,b,p\n") { $0.header = .absent }.rowCount == 2)
  #expect(try load("1,2,p\n3,5,q\n", target: .name("column_3")).labelTexts == ["p", "q"])
}

/// Random texts in random quoting come back as they were.
@Test(arguments: 0..<40 as Range<UInt64>)
func writtenTablesAreReadBack(seed: UInt64) throws {
  var generator = SeededGenerator(seed: seed)
  let alphabet = ["a", "b", "é", " ", ",", ";", "\t", "\"", "\n", "\r\n", "'", "漢", "0"]
  let delimiter = [",", ";", "\t"][generator.index(below: 3)]
  let lineEnd = ["\n", "\r\n"][generator.index(below: 2)]
  let rowCount = 2 + generator.index(below: 30)
  let columnCount = 1 + generator.index(below: 5)
  let cells = (0..<rowCount).map { _ in
    (0..<columnCount).map { _ in
      "w"
        + (0..<generator.index(below: 6)).map { _ in alphabet[generator.index(below: 13)] }.joined()
    }
  }
  func written(_ cell: String) -> String {
    let needsQuotes = cell.hasSuffix(" ") || cell.contains { ",;\t\"\n\r\r\n".contains($0) }
    guard needsQuotes || generator.index(below: 3) == 0 else { return cell }
    return "\"" + cell.replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }
  var text = ((0..<columnCount).map { "f\($0)" } + ["room"]).joined(separator: delimiter) + lineEnd
  for (row, words) in cells.enumerated() {
    text += (words.map(written) + ["\(row % 2)"]).joined(separator: delimiter) + lineEnd
  }
  let dataset = try load(text, target: .name("room")) {
    $0.columns = [ColumnRule(pattern: "f*", role: .categorical)]
  }
  for column in 0..<columnCount {
    #expect(dataset.words("f\(column)") == cells.map { $0[column] })
  }
}

/// Whatever the bytes are, reading gives a table or an error with a message.
@Test(arguments: 0..<300 as Range<UInt64>)
func damagedTablesNeverCrash(seed: UInt64) throws {
  var generator = SeededGenerator(seed: seed)
  var bytes = Array(
    "x,when,\"wo\"\"rd\",room\r\n1.5,2020-01-02,\"a,b\",p\n-2e3,NA,\"c\n\",q\n,?,d,p\n".utf8)
  for _ in 0...generator.index(below: 6) {
    let position = generator.index(below: bytes.count)
    switch generator.index(below: 3) {
    case 0: bytes[position] = UInt8(generator.index(below: 256))
    case 1: bytes.remove(at: position)
    default: bytes.insert(Array("\",\n\r;\t\u{0}".utf8)[generator.index(below: 7)], at: position)
    }
  }
  let table = try TemporaryTable(bytes)
  do {
    let dataset = try table.load()
    #expect(dataset.labels.allSatisfy { (0..<Int32(dataset.classes.count)).contains($0) })
    #expect(try dataset.schema.read(table.path).features.rowCount >= dataset.rowCount)
  } catch let error as TableError {
    #expect(error.description.contains("error: "))
  }
}
