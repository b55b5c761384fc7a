import PluginKit
import Synchronization

/// Whether a run was told to stop, and until when it may go on.
///
/// A person's interruption and the end of the search's time reach running trials through it.
package final class RunLimits: Sendable {
  /// When the search has to end so that the refit and the files still fit into the time; nil for never.
  private let searchEnd = Mutex<ContinuousClock.Instant?>(nil)
  private let cancelled = Atomic<Bool>(false)
  /// Set when the end was first noticed: an end that is moved afterwards brings no trial back.
  private let expired = Atomic<Bool>(false)

  package init() {}

  /// Stops the search: running trials end, the best so far is refitted and written.
  ///
  /// It may be called from a signal handler.
  package func cancel() { cancelled.store(true, ordering: .relaxed) }

  package var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

  /// Sets when the search has to end.
  package func end(at instant: ContinuousClock.Instant?) { searchEnd.withLock { $0 = instant } }

  /// Whether the search's time is used up; once it is, it stays so.
  var isOutOfTime: Bool {
    if expired.load(ordering: .relaxed) { return true }
    guard let end = searchEnd.withLock({ $0 }), ContinuousClock.now >= end else { return false }
    expired.store(true, ordering: .relaxed)
    return true
  }

  /// Whether no further trial may start.
  package var isOver: Bool { isCancelled || isOutOfTime }

  /// Whether a trial may not start any more: the baseline is cheap and waits for no clock.
  func endsBefore(trial number: Int) -> Bool { number == 0 ? isCancelled : isOver }

  /// Why a running trial has to end now, or nil.
  func interruption(ofTrial number: Int) -> TrainingInterruption? {
    if isCancelled { return .cancelled }
    return number > 0 && isOutOfTime ? .outOfTime : nil
  }
}
