import BuiltInPlugins
import Evaluation
import Foundation
import ModelExport
import ModelFormats
import PluginKit
import Preprocessing
import TabularData
import TestSupport
import Testing

/// A plugin with settings, and the steps before it.
struct SampleModel: Sendable, CustomTestStringConvertible {
  let plugin: String
  var values: [String: ParameterValue] = [:]
  var steps: [String] = ["impute", "scale", "one-hot"]
  /// Values of steps by `step.parameter`.
  var stepValues: [String: ParameterValue] = [:]
  /// Whether rows have weights.
  var isWeighted = false

  var testDescription: String {
    "\(plugin) \(values.keys.sorted().map { "\($0)=\(values[$0].map { "\($0)" } ?? "")" }) "
      + steps.joined(separator: "+") + (isWeighted ? " weighted" : "")
  }

  /// All built-in plugins with their kinds of models, after several kinds of steps.
  static let all = [
    SampleModel(plugin: "baseline"),
    SampleModel(plugin: "linear-svm", steps: ["scale", "one-hot", "impute"]),
    SampleModel(
      plugin: "quasi-svm", values: ["output_dim": .integer(33)],
      stepValues: ["impute.indicator": .flag(true), "one-hot.unseen": .text("other")]),
    SampleModel(
      plugin: "quasi-svm", values: ["output_dim": .integer(64), "kernel": .text("laplacian")],
      steps: ["one-hot", "impute", "scale"],
      stepValues: ["scale.method": .text("minmax"), "scale.per": .text("table")]),
    SampleModel(
      plugin: "quasi-svm", values: ["output_dim": .integer(21), "kernel": .text("glorot-normal")],
      stepValues: ["impute.categorical": .text("constant"), "one-hot.max_categories": .integer(2)]),
    SampleModel(
      plugin: "kernel-svm", values: ["loss": .text("hinge"), "multiclass": .text("one-vs-one")]),
    SampleModel(
      plugin: "kernel-svm", values: ["kernel": .text("laplacian")],
      stepValues: ["scale.method": .text("robust")]),
    SampleModel(plugin: "mlp-svm", values: ["hidden": .integers([5, 3]), "epochs": .integer(3)]),
    SampleModel(
      plugin: "mlp-svm",
      values: [
        "hidden": .integers([4]), "epochs": .integer(3), "output": .text("softmax"),
        "activation": .text("linear"),
      ]),
    SampleModel(plugin: "nearest-neighbours"),
    SampleModel(
      plugin: "nearest-neighbours",
      values: ["weighting": .text("distance"), "neighbours": .integer(3)], isWeighted: true),
    SampleModel(
      plugin: "nearest-neighbours",
      values: [
        "weighting": .text("distance"), "distance": .text("manhattan"),
        "neighbours": .integer(200),
      ]),
    SampleModel(
      plugin: "extra-trees", values: ["trees": .integer(7)], steps: ["one-hot"],
      stepValues: ["one-hot.unseen": .text("other")]),
  ]

  /// Trains the model on a table.
  func trained(on path: String, target: String) throws -> TabularClassifier {
    let dataset = try Dataset.load(
      TableOptions(source: path, target: .name(target)), splitBy: SplitPlan())
    guard let plugin = try builtInPlugins()[plugin] else {
      throw TrainingFailure("no plugin '\(plugin)'")
    }
    let preprocessor = try FittedPreprocessor.fit(
      steps.map(settings), to: dataset.features, rows: Array(0..<dataset.rowCount),
      acceptsMissing: plugin.manifest.capabilities.missingValues)
    let weights = isWeighted ? (0..<dataset.rowCount).map { Float($0 % 4) / 2 } : nil
    let data = TrainingData(
      features: try preprocessor.transform(dataset.features), labels: dataset.labels,
      classCount: dataset.classes.count, weights: weights, columns: preprocessor.columns)
    let outcome = try plugin.train(
      data, parameters: ParameterValues(plugin.manifest.parameters, values),
      context: TrainingContext(studySeed: Seed(1), trialSeed: Seed(2)))
    let bundle = ModelBundle(
      schema: dataset.schema, preprocessing: preprocessor,
      calibration: .fit(
        .temperature, scores: try outcome.model.scores(for: data.features), labels: data.labels),
      pluginID: self.plugin, pluginVersion: plugin.manifest.version, state: outcome.model.state(),
      report: outcome.report, pipeline: .object([]))
    return try TabularClassifier(bundle, registry: builtInPlugins())
  }

  private func settings(_ id: String) -> StepSettings {
    let declarations = StepDeclaration.all.first { $0.id == id }?.parameters ?? []
    let own = stepValues.filter { $0.key.hasPrefix(id + ".") }
      .map { (String($0.key.dropFirst(id.count + 1)), $0.value) }
    return StepSettings(
      id: id, values: ParameterValues(declarations, Dictionary(uniqueKeysWithValues: own)))
  }
}

/// A table whose names and labels are hard to keep: blanks, quotes, dots, Unicode, names of outputs, labels
/// that look like numbers and truth values; with gaps in numbers and categories.
///
/// With strangers there are rows with categories that the other rows do not have, and rows of gaps only, in all
/// the ways in which gaps are written.
func oddTable(rows: Int = 60, hasStrangers: Bool) -> String {
  var text = "\"a \"\"b\"\" 'c'\",dots.x,Größe µ,label,scores,value_1,\"\",kind\n"
    .replacing("\"\",kind", with: "\"x,y\",kind")
  var generator = Seed(5).keyed("odd").generator()
  let tints = ["red", "blue, \"pale\"", "e\u{301}clair", "\u{e9}clair", "NULLS"]
  for row in 0..<rows {
    let kind = row % 3
    let wide = row % 7 == 3 ? "" : "\(Double(kind) * 1e5 + 1e6 + 100 * generator.normal())"
    let near = row % 11 == 5 ? "NA" : "\(Double(generator.index(below: 4)))"
    let tint = row % 9 == 2 ? "?" : tints[(row * 7 + kind) % tints.count]
    let quoted = "\"" + tint.replacing("\"", with: "\"\"") + "\""
    text +=
      "\(wide),\(generator.normal()),\(near),\(quoted),\(["p", "q"][row % 2]),\(row % 5),"
      + "\(generator.normal() + Double(kind)),\(["001", "yes", "no"][kind])\n"
  }
  guard hasStrangers else { return text }
  for gap in ["", "NA", "N/A", "NaN", "nan", "?", "null", "NULL", "None"] {
    text += "\(gap),\(gap),\(gap),\(gap),\(gap),\(gap),0.5,yes\n"
  }
  return text + "1e6,0,1,green,r,2,0,no\n1.2e6,1,0,\u{65}clair,q,1,1,001\n"
}
