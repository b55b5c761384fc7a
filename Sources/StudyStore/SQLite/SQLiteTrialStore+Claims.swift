package import PluginKit

extension SQLiteTrialStore {
  package func claim(
    through last: Int, by worker: WorkerIdentity
  ) throws(TrialStoreError) -> TrialClaim? {
    try change { state throws(TrialStoreError) in
      let rows = try state.connection.trialRows(in: 0...max(0, last))
      for number in 0..<max(0, last + 1) where try isFree(rows[number], state.connection) {
        return try take(number, rows[number], worker, state.connection)
      }
      return nil
    }
  }

  package func claim(
    _ numbers: ClosedRange<Int>, by worker: WorkerIdentity
  ) throws(TrialStoreError) -> [TrialClaim] {
    precondition(numbers.lowerBound >= 0, "trials \(numbers) are claimed")
    return try change { state throws(TrialStoreError) in
      let rows = try state.connection.trialRows(in: numbers)
      let unfinished = numbers.filter { !(rows[$0]?.isFinished ?? false) }
      for number in unfinished where try !isFree(rows[number], state.connection) { return [] }
      var claims: [TrialClaim] = []
      for number in unfinished {
        claims.append(try take(number, rows[number], worker, state.connection))
      }
      return claims
    }
  }

  package func begin(
    _ claim: TrialClaim, model: String, at point: SearchPoint
  ) throws(TrialStoreError) {
    try change { state throws(TrialStoreError) in
      let id = try valid(claim, state.connection)
      let (storedModel, storedPoint) = try state.connection.place(of: id)
      guard storedModel.map({ $0 == model }) ?? true, storedPoint.map({ $0 == point }) ?? true
      else { throw TrialStoreError(path: path, .pointDiffers(trial: claim.number)) }
      guard storedPoint == nil else { return }
      try state.connection.writeUserAttribute("model", .string(model), trial: id)
      try state.connection.writeUserAttribute("point", point.json, trial: id)
      try state.connection.writeParameters(
        state.parameters?.parameters(model: model, of: point) ?? [], trial: id)
    }
  }

  package func report(
    _ claim: TrialClaim, curves: [[EpochReport]], log: String
  ) throws(TrialStoreError) {
    try change { state throws(TrialStoreError) in
      let id = try valid(claim, state.connection)
      try state.connection.writeUserAttribute("curves", curves.curvesJSON, trial: id)
      try state.connection.writeUserAttribute("log", .string(log), trial: id)
      try state.connection.writeIntermediateValues(
        curves.intermediateValues(of: state.study.metric), trial: id)
    }
  }

  package func renewClaims(of worker: WorkerIdentity) throws(TrialStoreError) {
    try change { state throws(TrialStoreError) in
      for (id, stored) in try state.connection.claims() where stored.claim.worker == worker {
        try state.connection.writeHeartbeat(policy.now(), trial: id)
      }
    }
  }

  package func release(_ claim: TrialClaim) throws(TrialStoreError) {
    try change { state throws(TrialStoreError) in
      guard let row = try state.connection.trialRow(claim.number),
        try state.connection.claim(ofTrial: row.id)?.claim == claim
      else { return }
      try state.connection.removeClaim(ofTrial: row.id)
    }
  }

  package func running() throws(TrialStoreError) -> [RunningTrial] {
    try use { state throws(TrialStoreError) in
      try state.connection.reading { () throws(TrialStoreError) in
        let connection = state.connection
        var trials: [RunningTrial] = []
        let rows = try connection.trialRows(in: 0...Int.max).sorted { $0.key < $1.key }
        for (number, row) in rows where !row.isFinished {
          let stored = try connection.claim(ofTrial: row.id)
          let (model, point) = try connection.place(of: row.id)
          let curves = try connection.userAttribute("curves", trial: row.id)
          trials.append(
            RunningTrial(
              number: number, worker: stored?.claim.worker, since: stored?.since ?? row.start,
              renewed: stored?.renewed ?? row.start,
              isFree: stored.map { policy.isFree($0.claim.worker, renewed: $0.renewed) } ?? true,
              model: model, point: point,
              curves: curves.flatMap([[EpochReport]].init(curvesJSON:)) ?? [],
              log: try connection.userAttribute("log", trial: row.id)?.string ?? ""))
        }
        return trials
      }
    }
  }

  /// The row id of a claim's trial.
  ///
  /// - Throws: ``TrialStoreError/Problem/claimLost(trial:)`` if the claim is no longer valid.
  func valid(_ claim: TrialClaim, _ connection: SQLiteConnection) throws(TrialStoreError) -> Int {
    guard let row = try connection.trialRow(claim.number), !row.isFinished,
      try connection.claim(ofTrial: row.id)?.claim == claim
    else { throw TrialStoreError(path: path, .claimLost(trial: claim.number)) }
    return row.id
  }

  private func isFree(
    _ row: TrialRow?, _ connection: SQLiteConnection
  ) throws(TrialStoreError) -> Bool {
    guard let row else { return true }
    guard !row.isFinished else { return false }
    guard let stored = try connection.claim(ofTrial: row.id) else { return true }
    return policy.isFree(stored.claim.worker, renewed: stored.renewed)
  }

  private func take(
    _ number: Int, _ row: TrialRow?, _ worker: WorkerIdentity, _ connection: SQLiteConnection
  ) throws(TrialStoreError) -> TrialClaim {
    let now = policy.now()
    let id: Int
    if let row {
      id = row.id
      try connection.removeReports(ofTrial: id)
    } else {
      id = try connection.insertTrial(number, start: now)
    }
    let claim = TrialClaim(
      number: number, worker: worker, serial: try connection.nextClaimSerial())
    try connection.writeClaim(StoredClaim(claim: claim, since: now, renewed: now), trial: id)
    return claim
  }
}
