import Foundation
import PluginKit
import TabularData
import TestSupport
import Testing

/// What comes of reading a table: its cells, or the message.
private enum Outcome: Equatable {
  case table(Table)
  case message(String)

  init(_ path: String, _ effort: ReadingEffort) {
    do {
      self = .table(try Table.read(path, effort: effort))
    } catch {
      self = .message("\(error)")
    }
  }
}

/// One thread, the whole text at once, cell by cell: what all others are held to.
private let plain = ReadingEffort(threads: 1, chunkByteCount: 1 << 20, code: .plain)

/// Reads some bytes in the plain way and with other efforts, and compares.
private func expectSameReading(
  _ bytes: [UInt8], _ efforts: [ReadingEffort], name: String = "rooms.csv"
) throws {
  let table = try TemporaryTable(bytes, name: name)
  let expected = Outcome(table.path, plain)
  for effort in efforts {
    #expect(
      Outcome(table.path, effort) == expected,
      "\(effort.threads) threads, chunks of \(effort.chunkByteCount) bytes, \(effort.code)"
    )
  }
}

private func efforts(chunks: [Int]) -> [ReadingEffort] {
  chunks.flatMap { size in
    [1, 3].flatMap { threads in
      ReadingEffort.Code.allCases.map { code in
        ReadingEffort(threads: threads, chunkByteCount: size, code: code)
      }
    }
  }
}

/// Texts that are easy to cut in the wrong place.
private let nastyTexts: [String] = [
  "", "\n", "\n\n \n", "x", "x\n", "x\n1\n", "x,y\n1,2\n3,4", "x,y\r\n1,2\r\n3,4\r\n",
  "x,y\r\n1,2\r\n3,4\r", "x,y\n1,2\r\n3,4\n\r\n \n", "\u{FEFF}x,y\n1,2\n", "\u{FEFF}",
  "x\n\n1\n\n2\n", "x\n1\n\n\n\n\n\n\n2\n\n\n", "x,y\n1,2\n\n3,4\n", "x,y\n1\n2,3\n",
  "x,y\n1,2,3\n",
  "x,y\n\"a\nb\",2\n\"c\r\nd\",4\n", "x,y\n\"a\"\"\n\"\"b\",2\n",
  "x,y\n \"a, b\" , 2 \n\"\",\"\"\n",
  "x,y\n\"a,2\n3,4\n", "x,y\na\"b,2\n3,4\n", "x,y\na\"b,2\n3,c\"d\n5,6\n", "x,y\n\"a\"b,2\n",
  "x,y\n\"a\" \"b\",2\n", "x,y\n\"a\"\"\",2\n\"\"\"\",4\n\"\"\"\"\"\",5\n", "x,y\n1\r2,3\n",
  "x,y\n1,2\n\"3\r4\",5\n", "x,y\n1,\u{0}\n3,4\n", "x,y\n1,2\n3\n4,\u{0}\n",
  "x,y\na\"b,2\n3,\u{0}\n",
  "x,y\n1,2\n3,4\nfive,6\n7,8\n", "x,y\n1,inf\n3,4\n", "x,y\n1,inf\n3,four\n", "x,y\nNA,?\n,null\n",
  "x,y\n1e5,-.5\n+7.,1E-3\n", "x;y\n1;2\n3,5;4\n", "x\ty\n1\t2\n", "x,y\n 1 , 2\n3,  4  \n",
  "x,y\n\u{E9},2\ne\u{301},4\n", "x,x\n1,2\n", "\"x\ny\",z\n1,2\n", "x,y\n1,2\n3,4\n5",
  "x,y\n1,2\n\"",
  "x,y\n1,2\n3,\"", "x,y\n,\n,\n", "a,b\na,b\na,b\n", "x,y\n\"1\",\"2.5\"\n\" 3\",\"4\"\n",
]

@Test(arguments: nastyTexts)
func chunksAndThreadsMakeNoDifference(text: String) throws {
  let bytes = Array(text.utf8)
  try expectSameReading(bytes, efforts(chunks: [1, 2, 3, 5, 64, 1 << 18]))
  try expectSameReading(try gzip(bytes), efforts(chunks: [1, 7, 64]), name: "rooms.csv.gz")
}

