import TabularData
import Testing

/// Tables that can't be read, and what is said of them.
private let faults: [(table: String, message: String)] = [
  ("", "rooms.csv: error: the table is empty"),
  ("\n \n", "rooms.csv: error: the table is empty"),
  ("x,room\n", "rooms.csv: error: the table has a header but no rows"),
  ("x,y,room\n1,2,p\n1,2\n", "rooms.csv:3: error: 2 fields, where the first line has 3"),
  ("x,room\n1,p\n1,2,q\n", "rooms.csv:3: error: 3 fields, where the first line has 2"),
  ("x,room\n1,p\n\n2,q\n", "rooms.csv:3: error: a blank line within the table; delete it"),
  (
    "x,room\n1,p\n2,\"q\n3,p\n",
    "rooms.csv:3:3: error: the quote that begins here is never closed"
  ),
  (
    "x,room\n\"é\"1,p\n",
    "rooms.csv:2:4: error: text after a closing quote; a quote within quotes is written twice"
  ),
  (
    "x,room\n5\" pipe,p\n",
    "rooms.csv:2:2: error: a quote inside a field without quotes; "
      + "put the whole field in quotes and write \"\" for \""
  ),
  (
    "x,room\r1,p\r",
    "rooms.csv:1:7: error: a carriage return without a line feed; end lines with LF or CRLF"
  ),
  (
    "x,x,room\n1,2,p\n2,3,q\n",
    "rooms.csv:1: error: columns 1 and 2 are both named 'x'; give each its own name, "
      + "or say header: false if this line holds values"
  ),
  (
    "x,room\n1,p\n2,p\n",
    "rooms.csv: error: all labels in column 2 ('room') are 'p'; at least two classes are needed"
  ),
  ("x,room\n1,\n2,\n", "rooms.csv: error: no row has a label in column 2 ('room')"),
  (
    "x,room\n1,\n2,NA\n",
    "rooms.csv: error: no row has a label in column 2 ('room'); "
      + "the label 'NA' (line 3) is read as missing"
  ),
  (
    "x,room\n1,b\n2,\n3,b\n",
    "rooms.csv:3: error: no label in column 2 ('room'), on line 3; "
      + "fill in the labels, or say missing_label: drop"
  ),
  (
    "x,room\n1,b\n2,c\n3,null\n4,NA\n5,null\n",
    "rooms.csv:4: error: no label in column 2 ('room'), on lines 4, 5 and 6; "
      + "the labels 'null' (line 4) and 'NA' (line 5) are read as missing; "
      + "fill in the labels, list them in data.classes, or say missing_label: drop"
  ),
  (
    "x,room\n1,p\n2,\n3,q\n",
    "rooms.csv:3: error: no label in column 2 ('room'), on line 3; "
      + "fill in the labels, or say missing_label: drop"
  ),
  (
    "x,room\n1,p\n2,\n3,q\n4,?\n5,?\n6,?\n7,?\n8,?\n",
    "rooms.csv:3: error: no label in column 2 ('room'), on lines 3, 5, 6, 7, 8 and 1 more; "
      + "the label '?' (line 5) is read as missing; "
      + "fill in the labels, list it in data.classes, or say missing_label: drop"
  ),
  (
    "room\np\nq\n",
    "rooms.csv: error: no column is left to learn from; fields are separated by tab, comma or semicolon"
  ),
  (
    "x,room\n7,p\n7,q\n",
    "rooms.csv: error: no column is left to learn from: column 'x' has the same value in every row "
      + "and is left out; to use it: columns: {x: numeric}"
  ),
]

@Test(arguments: faults)
func unreadableTablesSayWhereAndWhat(table: String, expected: String) throws {
  #expect(try message(table) == expected)
}

@Test func otherEncodingsAreNamed() throws {
  #expect(
    try message([0xFF, 0xFE, 0x78, 0]) == "rooms.csv: error: the text is UTF-16; save it as UTF-8")
  #expect(
    try message(Array("x,room\n1,".utf8) + [0, 0x0A])
      == "rooms.csv:2: error: a zero byte: this is no text in UTF-8; save the table as CSV")
  let latin = Array("word,room\na,p\nb".utf8) + [0xE9] + Array(",q\n".utf8)
  #expect(
    try message(latin)
      == "rooms.csv:3:1: error: column 1 ('word') holds text that is not UTF-8; save the table as UTF-8"
  )
}

@Test func filesThatAreNotThereAreNamed() {
  let options = TableOptions(source: "/nowhere/rooms.csv", target: .name("room"))
  #expect(
    throws: TableError(
      path: "/nowhere/rooms.csv",
      message: "can't read '/nowhere/rooms.csv': No such file or directory")
  ) {
    try Dataset.load(options, splitBy: SplitPlan())
  }
}

@Test func columnsThatAreNotThereAreNamed() throws {
  let table = "ap_1,ap_2,room\n1,2,p\n2,4,q\n"
  #expect(
    try message(table, target: .name("Romo"))
      == "rooms.csv: error: there is no column 'Romo' (data.target); did you mean 'room'? "
      + "the columns are 'ap_1', 'ap_2' and 'room'")
  #expect(
    try message(table, target: .position(4))
      == "rooms.csv: error: data.target is 4, but the table has 3 columns: "
      + "count from 1, or from the end with -1")
  #expect(
    try message("1,2,3\n4,5,6\n", target: .name("room"))
      == "rooms.csv: error: there is no column 'room' (data.target): the first line holds values, "
      + "not names; give a position (-1 is the last column), or add a line of names")
  #expect(
    try message(table) { $0.columns = [ColumnRule(pattern: "ap_3", role: .ignore)] }
      == "rooms.csv: error: there is no column 'ap_3' (data.columns); did you mean 'ap_1'? "
      + "the columns are 'ap_1', 'ap_2' and 'room'")
}

@Test func wordsInNumericColumnsAreFound() throws {
  #expect(
    try message("x,room\n1,p\n-,q\n") { $0.columns = [ColumnRule(pattern: "x", role: .numeric)] }
      == "rooms.csv:3:1: error: column 1 ('x') holds '-', which is no number; "
      + "correct it, or leave the cell blank")
  let rows = (0..<50).map { "\($0).5,\($0 % 2)\n" }.joined()
  #expect(
    try message("x,room\n" + rows + "12..5,1\n")
      == "rooms.csv:52:1: error: column 1 ('x') holds '12..5', where 50 of 51 values are numbers; "
      + "correct it, leave the cell blank, or say columns: {x: categorical}")
}
