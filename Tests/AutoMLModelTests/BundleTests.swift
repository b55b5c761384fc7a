import AutoMLModel
import Evaluation
import Foundation
import ModelExport
import PluginKit
import TestSupport
import Testing

private func bundle(_ id: String) throws -> ModelBundle {
  let file = packageRoot.appending(path: "Tests/ModelExportTests/Golden/\(id).safetensors")
  return try ModelBundle(decoding: Array(Data(contentsOf: file)))
}

@Test func anEnsembleScoresAsInTheProgram() throws {
  let ensemble = ModelBundle(
    ensembleOf: [
      .init(weight: 0.75, bundle: try bundle("quasi-svm")),
      .init(weight: 0.25, bundle: try bundle("extra-trees")),
    ], calibration: .temperature(TemperatureScaling(beta: 1.25)), pipeline: .object([]))
  let folder = try TemporaryFolder()
  let path = try folder.write(Data(ensemble.encoded()), to: "ensemble.safetensors")
  let run = try ProgramRun(
    "predict", path, "-", "--scores", "--probabilities",
    input: Data("height,width,colour\n0.5,-3.25,red\n,2,mauve\n".utf8))
  let predictions = try Classifier(path: path).predict(rows: [
    ["height": 0.5, "width": -3.25, "colour": "red"],
    ["height": nil, "width": 2, "colour": "mauve"],
  ])
  let lines = predictions.map { prediction in
    let numbers = prediction.scores.map(\.description) + prediction.probabilities.map(\.description)
    return ([prediction.label] + numbers).joined(separator: ",")
  }
  #expect(run.output.split(separator: "\n").dropFirst().map(String.init) == lines)
}

@Test func aModelOfAPluginInAnotherProcessIsRefusedByName() throws {
  var foreign = try bundle("linear-svm")
  foreign.pluginID = "lightgbm"
  let error = #expect(throws: ModelError.foreignPlugin("lightgbm")) {
    try Classifier(bytes: foreign.encoded())
  }
  let ensemble = ModelBundle(
    ensembleOf: [
      .init(weight: 0.5, bundle: try bundle("baseline")), .init(weight: 0.5, bundle: foreign),
    ],
    calibration: .temperature(TemperatureScaling(beta: 1)), pipeline: .object([]))
  #expect(throws: ModelError.foreignPlugin("lightgbm")) {
    try Classifier(bytes: ensemble.encoded())
  }
  #expect(
    error?.description
      == "the model is of the plugin 'lightgbm', which is no part of AutoMLModel: only the program "
      + "'automl' with that plugin can use it")
}
