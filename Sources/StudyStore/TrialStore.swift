package import PluginKit

/// Where a study is kept: facts about it, and its trials.
///
/// A trial is claimed by a worker, begun at a point, and finished once. A claim holds for the lease of the
/// store and is renewed; a trial whose claim has run out, was released, or whose worker is known to be gone is
/// free again under the same number, and what its former worker still brings is refused. What is finished
/// never changes; it may be discarded, to be run again.
///
/// All methods may be called from any thread, and of stores that are shared from several processes at once.
///
/// - Throws: ``TrialStoreError``, by every method.
package protocol TrialStore: Sendable {
  /// Whether other processes can see the store.
  var isShared: Bool { get }

  // MARK: The study

  /// A fact about the study, or nil where none of that name was set.
  func attribute(_ name: String) throws(TrialStoreError) -> JSONValue?
  /// Sets facts about the study, all or none. They are certain to outlive a crash of the machine only after
  /// the next trial is finished; they outlive a crash of the program at once.
  func setAttributes(_ attributes: [(name: String, value: JSONValue)]) throws(TrialStoreError)

  // MARK: Claims

  /// Claims the lowest trial in `0...last` that is free.
  ///
  /// - Parameters:
  ///   - last: The highest number that may be claimed.
  ///   - worker: Who is going to run it; a worker may have several claims.
  /// - Returns: The claim, or nil where all are finished or claimed.
  /// - Throws: ``TrialStoreError``.
  func claim(through last: Int, by worker: WorkerIdentity) throws(TrialStoreError) -> TrialClaim?
  /// Claims trials that are run together.
  ///
  /// - Parameters:
  ///   - numbers: Consecutive trials, none of them negative.
  ///   - worker: Who is going to run them.
  /// - Returns: Claims of those that are not finished, ascending. Empty if one of them is claimed by a worker
  ///   that may be alive, or if all are finished.
  /// - Throws: ``TrialStoreError``.
  func claim(
    _ numbers: ClosedRange<Int>, by worker: WorkerIdentity
  ) throws(TrialStoreError) -> [TrialClaim]
  /// Notes where a claimed trial lies in the search space.
  func begin(_ claim: TrialClaim, model: String, at point: SearchPoint) throws(TrialStoreError)
  /// Notes how a claimed trial is doing, for those who look at a run in progress.
  ///
  /// - Parameters:
  ///   - claim: The trial's.
  ///   - curves: All epochs so far, by fit.
  ///   - log: The last lines that the trial wrote.
  /// - Throws: ``TrialStoreError``, also where the claim is lost.
  func report(
    _ claim: TrialClaim, curves: [[EpochReport]], log: String
  ) throws(TrialStoreError)
  /// Prolongs all claims of a worker, also those that have run out and that nobody took over.
  func renewClaims(of worker: WorkerIdentity) throws(TrialStoreError)
  /// Gives a trial back unfinished; nothing happens where the claim is lost already.
  func release(_ claim: TrialClaim) throws(TrialStoreError)

  // MARK: Finished trials

  /// Keeps finished trials, all or none; on return they are safe from a crash of the machine.
  ///
  /// - Throws: ``TrialStoreError/Problem/claimLost(trial:)`` if one of the claims is no longer valid.
  func finish(_ trials: [FinishedClaim]) throws(TrialStoreError)
  /// Forgets trials, whether finished or not, so that they can be claimed again.
  func discard(_ numbers: Set<Int>) throws(TrialStoreError)
  /// The trials that were finished by anybody since an earlier call of this method of this store.
  ///
  /// - Parameter cursor: What the earlier call returned; 0 gives all.
  /// - Returns: The trials by ascending number, and the cursor for the next call.
  /// - Throws: ``TrialStoreError``.
  func finished(
    since cursor: Int
  ) throws(TrialStoreError) -> (trials: [TrialRecord], cursor: Int)
  /// A finished trial, or nil if there is none of that number.
  func load(_ number: Int) throws(TrialStoreError) -> TrialRecord?
  /// The trials that were claimed and are not finished, by ascending number, also those that are free again.
  func running() throws(TrialStoreError) -> [RunningTrial]

  /// Notes which of equally good trials the study considers the best, so that other tools agree.
  func setBest(_ number: Int) throws(TrialStoreError)

  /// Ends the use of the store; the last one to do so leaves one file behind.
  func close() throws(TrialStoreError)
}

extension TrialStore {
  /// All finished trials in the order of their numbers.
  package func list() throws(TrialStoreError) -> [TrialRecord] {
    try finished(since: 0).trials
  }

  /// Sets one fact about the study.
  package func setAttribute(_ name: String, _ value: JSONValue) throws(TrialStoreError) {
    try setAttributes([(name, value)])
  }

  /// Keeps one finished trial.
  package func finish(_ claim: TrialClaim, _ record: TrialRecord) throws(TrialStoreError) {
    try finish([FinishedClaim(claim: claim, record: record)])
  }
}
