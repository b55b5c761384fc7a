import PluginKit
import Preprocessing
import TabularData
import TestSupport
import Testing

@Test func aStandardColumnHasMeanZeroAndVarianceOne() throws {
  let matrix = try transformed(table(numbers("x", [1, 2, 3, 6])), by: step("scale"))
  #expect(abs(matrix.values.reduce(0, +)) < 1e-6)
  #expect(abs(matrix.values.reduce(0) { $0 + $1 * $1 } / 4 - 1) < 1e-6)
}

@Test func minMaxReachesFromZeroToOne() throws {
  let matrix = try transformed(
    table(numbers("x", [5, 3, 7])), by: step("scale", ["method": .text("minmax")]))
  #expect(matrix.values == [0.5, 0, 1])
}

@Test func robustScalingIgnoresAnOutlier() throws {
  let matrix = try transformed(
    table(numbers("x", [1, 2, 3, 4, 1e9])), by: step("scale", ["method": .text("robust")]))
  #expect(matrix.values.prefix(4) == [-1, -0.5, 0, 0.5])
}

@Test func aConstantColumnBecomesZero() throws {
  // The rounded mean of these is not 0.1, so that a deviation by formula would not be 0.
  let values = Array(repeating: 0.1, count: 10)
  for method in ["standard", "minmax", "robust"] {
    let matrix = try transformed(
      table(numbers("x", values)), by: step("scale", ["method": .text(method)]))
    #expect(matrix.values == Array(repeating: 0, count: 10), "\(method)")
  }
}

@Test func theMethodNoneChangesNothing() throws {
  let matrix = try transformed(
    table(numbers("x", [5, 3, 7])), by: step("scale", ["method": .text("none")]))
  #expect(matrix.values == [5, 3, 7])
}

@Test(arguments: ["standard", "minmax", "robust"])
func theColumnsOfATableShareOneScale(method: String) throws {
  let settings = step("scale", ["method": .text(method), "per": .text("table")])
  let apart = try transformed(
    table(numbers("x", [0, 1, 2]), numbers("y", [7, 3, 4])), by: settings)
  let together = try transformed(table(numbers("xy", [0, 7, 1, 3, 2, 4])), by: settings)
  #expect(zip(apart.values, together.values).allSatisfy { abs($0 - $1) < 1e-6 })
}

@Test func scalingLearnsFromTheTrainingRowsOnly() throws {
  let whole = table(numbers("x", [1, 1000, 3, -500]))
  let preprocessor = try FittedPreprocessor.fit(
    [step("scale", ["method": .text("minmax")])], to: whole, rows: [2, 0], acceptsMissing: false)
  #expect(try preprocessor.transform(whole, rows: [0, 2]).values == [0, 1])
}

@Test func missingValuesCountForNothingAndStayMissing() throws {
  let whole = table(numbers("x", [.nan, 0, 4]))
  let preprocessor = try fitted(
    [step("scale", ["method": .text("minmax")])], to: whole, acceptsMissing: true)
  let values = try preprocessor.transform(whole).values
  #expect(values[0].isNaN)
  #expect(values[1...] == [0, 1])
}

@Test(.enabled(if: PythonOracle.isAvailable))
func scalingAgreesWithScikitLearn() throws {
  var generator = SeededGenerator(seed: 11)
  let columns = (0..<4).map { _ in (0..<37).map { _ in 100 * generator.normal() + 7 } }
  let whole = Table(
    rowCount: 37, columns: columns.enumerated().map { numbers("x\($0)", $1) })
  let values = try ["standard", "minmax", "robust"].flatMap { method in
    try transformed(whole, by: step("scale", ["method": .text(method)])).values
  }
  let script = """
    import sys, numpy
    from sklearn.preprocessing import StandardScaler, MinMaxScaler, RobustScaler
    table = numpy.array([[float(v) for v in line.split()] for line in sys.stdin]).T
    for scaler in StandardScaler(), MinMaxScaler(), RobustScaler():
        print(*scaler.fit_transform(table).ravel())
    """
  let input = columns.map { $0.map(\.description).joined(separator: " ") }.joined(separator: "\n")
  let output = try PythonOracle.run(script, input: input)
  let expected = output.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
  try #require(expected.count == values.count)
  #expect(zip(values, expected).allSatisfy { abs(Double($0) - $1) < 1e-6 })
}
