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
  let members = try [2, 5, 9].map { place in
    try SampleModel.all[place].trained(on: train, target: "kind").bundle
  }
  let bundle = ModelBundle(
    ensembleOf: zip([0.5, 0.3, 0.2], members).map { ModelBundle.Member(weight: $0, bundle: $1) },
    calibration: .temperature(TemperatureScaling(beta: 1.25)), pipeline: .object([]))
  let classifier = try TabularClassifier(bundle, registry: builtInPlugins())
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
