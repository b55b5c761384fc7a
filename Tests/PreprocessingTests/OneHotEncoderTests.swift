import PluginKit
import Preprocessing
import TabularData
import Testing

@Test func eachCategoryHasAColumnInByteOrder() throws {
  let whole = table(
    numbers("x", [1, 2, 3]), words("c", ["b", "a", "B"]), numbers("y", [4, 5, 6]))
  let preprocessor = try fitted([step("one-hot")], to: whole)
  #expect(preprocessor.columns.map(\.name) == ["x", "c=B", "c=a", "c=b", "y"])
  #expect(preprocessor.columns.map(\.origin) == ["x", "c", "c", "c", "y"])
  #expect(
    try preprocessor.transform(whole).values == [1, 0, 0, 1, 4, 2, 0, 1, 0, 5, 3, 1, 0, 0, 6])
}

@Test func categoriesAreMatchedByTheirTextNotByTheirNumber() throws {
  let preprocessor = try fitted([step("one-hot")], to: table(words("c", ["a", "b"])))
  let renumbered = table(words("c", ["b", "a"], before: ["z", "y"]))
  #expect(try preprocessor.transform(renumbered).values == [0, 1, 1, 0])
}

@Test func anUnseenCategoryIsAllZerosByDefault() throws {
  let preprocessor = try fitted([step("one-hot")], to: table(words("c", ["a", "b"])))
  #expect(try preprocessor.transform(table(words("c", ["z"]))).values == [0, 0])
}

@Test func anUnseenCategoryGoesToTheSharedColumn() throws {
  let settings = step("one-hot", ["unseen": .text("other")])
  let preprocessor = try fitted([settings], to: table(words("c", ["a", "b"])))
  #expect(preprocessor.columns.map(\.name) == ["c=a", "c=b", "c=(other)"])
  #expect(try preprocessor.transform(table(words("c", ["z", "b"]))).values == [0, 0, 1, 0, 1, 0])
}

@Test func anUnseenCategoryIsRefusedByItsName() throws {
  let settings = step("one-hot", ["unseen": .text("error"), "max_categories": .integer(1)])
  let preprocessor = try fitted([settings], to: table(words("c", ["a", "a", "b"])))
  #expect(
    try preprocessor.transform(table(words("c", ["b", "a"], before: ["z"]))).values == [0, 1])
  #expect(
    message { try preprocessor.transform(table(words("c", ["a", "z"]))) }
      == "the column 'c' holds 'z', which no training row has; known are 'a' and 'b'; "
      + "'unseen: ignore' or 'unseen: other' of one-hot would accept it")
}

@Test func rareCategoriesShareAColumnOrHaveNone() throws {
  let whole = table(words("c", ["d", "c", "c", "b", "b", "a"]))
  let limit = ParameterValue.integer(2)
  let ignoring = try fitted([step("one-hot", ["max_categories": limit])], to: whole)
  #expect(ignoring.columns.map(\.name) == ["c=b", "c=c"])
  #expect(try ignoring.transform(whole, rows: [0, 1]).values == [0, 0, 0, 1])
  let sharing = try fitted(
    [step("one-hot", ["max_categories": limit, "unseen": .text("other")])], to: whole)
  #expect(sharing.columns.map(\.name) == ["c=b", "c=c", "c=(other)"])
  #expect(try sharing.transform(whole, rows: [0, 1]).values == [0, 0, 1, 0, 1, 0])
}

@Test func everyRowOfKnownCategoriesSumsToOne() throws {
  var generator = SeededGenerator(seed: 5)
  let texts: [String?] = (0..<500).map { _ in "k\(generator.index(below: 17))" }
  let matrix = try transformed(table(words("c", texts)), by: step("one-hot"))
  #expect((0..<500).allSatisfy { matrix.row($0).reduce(0, +) == 1 })
}

@Test func aMissingCategoryIsMissingInAllItsColumns() throws {
  let whole = table(words("c", ["a", nil, "b"]))
  let preprocessor = try fitted([step("one-hot")], to: whole, acceptsMissing: true)
  let matrix = try preprocessor.transform(whole)
  #expect(matrix.row(0) == [1, 0])
  #expect(matrix.row(1).allSatisfy { $0.isNaN })
  // Filled behind the encoder, it gets the most frequent value of each column.
  let behind = try transformed(
    table(words("c", ["a", nil, "b", "a"])), by: step("one-hot"), step("impute"))
  #expect(behind.row(1) == [1, 0])
}

@Test func namesOfColumnsStayUnique() throws {
  let preprocessor = try fitted(
    [step("one-hot")], to: table(numbers("c=a", [1]), words("c", ["a"])))
  #expect(preprocessor.columns.map(\.name) == ["c=a", "c=a'"])
}

@Test func categoriesThatOnlyReadTheSameHaveColumnsOfTheirOwn() throws {
  let settings = step("one-hot", ["unseen": .text("error")])
  let texts = ["caf\u{e9}", "cafe\u{301}"]
  let whole = table(Column(name: "c", values: .categorical(codes: [0, 1], categories: texts)))
  let preprocessor = try fitted([settings], to: whole)
  #expect(try preprocessor.transform(whole).values == [0, 1, 1, 0])
}
