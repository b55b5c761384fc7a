import PluginKit

/// What the table of trials says about one.
struct TrialRow: Sendable {
  let id: Int
  let isFinished: Bool
  /// When it was claimed first, in seconds since 1970.
  let start: Double
}

/// A claim as it is stored.
struct StoredClaim: Sendable {
  let claim: TrialClaim
  /// When it was made, in seconds since 1970.
  let since: Double
  /// When it was last renewed, in seconds since 1970.
  let renewed: Double
}

/// A moment that SQLite understands, in the form in which Optuna's library reads it.
private func moment(_ parameter: String) -> String {
  "strftime('%Y-%m-%d %H:%M:%f', \(parameter), 'unixepoch') || '000'"
}

/// The seconds since 1970 of a column that was written as ``moment(_:)``.
private func seconds(_ column: String) -> String {
  "CAST(strftime('%s', \(column)) AS REAL) + CAST('0' || substr(\(column), 20) AS REAL)"
}

// MARK: Trials

extension SQLiteConnection {
  /// Trials by number.
  ///
  /// - Throws: ``TrialStoreError`` if two have the same number.
  func trialRows(in numbers: ClosedRange<Int>) throws(TrialStoreError) -> [Int: TrialRow] {
    let rows = try rows(
      """
      SELECT number, trial_id, state, \(seconds("datetime_start")) FROM trials
      WHERE study_id = 1 AND number BETWEEN ? AND ?
      """, .integer(numbers.lowerBound), .integer(numbers.upperBound))
    var trials: [Int: TrialRow] = [:]
    for row in rows {
      guard let number = row[0].integer, let id = row[1].integer, trials[number] == nil else {
        throw TrialStoreError(path: path, .damaged("two trials have the same number"))
      }
      trials[number] = TrialRow(
        id: id, isFinished: row[2] != .text("RUNNING"), start: row[3].number ?? 0)
    }
    return trials
  }

  /// A trial, or nil if there is none of that number.
  func trialRow(_ number: Int) throws(TrialStoreError) -> TrialRow? {
    try trialRows(in: number...number)[number]
  }

  /// Adds a trial that is running.
  ///
  /// - Returns: Its row id: the number plus 1 as Optuna would have it, if that is not in use.
  func insertTrial(_ number: Int, start: Double) throws(TrialStoreError) -> Int {
    let usual = number + 1
    let isTaken = try !rows("SELECT 1 FROM trials WHERE trial_id = ?", .integer(usual)).isEmpty
    let next = isTaken ? try rows("SELECT max(trial_id) + 1 FROM trials")[0][0].integer : usual
    guard let id = next else { preconditionFailure("a table with rows has no greatest row id") }
    try rows(
      """
      INSERT INTO trials (trial_id, number, study_id, state, datetime_start)
      VALUES (?, ?, 1, 'RUNNING', \(moment("?")))
      """, .integer(id), .integer(number), .real(start))
    return id
  }

  /// Notes how and when a trial ended.
  func endTrial(_ id: Int, state: String, at now: Double) throws(TrialStoreError) {
    try rows(
      "UPDATE trials SET state = ?2, datetime_complete = \(moment("?3")) WHERE trial_id = ?1",
      .integer(id), .text(state), .real(now))
  }

  /// Removes all that belongs to a trial, but not the trial.
  func removeContents(ofTrial id: Int) throws(TrialStoreError) {
    for table in StudyTables.ofTrials {
      try rows("DELETE FROM \(table) WHERE trial_id = ?", .integer(id))
    }
  }
}

// MARK: Claims

private let claimName = "automl:claim"

extension SQLiteConnection {
  /// The claims that are held, by row id of their trials.
  func claims() throws(TrialStoreError) -> [(trial: Int, claim: StoredClaim)] {
    let rows = try rows(
      "SELECT trial_id FROM trial_system_attributes WHERE \"key\" = ?", .text(claimName))
    var claims: [(trial: Int, claim: StoredClaim)] = []
    for id in rows.compactMap(\.first?.integer) {
      if let stored = try claim(ofTrial: id) { claims.append((id, stored)) }
    }
    return claims
  }

  /// The claim of a trial; nil where nobody has it.
  func claim(ofTrial id: Int) throws(TrialStoreError) -> StoredClaim? {
    let found = try rows(
      """
      SELECT a.value_json, t.number, \(seconds("h.heartbeat")) FROM trials t
      JOIN trial_system_attributes a ON a.trial_id = t.trial_id AND a."key" = ?2
      LEFT JOIN trial_heartbeats h ON h.trial_id = t.trial_id WHERE t.trial_id = ?1
      """, .integer(id), .text(claimName))
    guard let row = found.first else { return nil }
    guard let json = row[0].text.flatMap({ try? JSONValue(parsing: $0) }),
      let number = json["number"]?.integer, .integer(number) == row[1],
      let serial = json["serial"]?.integer, let host = json["host"]?.string,
      let process = json["process"]?.integer.flatMap(Int32.init(exactly:)),
      let start = json["process_start"]?.string, let since = json["since"]?.number,
      let renewed = row[2].number
    else {
      throw TrialStoreError(
        path: path, .damaged("the claim of a running trial is not as it was written"))
    }
    let worker = WorkerIdentity(host: host, process: process, processStart: start)
    return StoredClaim(
      claim: TrialClaim(number: number, worker: worker, serial: serial), since: since,
      renewed: renewed)
  }

  func writeClaim(_ stored: StoredClaim, trial id: Int) throws(TrialStoreError) {
    let claim = stored.claim
    let json = JSONValue.object([
      ("number", .integer(claim.number)), ("serial", .integer(claim.serial)),
      ("host", .string(claim.worker.host)), ("process", .integer(Int(claim.worker.process))),
      ("process_start", .string(claim.worker.processStart)), ("since", .number(stored.since)),
    ])
    try rows(
      """
      INSERT INTO trial_system_attributes (trial_id, "key", value_json) VALUES (?1, ?2, ?3)
      ON CONFLICT (trial_id, "key") DO UPDATE SET value_json = ?3
      """, .integer(id), .text(claimName), .text(json.text))
    try writeHeartbeat(stored.renewed, trial: id)
  }

  func writeHeartbeat(_ now: Double, trial id: Int) throws(TrialStoreError) {
    try rows(
      """
      INSERT INTO trial_heartbeats (trial_id, heartbeat) VALUES (?1, \(moment("?2")))
      ON CONFLICT (trial_id) DO UPDATE SET heartbeat = excluded.heartbeat
      """, .integer(id), .real(now))
  }

  func removeClaim(ofTrial id: Int) throws(TrialStoreError) {
    try rows(
      "DELETE FROM trial_system_attributes WHERE trial_id = ? AND \"key\" = ?", .integer(id),
      .text(claimName))
    try rows("DELETE FROM trial_heartbeats WHERE trial_id = ?", .integer(id))
  }

  /// Counts the claims of the study.
  func nextClaimSerial() throws(TrialStoreError) -> Int {
    let name = "automl:claims"
    let serial = (try fact(name, in: .system)?.integer ?? 0) + 1
    try writeFact(name, .integer(serial), in: .system)
    return serial
  }
}
