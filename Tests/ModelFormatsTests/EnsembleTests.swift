import BuiltInPlugins
import Evaluation
import ModelExport
import ModelFormats
import PluginKit
import TabularData
import TestSupport
import Testing

@Test(.enabled(if: PythonOracle.isAvailable))
func anEnsembleLeavesAsOneGraph() throws {
  var runtime = try OnnxRuntime()
  let train = try runtime.folder.write(oddTable(hasStrangers: false), to: "train.csv")
  let test = try runtime.folder.write(oddTable(hasStrangers: true), to: "test.csv")
  let classifier = try ensemble(of: [2, 5, 9].map { SampleModel.all[$0] }, on: train)
  let table = try classifier.bundle.schema.read(test).features
  try runtime.add(classifier, ParityRows(classifier, rows: table))
  try runtime.add(classifier, ParityRows(drawnFor: classifier))
  for answer in try runtime.answers() {
    #expect(answer.complaint + answer.refusal == "")
    #expect(answer.wrongLabels == 0)
    #expect(answer.scoreError <= 1)
    #expect(answer.inputs.count == table.columns.count)
  }
}

@Test func anEnsembleLeavesAsC() throws {
  let folder = try TemporaryFolder()
  let train = try folder.write(oddTable(hasStrangers: false), to: "train.csv")
  let test = try folder.write(oddTable(hasStrangers: true), to: "test.csv")
  let classifier = try ensemble(of: [2, 5, 9].map { SampleModel.all[$0] }, on: train)
  let table = try classifier.bundle.schema.read(test).features
  let expected = try ParityRows(classifier, rows: table)
  let answers = try CProgram(exporting: classifier, expected).answers()
  #expect(answers.map { $0?.label } == expected.labels)
  for (row, answer) in answers.enumerated() {
    let probabilities = expected.probabilities[3 * row..<3 * row + 3]
    for (found, probability) in zip(answer?.probabilities ?? [], probabilities) {
      #expect(abs(found - probability) <= 1e-4, "row \(row)")
    }
  }
}

@Test(.enabled(if: PythonOracle.isAvailable))
func anEnsembleLeavesForCoreML() throws {
  let folder = try TemporaryFolder()
  let train = try folder.write(oddTable(hasStrangers: false), to: "train.csv")
  let test = try folder.write(oddTable(hasStrangers: true), to: "test.csv")
  let trees = SampleModel(
    plugin: "extra-trees", values: ["trees": .integer(7)], steps: ["impute", "one-hot"])
  let classifier = try ensemble(of: [SampleModel.all[4], SampleModel.all[5], trees], on: train)
  let table = try classifier.bundle.schema.read(test).features
  let rows = try ParityRows(classifier, rows: table)
  let files = try CoreMLFormat().files(for: classifier, rows: rows, named: "m.mlmodel")
  for answer in try CoreMLOracle.answers([(files[0].bytes, rows.json)]) {
    #expect(answer.complaint == "")
    #expect(answer.wrongLabels == 0)
    #expect(answer.probabilityError <= 1e-4)
  }
}

/// An ensemble of three models.
private func ensemble(of samples: [SampleModel], on path: String) throws -> TabularClassifier {
  let members = try samples.map { try $0.trained(on: path, target: "kind").bundle }
  let bundle = ModelBundle(
    ensembleOf: zip([0.5, 0.3, 0.2], members).map { ModelBundle.Member(weight: $0, bundle: $1) },
    calibration: .temperature(TemperatureScaling(beta: 1.25)), pipeline: .object([]))
  return try TabularClassifier(bundle, registry: builtInPlugins())
}