/// Random tables with random damage: thousands of them, each read in several ways.
@Test(arguments: 0..<40 as Range<UInt64>)
func damagedTablesAreReadAlike(seed: UInt64) throws {
  var generator = SeededGenerator(seed: seed)
  for _ in 0..<100 {
    var bytes = randomTable(&generator)
    for _ in 0..<generator.index(below: 4) where !bytes.isEmpty {
      damage(&bytes, &generator)
    }
    let chunk = 1 + generator.index(below: 40)
    let threads = 1 + generator.index(below: 3)
    try expectSameReading(
      bytes,
      [
        ReadingEffort(threads: threads, chunkByteCount: chunk),
        ReadingEffort(threads: threads, chunkByteCount: chunk, code: .plain),
        ReadingEffort(threads: 1, chunkByteCount: chunk, code: .scalar),
        ReadingEffort(threads: 1, chunkByteCount: 64 * chunk),
      ])
  }
}

private func randomTable(_ generator: inout SeededGenerator) -> [UInt8] {
  let cells = [
    "1", "-2.5", "3e4", "0.1234567890123456", "12345678901234567890", "", "NA", "a", "\"b\"",
    "\"c,d\"",
    "\"e\nf\"", "\"g\"\"h\"", " 7 ", "é", "long text of more than sixteen bytes", "-.5", "\"\"",
    "+8.",
  ]
  let delimiter = [",", ";", "\t"][generator.index(below: 3)]
  let lineEnd = ["\n", "\r\n"][generator.index(below: 2)]
  let columns = 1 + generator.index(below: 4)
  // Columns hold few kinds of cells, so that some hold nothing but numbers.
  let kinds = (0..<columns).map { _ in 2 + generator.index(below: cells.count - 1) }
  var text = (0..<columns).map { "f\($0)" }.joined(separator: delimiter) + lineEnd
  for _ in 0..<generator.index(below: 30) {
    text += kinds.map { cells[generator.index(below: $0)] }.joined(separator: delimiter) + lineEnd
  }
  return Array(text.utf8)
}

private func damage(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
  let position = generator.index(below: bytes.count)
  let special = Array("\",\n\r;\t \u{0}1x".utf8)
  switch generator.index(below: 4) {
  case 0: bytes[position] = UInt8(generator.index(below: 256))
  case 1: bytes.remove(at: position)
  case 2: bytes.removeLast(bytes.count - position)
  default: bytes.insert(special[generator.index(below: special.count)], at: position)
  }
}

/// Text in a column of numbers, far below the rows that are looked at first, and in another chunk.
@Test func columnsThatTurnOutToBeTextsAreReadAgain() throws {
  var text = "x,y,z\n"
  for row in 0..<30_000 { text += "\(row).5,\(row == 29_000 ? "none" : "\(row % 7)"),\(row)\n" }
  let table = try TemporaryTable(text)
  for effort in [plain, ReadingEffort(threads: 2, chunkByteCount: 10_000)] {
    let read = try Table.read(table.path, effort: effort)
    #expect(read.numbers("x") == (0..<30_000).map { Double($0) + 0.5 })
    #expect(
      read.words("y") == (0..<30_000).map { $0 == 29_000 ? "none" : "\($0 % 7)" })
    #expect(read.numbers("z") == (0..<30_000).map { Double($0) })
  }
}

/// Decimals of all lengths have the bits that the C library gives them.
@Test func allCodeReadsTheNearestDoubles() throws {
  var generator = SeededGenerator(seed: 11)
  var decimals: [String] = []
  for _ in 0..<50_000 {
    let digits = (0...generator.index(below: 20)).map { _ in "\(generator.index(below: 10))" }
    let point = generator.index(below: digits.count + 2)
    var decimal = ["", "-", "+"][generator.index(below: 3)] + digits.prefix(point).joined()
    if point <= digits.count { decimal += "." + digits.dropFirst(point).joined() }
    if generator.index(below: 4) == 0 { decimal += "e\(generator.index(below: 240) - 140)" }
    decimals.append(decimal)
  }
  let table = try TemporaryTable("x,y\n" + decimals.map { "0,\($0)\n" }.joined())
  for code in ReadingEffort.Code.allCases {
    #expect(
      try Table.read(table.path, effort: ReadingEffort(code: code)).numbers("y").map(\.bitPattern)
        == decimals.map { strtod($0, nil).bitPattern })
  }
}

/// A field of more than a chunk, with everything in it that usually ends one.
@Test func fieldsMayBeLongerThanChunks() throws {
  let long = String(repeating: "a,b\n\"\"c\r\n", count: 100_000)
  let bytes = Array("x,y\n1,\"\(long)\"\n2,b\n".utf8)
  try expectSameReading(
    bytes, [ReadingEffort(threads: 2), ReadingEffort(threads: 2, chunkByteCount: 99)])
  let table = try TemporaryTable(bytes)
  #expect(
    try Table.read(table.path).words("y")
      == [long.replacingOccurrences(of: "\"\"", with: "\""), "b"])
}
