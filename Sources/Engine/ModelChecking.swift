package import ModelExport
import PipelineSpec
package import PluginKit
package import SVMCheck
import Preprocessing
import SystemFiles
package import TabularData

/// Says whether a model is an SVM, and of an ensemble whether its members are.
///
/// - Parameters:
///   - classifier: The model.
///   - table: Labelled rows.
///   - path: Where they come from, for messages.
///   - registry: The plugins.
///   - rowLimit: The most rows that are looked at.
/// - Returns: A check of the model, or of the ensemble and then of each member.
/// - Throws: `TableError` for too few rows; what plugins throw.
package func checkReport(
  on classifier: TabularClassifier, _ table: LabelledTable, from path: String,
  registry: PluginRegistry, rowLimit: Int
) throws -> CheckReport {
  let seed = classifier.bundle.studySeed
  var checks: [ModelCheck] = []
  if !classifier.members.isEmpty {
    checks.append(ModelCheck(ensemble: "ensemble", memberCount: classifier.members.count))
  }
  var last: CheckedRows?
  for part in classifier.members.isEmpty ? [classifier] : classifier.members {
    guard let model = part.model, let plugin = registry[part.bundle.pluginID] else { continue }
    let data = TrainingData(
      features: try part.bundle.preprocessing.transform(table.features), labels: table.labels,
      classCount: part.classes.count, weights: table.weights,
      columns: part.bundle.preprocessing.columns)
    let rows = CheckedRows(data, classes: part.classes, limit: rowLimit, seed: seed)
    try rows.refuseFew(in: path)
    checks.append(
      try MachineCheck(rows, seed: seed).check(
        CheckedModel(part.bundle, model: model, plugin: plugin, studySeed: seed)))
    last = rows
  }
  guard let last else { preconditionFailure("a model without its plugin was loaded") }
  return CheckReport(rows: last, models: checks)
}

extension CheckedRows {
  /// Refuses a check that could say nothing.
  package func refuseFew(in path: String) throws(TableError) {
    guard count < 10 else { return }
    throw TableError(
      path: path,
      message: "a check needs at least 10 rows with a label and a weight over 0, found \(count)")
  }
}

extension ModelBundle {
  /// The seed of the study that the model comes from.
  fileprivate var studySeed: Seed { Seed(UInt64(max(0, pipeline["seed"]?.integer ?? 0))) }
}

extension CheckedModel {
  /// A model of this program with what its file says about it.
  fileprivate init(
    _ bundle: ModelBundle, model: any TrainedModel, plugin: any ModelPlugin, studySeed: Seed
  ) {
    let entry = bundle.pipeline["entry"]
    self.init(
      name: entry?["name"]?.string ?? bundle.pluginID, trial: entry?["trial"]?.integer,
      plugin: plugin,
      parameters: ParameterValues(
        plugin.manifest.parameters, stored: entry?["parameters"] ?? .null),
      studySeed: studySeed, trained: TrainingOutcome(model: model, report: bundle.report))
  }
}

extension Study {
  /// Says of the best model of each entry whether it is an SVM, on rows that are not test rows.
  ///
  /// - Parameter finals: The final models, the best first.
  /// - Returns: What a person should know: why there is no check, if it failed.
  /// - Throws: `FileError` if the result can't be written.
  func checkMachines(_ finals: [FinalModel]) throws -> [String] {
    try folder.removeSVMCheck()
    guard let limit = experiment.pipeline.svmCheckRows, !experiment.limits.isCancelled else {
      return []
    }
    let report = Result { try checkReport(finals, rowLimit: limit) }
    switch report {
    case .success(let report?):
      try folder.write(report.json.indentedText, to: RunFolder.svmCheckName)
      return []
    case .success(nil): return []
    case .failure(is TrainingInterruption):
      return ["there is no \(RunFolder.svmCheckName): the check was interrupted"]
    case .failure(let error): return ["there is no \(RunFolder.svmCheckName): \(error)"]
    }
  }

  private func checkReport(_ finals: [FinalModel], rowLimit: Int) throws -> CheckReport? {
    let limits = experiment.limits
    let seed = Seed(experiment.pipeline.seed)
    let training =
      experiment.pipeline.refit == .none ? rows.parts.fits[0].training : rows.searchRows
    var names: Set<String> = [TrialPlanner.baselineName]
    var checks: [ModelCheck] = []
    var last: CheckedRows?
    for final in finals {
      guard let plugin = planner.registry[final.bundle.pluginID] else {
        checks.append(ModelCheck(ensemble: "ensemble", memberCount: final.bundle.members.count))
        continue
      }
      let subject = CheckedModel(
        final.bundle, model: try plugin.load(final.bundle.state), plugin: plugin, studySeed: seed)
      guard names.insert(subject.name).inserted else { continue }
      let checked = CheckedRows(
        try rows.trainingData(training, final.bundle.preprocessing),
        classes: rows.dataset.classes, limit: rowLimit, seed: seed)
      let check = MachineCheck(checked, seed: seed) { limits.isCancelled ? .cancelled : nil }
      checks.append(try check.check(subject))
      last = checked
    }
    return last.map { CheckReport(rows: $0, models: checks) }
  }
}

/// The verdicts that a run's check came to: the name of each model, and a sentence.
///
/// - Returns: Nothing where there was no check.
package func svmVerdicts(ofRun path: String) -> [(model: String, sentence: String)] {
  guard let bytes = try? readFile(resolvedPath(RunFolder.svmCheckName, from: path)),
    let json = try? JSONValue(parsing: bytes)
  else { return [] }
  return (json["models"]?.array ?? []).compactMap { model in
    guard let name = model["name"]?.string, let sentence = model["verdict"]?["sentence"]?.string
    else { return nil }
    return (name, sentence)
  }
}
