import PluginKit
import Preprocessing
import Testing

@Test(arguments: [
  ("median", [2.5, 1, 2, 3, 100]), ("mean", [26.5, 1, 2, 3, 100]),
  ("most-frequent", [1, 1, 2, 3, 100]),
])
func gapsAreFilledWithAStatisticOfTheOtherRows(method: String, expected: [Float]) throws {
  let table = table(numbers("x", [.nan, 1, 2, 3, 100]))
  let matrix = try transformed(table, by: step("impute", ["numeric": .text(method)]))
  #expect(matrix.values == expected)
}

@Test func theMostFrequentNumberIsTheSmallestOfEquallyFrequentOnes() throws {
  let table = table(numbers("x", [3, 3, 1, 1, 2, .nan]))
  let matrix = try transformed(table, by: step("impute", ["numeric": .text("most-frequent")]))
  #expect(matrix.values.last == 1)
}

@Test func theConstantIsTheOneThatWasAskedFor() throws {
  let settings = step("impute", ["numeric": .text("constant"), "fill_value": .real(-1)])
  #expect(try transformed(table(numbers("x", [.nan, 5])), by: settings).values == [-1, 5])
}

@Test func aColumnWithoutAnyTrainingValueIsFilledWithZero() throws {
  #expect(try transformed(table(numbers("x", [.nan, .nan])), by: step("impute")).values == [0, 0])
}

@Test func theMostFrequentCategoryIsTheFirstByBytesOfEquallyFrequentOnes() throws {
  let preprocessor = try fitted(
    [step("impute"), step("one-hot")], to: table(words("c", ["b", "a", "b", "a", nil])))
  let row = try preprocessor.transform(table(words("c", [nil])))
  #expect(preprocessor.columns.map(\.name) == ["c=a", "c=b"])
  #expect(row.values == [1, 0])
}

@Test func aConstantFillOfCategoriesIsACategoryOfItsOwn() throws {
  let settings = [step("impute", ["categorical": .text("constant")]), step("one-hot")]
  let preprocessor = try fitted(settings, to: table(words("c", ["a", nil])))
  #expect(preprocessor.columns.map(\.name) == ["c=a", "c=missing"])
  #expect(try preprocessor.transform(table(words("c", [nil, "a"]))).values == [0, 1, 1, 0])
}

@Test func indicatorsFollowTheColumnsThatHadGapsAtTraining() throws {
  let training = table(
    numbers("x", [1, .nan]), numbers("y", [1, 2]), words("c", [nil, "a"]))
  let settings = [
    step("impute", ["indicator": .flag(true)]), step("scale"), step("one-hot"),
  ]
  let preprocessor = try fitted(settings, to: training)
  #expect(
    preprocessor.columns == [
      FeatureColumn(name: "x", kind: .numeric, origin: "x"),
      FeatureColumn(name: "x?missing", kind: .indicator, origin: "x"),
      FeatureColumn(name: "y", kind: .numeric, origin: "y"),
      FeatureColumn(name: "c=a", kind: .indicator, origin: "c"),
      FeatureColumn(name: "c?missing", kind: .indicator, origin: "c"),
    ])
  #expect(try preprocessor.transform(training).values == [0, 0, -1, 1, 1, 0, 1, 1, 1, 0])
}

@Test func aGapAtPredictionIsFilledAlsoWhereTrainingHadNone() throws {
  let preprocessor = try fitted([step("impute")], to: table(numbers("x", [1, 2, 9])))
  #expect(try preprocessor.transform(table(numbers("x", [.nan]))).values == [2])
}

/// The median by sorting is the oracle of the median by selection.
@Test(arguments: 0..<40 as Range<UInt64>)
func theMedianIsTheMiddleOfTheSortedNumbers(seed: UInt64) throws {
  var generator = SeededGenerator(seed: seed)
  let count = 1 + generator.index(below: 60)
  let range = 1 + generator.index(below: 30)  // a small range makes ties
  let values = (0..<count).map { _ in Double(generator.index(below: range)) }
  let sorted = values.sorted()
  let expected = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
  let matrix = try transformed(table(numbers("x", values + [.nan])), by: step("impute"))
  #expect(matrix.values.last == Float(expected))
}
