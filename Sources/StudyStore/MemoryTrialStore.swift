package import PluginKit
import Synchronization

/// A store that lasts as long as the process.
package final class MemoryTrialStore: TrialStore {
  /// A trial that was claimed at least once.
  fileprivate struct Trial {
    /// Nil where nobody has the trial.
    var claim: TrialClaim?
    var since = 0.0
    var renewed = 0.0
    var model: String?
    var point: SearchPoint?
    var curves: [[EpochReport]] = []
    var log = ""
    var record: TrialRecord?
  }

  fileprivate struct Contents {
    var attributes: [String: JSONValue] = [:]
    var trials: [Int: Trial] = [:]
    var finished = FinishedLog()
    var claims = 0
  }

  package let isShared = false
  private let policy: ClaimPolicy
  private let contents = Mutex(Contents())

  package init(policy: ClaimPolicy = ClaimPolicy()) { self.policy = policy }

  package func attribute(_ name: String) -> JSONValue? {
    contents.withLock { $0.attributes[name] }
  }

  package func setAttributes(_ attributes: [(name: String, value: JSONValue)]) {
    contents.withLock { contents in
      for (name, value) in attributes { contents.attributes[name] = value }
    }
  }

  package func setBest(_ number: Int) {}

  package func close() {}
}

// MARK: Claims

extension MemoryTrialStore {
  package func claim(through last: Int, by worker: WorkerIdentity) -> TrialClaim? {
    contents.withLock { contents in
      for number in 0..<max(0, last + 1) where isFree(contents.trials[number]) {
        return take(number, worker, &contents)
      }
      return nil
    }
  }

  package func claim(_ numbers: ClosedRange<Int>, by worker: WorkerIdentity) -> [TrialClaim] {
    precondition(numbers.lowerBound >= 0, "trials \(numbers) are claimed")
    return contents.withLock { contents in
      let unfinished = numbers.filter { contents.trials[$0]?.record == nil }
      guard unfinished.allSatisfy({ isFree(contents.trials[$0]) }) else { return [] }
      return unfinished.map { take($0, worker, &contents) }
    }
  }

  package func begin(
    _ claim: TrialClaim, model: String, at point: SearchPoint
  ) throws(TrialStoreError) {
    try change(claim) { trial throws(TrialStoreError) in
      guard trial.point.map({ $0 == point }) ?? true, trial.model.map({ $0 == model }) ?? true
      else { throw TrialStoreError(path: nil, .pointDiffers(trial: claim.number)) }
      trial.model = model
      trial.point = point
    }
  }

  package func report(
    _ claim: TrialClaim, curves: [[EpochReport]], log: String
  ) throws(TrialStoreError) {
    try change(claim) { trial throws(TrialStoreError) in
      trial.curves = curves
      trial.log = log
    }
  }

  package func renewClaims(of worker: WorkerIdentity) {
    contents.withLock { contents in
      let claimed = contents.trials.filter { $0.value.claim?.worker == worker }
      for number in claimed.keys { contents.trials[number]?.renewed = policy.now() }
    }
  }

  package func release(_ claim: TrialClaim) {
    contents.withLock { contents in
      if contents.trials[claim.number]?.claim == claim {
        contents.trials[claim.number]?.claim = nil
      }
    }
  }

  private func isFree(_ trial: Trial?) -> Bool {
    guard let trial else { return true }
    guard trial.record == nil else { return false }
    return trial.claim.map { policy.isFree($0.worker, renewed: trial.renewed) } ?? true
  }

  private func take(
    _ number: Int, _ worker: WorkerIdentity, _ contents: inout Contents
  ) -> TrialClaim {
    var trial = contents.trials[number] ?? Trial()
    contents.claims += 1
    let claim = TrialClaim(number: number, worker: worker, serial: contents.claims)
    trial.claim = claim
    trial.since = policy.now()
    trial.renewed = trial.since
    trial.curves = []
    trial.log = ""
    contents.trials[number] = trial
    return claim
  }

  private func change(
    _ claim: TrialClaim, _ change: (inout Trial) throws(TrialStoreError) -> Void
  ) throws(TrialStoreError) {
    try contents.withLock { contents throws(TrialStoreError) in
      var trial = try contents.trial(of: claim)
      try change(&trial)
      contents.trials[claim.number] = trial
    }
  }
}

// MARK: Finished trials

extension MemoryTrialStore {
  package func finish(_ trials: [FinishedClaim]) throws(TrialStoreError) {
    try contents.withLock { contents throws(TrialStoreError) in
      for finished in trials { _ = try contents.trial(of: finished.claim) }
      for finished in trials {
        let number = finished.record.number
        contents.trials[number]?.record = finished.record
        contents.trials[number]?.claim = nil
        contents.finished.append(number)
      }
    }
  }

  package func discard(_ numbers: Set<Int>) {
    contents.withLock { contents in
      for number in numbers { contents.trials[number] = nil }
      contents.finished.remove(numbers)
    }
  }

  package func finished(since cursor: Int) -> (trials: [TrialRecord], cursor: Int) {
    contents.withLock { contents in
      let newer = contents.finished.numbers(since: cursor)
      return (newer.compactMap { contents.trials[$0]?.record }, contents.finished.cursor)
    }
  }

  package func load(_ number: Int) -> TrialRecord? {
    contents.withLock { $0.trials[number]?.record }
  }

  package func running() -> [RunningTrial] {
    contents.withLock { contents in
      contents.trials.filter { $0.value.record == nil }.sorted { $0.key < $1.key }.map {
        number, trial in
        RunningTrial(
          number: number, worker: trial.claim?.worker, since: trial.since, renewed: trial.renewed,
          isFree: isFree(trial), model: trial.model, point: trial.point, curves: trial.curves,
          log: trial.log)
      }
    }
  }
}

extension MemoryTrialStore.Contents {
  /// The trial of a claim, if it is still valid.
  fileprivate func trial(of claim: TrialClaim) throws(TrialStoreError) -> MemoryTrialStore.Trial {
    guard let trial = trials[claim.number], trial.claim == claim else {
      throw TrialStoreError(path: nil, .claimLost(trial: claim.number))
    }
    return trial
  }
}
