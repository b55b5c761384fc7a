import BuiltInPlugins
import Evaluation
import ModelExport
import ModelFormats
import PluginKit
import Preprocessing
import TabularData
import TestSupport
import Testing

@Test(arguments: SampleModel.all)
func theDescriptionOfAModelComputesItsScores(sample: SampleModel) throws {
  let folder = try TemporaryFolder()
  let train = try folder.write(oddTable(hasStrangers: false), to: "train.csv")
  let test = try folder.write(oddTable(hasStrangers: true), to: "test.csv")
  let classifier = try sample.trained(on: train, target: "kind")
  let table = try classifier.bundle.schema.read(test).features
  let expected = try classifier.predict(table)
  let prediction = try PredictionGraph(classifier)
  #expect(prediction.columns.map(\.name) == table.columns.map(\.name))
  let values = try prediction.graph.evaluate(GraphRows(table))
  guard case .float32(let scores) = values[prediction.scores.node],
    case .float32(let probabilities) = values[prediction.probabilities.node]
  else { throw TrainingFailure("the graph gives no numbers") }
  for row in 0..<table.rowCount {
    let own = Array(expected.scores.row(row))
    let scale = max(1, own.map(abs).max() ?? 1)
    for (found, score) in zip(scores.row(row), own) {
      #expect(abs(found - score) <= 1e-5 * scale, "row \(row)")
    }
  }
  for (found, probability) in zip(probabilities.values, expected.probabilities) {
    #expect(abs(Double(found) - probability) <= 1e-4)
  }
}

@Test func featuresAreThoseOfTheProgramToTheBit() throws {
  let folder = try TemporaryFolder()
  let train = try folder.write(oddTable(hasStrangers: false), to: "train.csv")
  let test = try folder.write(oddTable(hasStrangers: true), to: "test.csv")
  for sample in SampleModel.all {
    let classifier = try sample.trained(on: train, target: "kind")
    let table = try classifier.bundle.schema.read(test).features
    let graph = try PredictionGraph(classifier).graph
    let place = try #require(
      graph.nodes.firstIndex { if case .rounded = $0.operation { true } else { false } })
    guard case .float32(let features) = try graph.evaluate(GraphRows(table))[place] else {
      throw TrainingFailure("the graph gives no features")
    }
    let expected = try classifier.bundle.preprocessing.transform(table)
    #expect(
      features.values.map(\.bitPattern) == expected.values.map(\.bitPattern),
      "\(sample.testDescription)")
  }
}

@Test func drawnRowsHaveGapsAndStrangersWhereTheModelTakesThem() throws {
  let folder = try TemporaryFolder()
  let path = try folder.write(oddTable(hasStrangers: false), to: "train.csv")
  let tolerant = try SampleModel.all[2].trained(on: path, target: "kind")
  let rows = try ParityRows(drawnFor: tolerant)
  #expect(rows.table.rowCount == 100)
  #expect(Set(rows.labels).count > 1)
  #expect(rows.table.columns.allSatisfy { $0.hasGaps })
  #expect(try ParityRows(drawnFor: tolerant) == rows)

  let complete = try folder.write(
    "x,tint,kind\n1,red,a\n2,blue,b\n3,red,a\n4,blue,b\n", to: "t.csv")
  let strict = try SampleModel(
    plugin: "linear-svm", steps: ["one-hot"], stepValues: ["one-hot.unseen": .text("error")]
  ).trained(on: complete, target: "kind")
  #expect(try ParityRows(drawnFor: strict).table.columns.allSatisfy { !$0.hasGaps })
}

@Test func probabilitiesByCurvesAreRefused() throws {
  let folder = try TemporaryFolder()
  let path = try folder.write(oddTable(hasStrangers: false), to: "train.csv")
  let classifier = try SampleModel.all[2].trained(on: path, target: "kind")
  let table = try classifier.bundle.schema.read(path).features
  var bundle = classifier.bundle
  bundle.calibration = .fit(
    .platt, scores: try classifier.predict(table).scores,
    labels: (0..<table.rowCount).map { Int32($0 % 3) })
  let curved = try TabularClassifier(bundle, registry: builtInPlugins())
  let reason =
    "the model's probabilities follow curves of each class' margin, which no other format holds: "
    + "a run with calibration: temperature gives a model that can be exported"
  #expect(throws: ModelFormatError(reason)) { try PredictionGraph(curved) }
}

extension Column {
  fileprivate var hasGaps: Bool {
    switch values {
    case .numeric(let numbers): numbers.contains(where: \.isNaN)
    case .categorical(let codes, _): codes.contains { $0 < 0 }
    }
  }
}
