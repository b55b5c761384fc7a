package import Evaluation
package import PluginKit

/// Everything that is known about a finished trial.
package struct TrialRecord: Sendable {
  /// How a trial ended.
  package enum Outcome: Sendable {
    case complete(TrialResult)
    /// It could not be trained; the reason is the same in every run.
    case failed(reason: String)
    /// It was ended early because it could no longer win.
    case pruned(reason: String)
    /// It ran out of its own time.
    case timeout(reason: String)
  }

  /// 0 for the baseline, then counted on.
  package let number: Int
  /// The name of the entry in `models:`.
  package let model: String
  /// The id of the entry's plugin.
  package let plugin: String
  /// Where the trial lies in the search space.
  package let point: SearchPoint
  /// All parameters of the trial, with those of tuned preprocessing steps.
  package let parameters: JSONValue
  package let outcome: Outcome
  /// Seconds spent on training, all folds together.
  package let fitSeconds: Double
  /// The curves of each fit, in the order of the fits; empty for plugins without epochs.
  package let curves: [[EpochReport]]
  /// The last lines that the trial wrote; empty for most plugins.
  package let log: String

  package init(
    number: Int, model: String, plugin: String, point: SearchPoint, parameters: JSONValue,
    outcome: Outcome, fitSeconds: Double, curves: [[EpochReport]] = [], log: String = ""
  ) {
    self.number = number
    self.model = model
    self.plugin = plugin
    self.point = point
    self.parameters = parameters
    self.outcome = outcome
    self.fitSeconds = fitSeconds
    self.curves = curves
    self.log = log
  }

  /// The result, if the trial is complete.
  package var result: TrialResult? {
    if case .complete(let result) = outcome { result } else { nil }
  }
}

/// What a complete trial found out on the rows that judge it.
package struct TrialResult: Sendable {
  /// The value of every metric.
  package let validation: MetricValues
  /// The 95 % interval of the search metric.
  package let interval: ConfidenceInterval
  /// What turns scores into probabilities, fitted on the rows that judge the trial.
  package let calibration: Calibration
  package let trainableParameters: Int
  /// The size of the model's state, in bytes.
  package let modelBytes: Int
  package let predictMicrosecondsPerRow: Double
  /// The epoch that each fit found best; empty without early stopping.
  package let bestEpochs: [Int]
  /// How the training of each fit went.
  package let reports: [TrainingReport]

  package init(
    validation: MetricValues, interval: ConfidenceInterval, calibration: Calibration,
    trainableParameters: Int, modelBytes: Int, predictMicrosecondsPerRow: Double,
    bestEpochs: [Int], reports: [TrainingReport]
  ) {
    self.validation = validation
    self.interval = interval
    self.calibration = calibration
    self.trainableParameters = trainableParameters
    self.modelBytes = modelBytes
    self.predictMicrosecondsPerRow = predictMicrosecondsPerRow
    self.bestEpochs = bestEpochs
    self.reports = reports
  }
}
