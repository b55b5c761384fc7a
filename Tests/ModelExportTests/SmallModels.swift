import BuiltInPlugins
import Evaluation
import Foundation
import ModelExport
import PluginKit
import Preprocessing
import TabularData
import TestSupport

/// The plugins with settings that give small models quickly.
let smallSettings: [(plugin: String, values: [String: ParameterValue])] = [
  ("baseline", [:]),
  ("extra-trees", ["trees": .integer(3)]),
  ("kernel-svm", ["loss": .text("hinge"), "multiclass": .text("one-vs-one")]),
  ("linear-svm", [:]),
  ("mlp-svm", ["hidden": .integers([5, 3]), "epochs": .integer(3)]),
  ("nearest-neighbours", [:]),
  ("quasi-svm", ["output_dim": .integer(17)]),
]

/// 24 rows of two numbers, one of them missing in places, and a category; three classes.
func smallTable() -> String {
  var text = "height,width,colour,kind\n"
  for row in 0..<24 {
    let height = row % 5 == 4 ? "" : "\(Double(row * 7 % 24) / 4)"
    let colour = ["red", "green", "blue, pale"][row * 5 % 3]
    text += "\(height),\(Double(row * row % 17) - 3.25),\"\(colour)\",\(["x", "y", "z"][row % 3])\n"
  }
  return text
}

/// Trains a small model of a plugin on the small table.
func smallBundle(_ id: String, table path: String) throws -> ModelBundle {
  let dataset = try Dataset.load(
    TableOptions(source: path, target: .name("kind")), splitBy: SplitPlan())
  let steps = ["impute", "scale", "one-hot"].map { id in
    StepSettings(
      id: id,
      values: ParameterValues(StepDeclaration.all.first { $0.id == id }?.parameters ?? []))
  }
  let rows = Array(0..<dataset.rowCount)
  let preprocessor = try FittedPreprocessor.fit(
    steps, to: dataset.features, rows: rows, acceptsMissing: false)
  let data = TrainingData(
    features: try preprocessor.transform(dataset.features), labels: dataset.labels,
    classCount: dataset.classes.count, columns: preprocessor.columns)
  let plugin = try smallPlugin(id)
  let values = smallSettings.first { $0.plugin == id }?.values ?? [:]
  let outcome = try plugin.train(
    data, parameters: ParameterValues(plugin.manifest.parameters, values),
    context: TrainingContext(studySeed: Seed(1), trialSeed: Seed(2)))
  return ModelBundle(
    schema: dataset.schema, preprocessing: preprocessor,
    calibration: .fit(
      .temperature, scores: try outcome.model.scores(for: data.features), labels: data.labels),
    pluginID: id, pluginVersion: plugin.manifest.version, state: outcome.model.state(),
    report: outcome.report,
    pipeline: .object([("seed", .integer(1)), ("target", .string("kind"))]))
}

/// A small model of a plugin, from a table that is removed afterwards.
func smallBundle(_ id: String) throws -> ModelBundle {
  let folder = try TemporaryFolder()
  return try smallBundle(id, table: folder.write(smallTable(), to: "table.csv"))
}

func smallPlugin(_ id: String) throws -> any ModelPlugin {
  guard let plugin = try builtInPlugins()[id] else { throw TrainingFailure("no plugin '\(id)'") }
  return plugin
}

/// The bytes of a safetensors file with this header and so many bytes of zeros after it.
func file(header: String, dataBytes: Int = 0) -> [UInt8] {
  let text = Array(header.utf8)
  let length = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
  return length + text + [UInt8](repeating: 0, count: dataBytes)
}

/// The header of a safetensors file as JSON.
func header(of bytes: [UInt8]) throws -> JSONValue {
  let length = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
  return try JSONValue(parsing: Array(bytes[8..<8 + length]))
}
