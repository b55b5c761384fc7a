import BuiltInPlugins
import Engine
import Evaluation
import ModelExport
import PluginKit
import TabularData
import TestSupport
import Testing

@Test func predictionsAreATableWithTheColumnsThatAreAskedFor() {
  let rows = ClassifiedRows(
    scores: ScoreMatrix(rowCount: 2, columnCount: 2, values: [0, 0, -1, 1.5]),
    calibration: .temperature(TemperatureScaling(beta: 1)))
  #expect(
    rows.csv(classes: ["a", "b, c"], scores: false, probabilities: false)
      == "prediction\na\n\"b, c\"\n")
  #expect(
    rows.csv(classes: ["a", "b\"c"], scores: true, probabilities: false)
      == "prediction,score_a,\"score_b\"\"c\"\na,0.0,0.0\n\"b\"\"c\",-1.0,1.5\n")
  #expect(
    rows.csv(classes: ["a", ""], scores: false, probabilities: true)
      .hasPrefix("prediction,probability_a,probability_\na,0.5,0.5\n\"\","))
}

@Test func theMostProbableClassIsPredictedAndTheLowerOneOfATie() {
  var generator = Seed(3).generator()
  var values = (0..<3_000).map { _ in Float((generator.normal() * 4).rounded() / 4) }
  values += [1, 1.0000001, 1]  // probabilities that round to the same number
  let rows = ClassifiedRows(
    scores: ScoreMatrix(rowCount: 1_001, columnCount: 3, values: values),
    calibration: .temperature(TemperatureScaling(beta: 1e-9)))
  for row in 0..<1_001 {
    let own = Array(rows.probabilities[3 * row..<3 * row + 3])
    #expect(own.firstIndex(of: own.max() ?? 0) == Int(rows.predicted[row]))
    #expect(abs(own.reduce(0, +) - 1) < 1e-12)
  }
}

@Test func aModelIsComparedWithTheLabelsOfATable() throws {
  let folder = try TemporaryFolder()
  let path = try folder.write(smallTable(), to: "table.csv")
  let classifier = try TabularClassifier(
    smallBundle("quasi-svm", table: path), registry: builtInPlugins())
  let evaluation = try classifier.evaluate(path)
  let reading = try classifier.bundle.schema.read(path)
  let predicted = try classifier.predict(reading.features).predicted
  let correct = zip(predicted, reading.labels ?? []).count { $0 == $1 }
  #expect(evaluation.rows == 24)
  #expect(evaluation.metrics[.accuracy] == Double(correct) / 24)
}

@Test func labelsThatTheModelDoesNotKnowAreNamed() throws {
  let folder = try TemporaryFolder()
  let classifier = try TabularClassifier(
    smallBundle("baseline", table: folder.write(smallTable(), to: "table.csv")),
    registry: builtInPlugins())
  func message(_ rows: String) throws -> String? {
    let path = try folder.write("height,width,colour\(rows)", to: "new.csv")
    return #expect(throws: TableError.self) { try classifier.evaluate(path) }?.description
      .replacing(path, with: "new.csv")
  }
  #expect(
    try message("\n1,2,red\n")
      == "new.csv: error: no column of labels, 'kind', to compare with")
  #expect(
    try message(",kind\n1,2,red,x\n1,2,red,w\n1,2,red,\n")
      == "new.csv: error: row 2 has the label 'w', which is no class of the model, and 1 more row "
      + "is like it; the classes are 'x', 'y' and 'z'")
  #expect(
    try message(",kind\n1,2,red,\n1,3,red,x\n")
      == "new.csv: error: row 1 has no label; the classes are 'x', 'y' and 'z'")
}
