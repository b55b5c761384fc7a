package import Evaluation
package import PluginKit

extension TrialRecord {
  /// Everything in the record; names are those of the leaderboard where it has one.
  package var json: JSONValue {
    var members: [(String, JSONValue)] = [
      ("number", .integer(number)), ("model", .string(model)), ("plugin", .string(plugin)),
      ("point", point.json), ("status", .string(outcome.status.rawValue)),
      ("reason", outcome.reason.map { .string($0) } ?? .null), ("parameters", parameters),
      ("fit_seconds", .number(fitSeconds)), ("curves", curves.curvesJSON), ("log", .string(log)),
    ]
    members += result?.members ?? []
    return .object(members)
  }

  /// Reads what ``json`` gave; nil if a member is missing or of another type.
  package init?(json: JSONValue) {
    guard let number = json["number"]?.integer, let model = json["model"]?.string,
      let plugin = json["plugin"]?.string, let point = json["point"].flatMap(SearchPoint.init),
      let parameters = json["parameters"], let outcome = Outcome(json: json),
      let fitSeconds = json["fit_seconds"]?.number,
      let curves = json["curves"].flatMap([[EpochReport]].init(curvesJSON:)),
      let log = json["log"]?.string
    else { return nil }
    self.init(
      number: number, model: model, plugin: plugin, point: point, parameters: parameters,
      outcome: outcome, fitSeconds: fitSeconds, curves: curves, log: log)
  }
}

extension TrialRecord.Outcome {
  /// The status on the leaderboard.
  package var status: LeaderboardEntry.Status {
    switch self {
    case .complete: .complete
    case .failed: .failed
    case .pruned: .pruned
    case .timeout: .timeout
    }
  }

  /// Why the trial is not complete; nil for complete ones.
  package var reason: String? {
    switch self {
    case .complete: nil
    case .failed(let reason), .pruned(let reason), .timeout(let reason): reason
    }
  }

  fileprivate init?(json: JSONValue) {
    guard let status = json["status"]?.string.flatMap(LeaderboardEntry.Status.init(rawValue:))
    else { return nil }
    if status == .complete {
      guard let result = TrialResult(json: json) else { return nil }
      self = .complete(result)
      return
    }
    guard let reason = json["reason"]?.string else { return nil }
    switch status {
    case .complete: return nil
    case .failed: self = .failed(reason: reason)
    case .pruned: self = .pruned(reason: reason)
    case .timeout: self = .timeout(reason: reason)
    }
  }
}

extension TrialResult {
  fileprivate var members: [(String, JSONValue)] {
    [
      ("validation", validation.json),
      ("validation_interval", .array([.number(interval.low), .number(interval.high)])),
      ("trainable_parameters", .integer(trainableParameters)),
      ("model_bytes", .integer(modelBytes)),
      ("predict_microseconds_per_row", .number(predictMicrosecondsPerRow)),
      ("calibration", calibration.trialJSON),
      ("best_epochs", .array(bestEpochs.map { .integer($0) })),
      ("reports", .array(reports.map(\.json))),
    ]
  }

  fileprivate init?(json: JSONValue) {
    guard let validation = json["validation"].flatMap(MetricValues.init(json:)),
      let ends = json["validation_interval"]?.array?.compactMap(\.number), ends.count == 2,
      let calibration = json["calibration"].flatMap(Calibration.init(trialJSON:)),
      let trainableParameters = json["trainable_parameters"]?.integer,
      let modelBytes = json["model_bytes"]?.integer,
      let predictTime = json["predict_microseconds_per_row"]?.number,
      let bestEpochs = json["best_epochs"]?.array, let reports = json["reports"]?.array
    else { return nil }
    self.init(
      validation: validation, interval: ConfidenceInterval(low: ends[0], high: ends[1]),
      calibration: calibration, trainableParameters: trainableParameters,
      modelBytes: modelBytes, predictMicrosecondsPerRow: predictTime,
      bestEpochs: bestEpochs.compactMap(\.integer),
      reports: reports.compactMap(TrainingReport.init(json:)))
    guard self.bestEpochs.count == bestEpochs.count, self.reports.count == reports.count else {
      return nil
    }
  }
}

extension Calibration {
  /// The factor of a temperature; of other calibrations what model files say.
  fileprivate var trialJSON: JSONValue {
    if case .temperature(let scaling) = self { .number(scaling.beta) } else { json }
  }

  fileprivate init?(trialJSON json: JSONValue) {
    self.init(json: json.number.map { .object([("inverse_temperature", .number($0))]) } ?? json)
  }
}

extension [[EpochReport]] {
  /// For each fit a list of epochs, each `[epoch, training loss, training accuracy, monitor loss, monitor
  /// accuracy]`.
  var curvesJSON: JSONValue { .array(map { .array($0.map(\.json)) }) }

  init?(curvesJSON json: JSONValue) {
    guard let fits = json.array else { return nil }
    self = []
    for fit in fits {
      guard let epochs = fit.array else { return nil }
      let reports = epochs.compactMap(EpochReport.init(json:))
      guard reports.count == epochs.count else { return nil }
      append(reports)
    }
  }
}

extension EpochReport {
  fileprivate var json: JSONValue {
    .array(
      [.integer(epoch), .number(trainingLoss), .number(trainingAccuracy)]
        + [monitorLoss, monitorAccuracy].map { $0.map { .number($0) } ?? .null })
  }

  fileprivate init?(json: JSONValue) {
    guard let values = json.array, values.count == 5, let epoch = values[0].integer,
      let loss = values[1].number, let accuracy = values[2].number
    else { return nil }
    self.init(
      epoch: epoch, trainingLoss: loss, trainingAccuracy: accuracy, monitorLoss: values[3].number,
      monitorAccuracy: values[4].number)
  }
}
