import Evaluation
import PluginKit
import SystemFiles

extension SQLiteTrialStore {
  package func finish(_ trials: [FinishedClaim]) throws(TrialStoreError) {
    try use { state throws(TrialStoreError) in
      // Only here is it worth to wait for the disk; a claim that a crash takes back is claimed again.
      try state.connection.script("PRAGMA synchronous = FULL")
      defer { try? state.connection.script("PRAGMA synchronous = NORMAL") }
      try state.connection.transaction { () throws(TrialStoreError) in
        for finished in trials {
          let id = try valid(finished.claim, state.connection)
          try write(finished.record, trial: id, state)
        }
      }
      state.connection.emptyLongLog()
    }
  }

  private func write(
    _ record: TrialRecord, trial id: Int, _ state: State
  ) throws(TrialStoreError) {
    let connection = state.connection
    let (model, point) = try connection.place(of: id)
    guard model.map({ $0 == record.model }) ?? true, point.map({ $0 == record.point }) ?? true
    else { throw TrialStoreError(path: path, .pointDiffers(trial: record.number)) }
    try connection.removeContents(ofTrial: id)
    try connection.writeParameters(
      state.parameters?.parameters(model: record.model, of: record.point) ?? [], trial: id)
    let value = record.result?.validation[state.study.metric] ?? .nan
    if !value.isNaN { try connection.writeValue(value, trial: id) }
    try connection.writeIntermediateValues(
      record.curves.intermediateValues(of: state.study.metric), trial: id)
    for (name, value) in record.attributes {
      try connection.writeUserAttribute(name, value, trial: id)
    }
    try connection.endTrial(
      id, state: record.outcome.optunaState(hasValue: !value.isNaN), at: policy.now())
    let digest = try connection.digest(ofTrial: id, record)
    try connection.writeUserAttribute("digest", .string(digest), trial: id)
  }

  package func discard(_ numbers: Set<Int>) throws(TrialStoreError) {
    try change { state throws(TrialStoreError) in
      for number in numbers.sorted() {
        guard let row = try state.connection.trialRow(number) else { continue }
        try state.connection.removeContents(ofTrial: row.id)
        try state.connection.rows("DELETE FROM trials WHERE trial_id = ?", .integer(row.id))
      }
    }
    try use { state throws(TrialStoreError) in
      state.finished.remove(numbers)
      state.known.subtract(numbers)
    }
  }

  package func finished(
    since cursor: Int
  ) throws(TrialStoreError) -> (trials: [TrialRecord], cursor: Int) {
    try use { state throws(TrialStoreError) in
      let connection = state.connection
      let known = state.known
      let (new, records) = try connection.reading { () throws(TrialStoreError) in
        let rows = try connection.trialRows(in: 0...Int.max).filter { $0.value.isFinished }
        let new = Set(rows.keys).subtracting(known).sorted()
        var log = state.finished
        new.forEach { log.append($0) }
        var records: [TrialRecord] = []
        for number in log.numbers(since: cursor) {
          if let row = rows[number] { records.append(try connection.record(number, row)) }
        }
        return (new, records)
      }
      new.forEach { state.finished.append($0) }
      state.known.formUnion(new)
      return (records, state.finished.cursor)
    }
  }

  package func load(_ number: Int) throws(TrialStoreError) -> TrialRecord? {
    try use { state throws(TrialStoreError) in
      try state.connection.reading { () throws(TrialStoreError) in
        guard let row = try state.connection.trialRow(number), row.isFinished else { return nil }
        return try state.connection.record(number, row)
      }
    }
  }

