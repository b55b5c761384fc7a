package import PluginKit

/// What is known about one trial, or about the ensemble of trials: a row of the leaderboard.
package struct LeaderboardEntry: Sendable, Equatable {
  /// How a trial ended.
  package enum Status: String, Sendable, CaseIterable {
    case complete
    case failed
    /// Ended early because it could no longer win.
    case pruned
    case timeout
  }

  /// The trial's number; the baseline is 0; nil for the ensemble, which is no trial.
  package let trial: Int?
  /// The name of the entry in the pipeline.
  package let model: String
  /// The id of the plugin.
  package let plugin: String
  package let status: Status
  /// Why the trial is not complete, the same in every run; nil for complete ones.
  package let reason: String?
  /// Metrics on validation rows, or out of fold; empty where there are none.
  package let validation: MetricValues
  /// The 95 % interval of the search metric on those rows.
  package let validationInterval: ConfidenceInterval?
  /// Metrics on the test rows; nil for what was not tested.
  package var test: MetricValues?
  /// How the entry compares with the best on the rows that judge both; nil for the best, and for what was not
  /// compared.
  package var comparison: PairedComparison?
  /// Whether it was chosen in place of the best, as the smallest that can't be told from it.
  package var isChosen = false
  /// An object with the hyperparameters.
  package let parameters: JSONValue
  /// What the ensemble is made of, the largest weight first; empty for trials.
  package let members: [EnsembleMember]
  /// How many numbers were learnt.
  package let trainableParameters: Int?
  /// Seconds that the fits of the trial took.
  package let fitSeconds: Double?
  /// Mean time to predict a row, in microseconds.
  package let predictMicrosecondsPerRow: Double?
  /// The size of the model's state.
  package let modelBytes: Int?

  package init(
    trial: Int?, model: String, plugin: String, status: Status, reason: String? = nil,
    validation: MetricValues = MetricValues(), validationInterval: ConfidenceInterval? = nil,
    test: MetricValues? = nil, parameters: JSONValue = .object([]),
    members: [EnsembleMember] = [], trainableParameters: Int? = nil, fitSeconds: Double? = nil,
    predictMicrosecondsPerRow: Double? = nil, modelBytes: Int? = nil
  ) {
    self.trial = trial
    self.model = model
    self.plugin = plugin
    self.status = status
    self.reason = reason
    self.validation = validation
    self.validationInterval = validationInterval
    self.test = test
    self.parameters = parameters
    self.members = members
    self.trainableParameters = trainableParameters
    self.fitSeconds = fitSeconds
    self.predictMicrosecondsPerRow = predictMicrosecondsPerRow
    self.modelBytes = modelBytes
  }
}
