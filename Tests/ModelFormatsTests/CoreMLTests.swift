import ModelExport
import ModelFormats
import PluginKit
import TabularData
import TestSupport
import Testing

/// Models that Core ML can hold: no neighbours that vote, no marks of gaps, categories filled before they
/// are encoded.
private let samples =
  SampleModel.all.filter { sample in
    sample.plugin != "nearest-neighbours" && sample.stepValues["impute.indicator"] == nil
      && sample.steps.first == "impute"
  } + [
    SampleModel(
      plugin: "quasi-svm", values: ["output_dim": .integer(64), "kernel": .text("laplacian")],
      stepValues: ["one-hot.unseen": .text("other"), "scale.per": .text("table")]),
    SampleModel(
      plugin: "extra-trees", values: ["trees": .integer(7)], steps: ["impute", "one-hot"]),
  ]

@Test(.enabled(if: PythonOracle.isAvailable))
func coreMLModelsComputeWhatTheProgramComputes() throws {
  let folder = try TemporaryFolder()
  let train = try folder.write(oddTable(hasStrangers: false), to: "train.csv")
  let test = try folder.write(oddTable(hasStrangers: true), to: "test.csv")
  var models: [(model: [UInt8], parity: JSONValue)] = []
  var names: [String] = []
  for sample in samples {
    let classifier = try sample.trained(on: train, target: "kind")
    let table = try classifier.bundle.schema.read(test).features
    let rows = try ParityRows(classifier, rows: table)
    let files = try CoreMLFormat().files(for: classifier, rows: rows, named: "m.mlmodel")
    #expect(files.map(\.path) == ["m.mlmodel", "m.parity.json"])
    models.append((files[0].bytes, rows.json))
    names = table.columns.map(\.name)
  }
  let answers = try CoreMLOracle.answers(models)
  #expect(answers.count == samples.count)
  for (sample, answer) in zip(samples, answers) {
    let name = sample.testDescription
    #expect(answer.complaint == "", "\(name)")
    #expect(answer.wrongLabels == 0, "\(name)")
    #expect(answer.scoreError <= 1e-5, "\(name)")
    #expect(answer.probabilityError <= 1e-4, "\(name)")
    #expect(answer.inputs == names, "\(name)")
    #expect(answer.outputs == ["label_", "probabilities", "scores_"], "\(name)")
  }
}

@Test(arguments: [
  (
    SampleModel(plugin: "nearest-neighbours"),
    "Core ML has no layer that lets neighbours vote as nearest-neighbours does; onnx and c hold "
      + "such models"
  ),
  (
    SampleModel(plugin: "linear-svm", stepValues: ["impute.indicator": .flag(true)]),
    "Core ML has no stage that marks missing values: train without 'indicator: true' of impute"
  ),
  (
    SampleModel(plugin: "extra-trees", values: ["trees": .integer(3)], steps: ["one-hot"]),
    "Core ML has no stage that leaves the 0/1 columns of a missing category without values: "
      + "train with impute before one-hot"
  ),
])
func whatCoreMLCannotHoldIsRefused(sample: SampleModel, message: String) throws {
  let folder = try TemporaryFolder()
  let train = try folder.write(oddTable(hasStrangers: false), to: "train.csv")
  let classifier = try sample.trained(on: train, target: "kind")
  let rows = try ParityRows(drawnFor: classifier)
  let error = #expect(throws: ModelFormatError.self) {
    try CoreMLFormat().files(for: classifier, rows: rows, named: "m.mlmodel")
  }
  #expect(error?.description == message)
}
