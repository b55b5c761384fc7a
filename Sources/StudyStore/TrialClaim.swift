package import PluginKit

/// A worker's right to run a trial and to bring its result.
package struct TrialClaim: Sendable, Hashable {
  /// The trial's number.
  package let number: Int
  package let worker: WorkerIdentity
  /// Counts the claims of the study from 1: only a trial's newest claim is valid.
  package let serial: Int

  package init(number: Int, worker: WorkerIdentity, serial: Int) {
    self.number = number
    self.worker = worker
    self.serial = serial
  }
}

/// A finished trial and the claim under which it was run.
package struct FinishedClaim: Sendable {
  package let claim: TrialClaim
  package let record: TrialRecord

  /// Takes both.
  ///
  /// - Precondition: they are of the same trial.
  package init(claim: TrialClaim, record: TrialRecord) {
    precondition(
      claim.number == record.number, "a claim of \(claim.number) for trial \(record.number)")
    self.claim = claim
    self.record = record
  }
}

/// A trial that was claimed and is not finished.
package struct RunningTrial: Sendable {
  package let number: Int
  /// Who claimed it last; nil where the claim was released.
  package let worker: WorkerIdentity?
  /// When it was claimed last, in seconds since 1970.
  package let since: Double
  /// When that claim was last renewed, in seconds since 1970.
  package let renewed: Double
  /// Whether it may be claimed anew: its claim has run out or was released, or its worker is gone.
  package let isFree: Bool
  /// The name of its entry in `models:`; nil until it has begun.
  package let model: String?
  /// Where it lies in the search space; nil until it has begun.
  package let point: SearchPoint?
  /// All epochs that were reported so far, by fit.
  package let curves: [[EpochReport]]
  /// The last lines that it wrote.
  package let log: String

  package init(
    number: Int, worker: WorkerIdentity?, since: Double, renewed: Double, isFree: Bool,
    model: String?, point: SearchPoint?, curves: [[EpochReport]], log: String
  ) {
    self.number = number
    self.worker = worker
    self.since = since
    self.renewed = renewed
    self.isFree = isFree
    self.model = model
    self.point = point
    self.curves = curves
    self.log = log
  }
}

/// How long claims hold, and who is known to be gone.
package struct ClaimPolicy: Sendable {
  /// Seconds after its last renewal in which a claim holds.
  package let lease: Double
  /// The time in seconds since 1970.
  package let now: @Sendable () -> Double
  /// Whether a worker is known to be gone, so that its claims need not be waited out.
  package let isGone: @Sendable (WorkerIdentity) -> Bool

  package init(
    lease: Double = 30, now: @escaping @Sendable () -> Double = secondsSince1970,
    isGone: @escaping @Sendable (WorkerIdentity) -> Bool = { $0.isGone }
  ) {
    self.lease = lease
    self.now = now
    self.isGone = isGone
  }

  /// Whether a claim no longer keeps others from the trial.
  func isFree(_ worker: WorkerIdentity, renewed: Double) -> Bool {
    // A claim from the future was made under another clock: it would never run out.
    let age = now() - renewed
    return age > lease || age < -lease || isGone(worker)
  }
}
