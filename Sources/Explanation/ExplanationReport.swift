package import Evaluation
package import PluginKit

/// What can be said about a run's best model and its search: the contents of `explanations.json`.
package struct ExplanationReport: Sendable, Equatable {
  package var metric: Metric
  /// The leaderboard's word for the model, and its trial.
  package var model: String
  package var trial: Int?
  /// The names of the classes in their order.
  package var classes: [String]
  /// What the rows that it was judged on are to it: `test`, `validation`, or `training` for those that it has
  /// learnt from.
  package var judgedOn: String
  /// How many they are.
  package var rowCount: Int
  package var importances: [FeatureImportance]
  package var partialDependence: [PartialDependence]
  package var worstErrors: [WorstError]
  package var learningCurve: [LearningCurvePoint]
  package var hyperparameters: [HyperparameterImportance]

  package init(
    metric: Metric, model: String, trial: Int?, classes: [String],
    judgedOn: String, rowCount: Int,
    importances: [FeatureImportance], partialDependence: [PartialDependence],
    worstErrors: [WorstError], learningCurve: [LearningCurvePoint],
    hyperparameters: [HyperparameterImportance]
  ) {
    self.metric = metric
    self.model = model
    self.trial = trial
    self.classes = classes
    self.judgedOn = judgedOn
    self.rowCount = rowCount
    self.importances = importances
    self.partialDependence = partialDependence
    self.worstErrors = worstErrors
    self.learningCurve = learningCurve
    self.hyperparameters = hyperparameters
  }

  package var json: JSONValue {
    .object([
      ("version", .integer(1)), ("metric", .string(metric.rawValue)), ("model", .string(model)),
      ("trial", trial.map { .integer($0) } ?? .null), ("judged_on", .string(judgedOn)),
      ("rows", .integer(rowCount)),
      ("repeats", .integer(importances.first?.losses.count ?? 0)),
      ("importances", .array(importances.map(\.json))),
      (
        "partial_dependence",
        .array(partialDependence.flatMap { $0.json(classes: classes) })
      ),
      ("worst_errors", .array(worstErrors.map { $0.json(classes: classes) })),
      ("learning_curve", .array(learningCurve.map(\.json))),
      ("hyperparameters", .array(hyperparameters.map(\.json))),
    ])
  }
}