  /// Gives the best trial the lowest row id among those that are equally good: Optuna takes that one.
  package func setBest(_ number: Int) throws(TrialStoreError) {
    try change { state throws(TrialStoreError) in
      let connection = state.connection
      guard let row = try connection.trialRow(number) else { return }
      let first = try connection.rows(
        """
        SELECT min(other.trial_id) FROM trial_values best JOIN trial_values other
        ON other.value IS best.value AND other.value_type = best.value_type
        WHERE best.trial_id = ?
        """, .integer(row.id)
      ).first?.first?.integer
      guard let first, first != row.id else { return }
      for (from, to) in [(first, -1), (row.id, first), (-1, row.id)] {
        for table in ["trials"] + StudyTables.ofTrials {
          try connection.rows(
            "UPDATE \(table) SET trial_id = ? WHERE trial_id = ?", .integer(to), .integer(from))
        }
      }
    }
  }
}

// MARK: Records

extension SQLiteConnection {
  /// The record of a finished trial.
  ///
  /// - Throws: ``TrialStoreError`` if anything of it is not as it was written.
  fileprivate func record(_ number: Int, _ row: TrialRow) throws(TrialStoreError) -> TrialRecord {
    let attributes = try userAttributes(trial: row.id)
    guard let digest = attributes["digest"]?.string else {
      throw TrialStoreError(
        path: path, .damaged("trial \(number) was not written by this program"))
    }
    guard let record = TrialRecord(number: number, attributes: attributes),
      try self.digest(ofTrial: row.id, record) == digest
    else {
      throw TrialStoreError(path: path, .damaged("trial \(number) is not as it was written"))
    }
    return record
  }

  /// A digest of a finished trial: of its record, and of what Optuna reads besides attributes, but for the
  /// ranges of parameters, which change with the study, and row ids.
  fileprivate func digest(
    ofTrial id: Int, _ record: TrialRecord
  ) throws(TrialStoreError) -> String {
    let queries = [
      "SELECT number, study_id, state, datetime_start, datetime_complete FROM trials",
      "SELECT param_name, param_value FROM trial_params",
      "SELECT objective, value, value_type FROM trial_values",
      "SELECT step, intermediate_value, intermediate_value_type FROM trial_intermediate_values",
    ]
    var text = record.json.writingAllNumbers.text
    for query in queries {
      for row in try rows("\(query) WHERE trial_id = ? ORDER BY 1", .integer(id)) {
        text += "\n" + row.map(\.digestText).joined(separator: "\t")
      }
    }
    return SHA256.hexDigest(of: Array(text.utf8))
  }
}

extension SQLValue {
  fileprivate var digestText: String {
    switch self {
    case .null: "null"
    case .integer(let value): "integer \(value)"
    case .real(let value): "real \(value.bitPattern)"
    case .text(let text): "text \(text)"
    }
  }
}

extension TrialRecord {
  /// The record as attributes with one value each where the leaderboard has a column for it; what there is
  /// nothing to say about is left out.
  fileprivate var attributes: [(name: String, value: JSONValue)] {
    (json.members ?? []).flatMap { name, value -> [(name: String, value: JSONValue)] in
      switch name {
      case "number": []
      case "validation": (value.members ?? []).map { ("validation.\($0.0)", $0.1) }
      case "validation_interval":
        zip(["low", "high"], value.array ?? []).map { ("validation_interval.\($0)", $1) }
      default: value == .null ? [] : [(name, value)]
      }
    }
  }

  /// Reads what ``attributes`` gave.
  fileprivate init?(number: Int, attributes: [String: JSONValue]) {
    let validation = Metric.allCases.compactMap { metric in
      attributes["validation.\(metric.rawValue)"].map { (metric.rawValue, $0) }
    }
    let interval = ["low", "high"].compactMap { attributes["validation_interval.\($0)"] }
    let others = attributes.map { ($0.key, $0.value) }
    self.init(
      json: .object(
        [
          ("number", .integer(number)), ("validation", .object(validation)),
          ("validation_interval", .array(interval)),
        ] + others))
  }
}

extension TrialRecord.Outcome {
  /// How the trial ended in Optuna's words; a complete trial has to have a value there.
  fileprivate func optunaState(hasValue: Bool) -> String {
    switch self {
    case .complete: hasValue ? "COMPLETE" : "FAIL"
    case .pruned: "PRUNED"
    case .failed, .timeout: "FAIL"
    }
  }
}
