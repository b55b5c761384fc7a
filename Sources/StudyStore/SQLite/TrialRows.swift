import Evaluation
import PluginKit

/// What a running or finished trial has in the tables besides its own row.
extension SQLiteConnection {
  func writeParameters(
    _ parameters: [OptunaParameter], trial id: Int
  ) throws(TrialStoreError) {
    for parameter in parameters {
      try rows(
        """
        INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json)
        VALUES (?, ?, ?, ?)
        """, .integer(id), .text(parameter.name), .real(parameter.value),
        .text(parameter.distribution.text))
    }
  }

  /// Writes the values by step over older ones.
  func writeIntermediateValues(
    _ values: [(step: Int, value: Double)], trial id: Int
  ) throws(TrialStoreError) {
    for (step, value) in values {
      let (stored, kind) = optunaForm(of: value)
      try rows(
        """
        INSERT INTO trial_intermediate_values
          (trial_id, step, intermediate_value, intermediate_value_type) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (trial_id, step)
          DO UPDATE SET intermediate_value = ?3, intermediate_value_type = ?4
        """, .integer(id), .integer(step), stored, .text(kind))
    }
  }

  func writeValue(_ value: Double, trial id: Int) throws(TrialStoreError) {
    let (stored, kind) = optunaForm(of: value)
    try rows(
      "INSERT INTO trial_values (trial_id, objective, value, value_type) VALUES (?, 0, ?, ?)",
      .integer(id), stored, .text(kind))
  }

  /// Writes an attribute over an older one of that name.
  func writeUserAttribute(
    _ name: String, _ value: JSONValue, trial id: Int
  ) throws(TrialStoreError) {
    try rows(
      """
      INSERT INTO trial_user_attributes (trial_id, "key", value_json) VALUES (?1, ?2, ?3)
      ON CONFLICT (trial_id, "key") DO UPDATE SET value_json = ?3
      """, .integer(id), .text(name), .text(value.writingAllNumbers.text))
  }

  /// Forgets what an earlier attempt at a trial reported.
  func removeReports(ofTrial id: Int) throws(TrialStoreError) {
    try rows("DELETE FROM trial_intermediate_values WHERE trial_id = ?", .integer(id))
    try rows(
      "DELETE FROM trial_user_attributes WHERE trial_id = ? AND \"key\" IN ('curves', 'log')",
      .integer(id))
  }

  /// An attribute of a trial, or nil where there is none of that name.
  func userAttribute(_ name: String, trial id: Int) throws(TrialStoreError) -> JSONValue? {
    try userAttributes(trial: id)[name]
  }

  /// The attributes of a trial.
  ///
  /// - Throws: ``TrialStoreError`` if one of them is no JSON.
  func userAttributes(trial id: Int) throws(TrialStoreError) -> [String: JSONValue] {
    var attributes: [String: JSONValue] = [:]
    let rows = try rows(
      "SELECT \"key\", value_json FROM trial_user_attributes WHERE trial_id = ?", .integer(id))
    for row in rows {
      guard let name = row[0].text, let json = row[1].text.flatMap({ try? JSONValue(parsing: $0) })
      else {
        throw TrialStoreError(
          path: path, .damaged("an attribute of a trial is not as it was written"))
      }
      attributes[name] = json.readingAllNumbers
    }
    return attributes
  }

  /// Where a trial lies in the search space, as far as it is known.
  func place(of id: Int) throws(TrialStoreError) -> (model: String?, point: SearchPoint?) {
    let attributes = try userAttributes(trial: id)
    return (attributes["model"]?.string, attributes["point"].flatMap(SearchPoint.init(json:)))
  }
}

/// A number as Optuna stores it: a column has no infinities and no NaN.
private func optunaForm(of value: Double) -> (value: SQLValue, kind: String) {
  if value.isNaN { return (.null, "NAN") }
  if value.isInfinite { return (.null, value > 0 ? "INF_POS" : "INF_NEG") }
  return (.real(value), "FINITE")
}

extension [[EpochReport]] {
  /// What Optuna shows as a trial's curve: for each epoch the mean over the fits that reached it.
  ///
  /// It is the accuracy on the monitor rows, or their loss where the study minimises; without such rows it is
  /// that of the training rows.
  func intermediateValues(of metric: Metric) -> [(step: Int, value: Double)] {
    var values: [Int: [Double]] = [:]
    for epoch in joined() {
      let value =
        metric.direction == .maximize
        ? epoch.monitorAccuracy ?? epoch.trainingAccuracy : epoch.monitorLoss ?? epoch.trainingLoss
      values[epoch.epoch, default: []].append(value)
    }
    return values.sorted { $0.key < $1.key }.map { step, values in
      (step, values.reduce(0, +) / Double(values.count))
    }
  }
}
