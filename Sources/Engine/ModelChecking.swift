package import ModelExport
import PipelineSpec
package import PluginKit
package import SVMCheck
import SystemFiles
import TabularData

extension CheckedModel {
  /// A model of this program with what its file says about it.
  ///
  /// - Parameters:
  ///   - bundle: The contents of the model's file.
  ///   - model: The loaded model.
  ///   - plugin: The plugin that trained it.
  package init(_ bundle: ModelBundle, model: any TrainedModel, plugin: any ModelPlugin) {
    let entry = bundle.pipeline["entry"]
    self.init(
      name: entry?["name"]?.string ?? bundle.pluginID, trial: entry?["trial"]?.integer,
      plugin: plugin,
      parameters: ParameterValues(
        plugin.manifest.parameters, stored: entry?["parameters"] ?? .null),
      studySeed: Seed(UInt64(max(0, bundle.pipeline["seed"]?.integer ?? 0))),
      trained: TrainingOutcome(model: model, report: bundle.report))
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
      guard let plugin = planner.registry[final.bundle.pluginID] else { continue }
      let subject = CheckedModel(
        final.bundle, model: try plugin.load(final.bundle.state), plugin: plugin)
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
