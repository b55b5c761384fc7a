import PluginKit
import Synchronization

/// Whether a run was told to stop, and until when it may go on.
///
/// A person's interruption and the end of the search's time reach running trials through it.
package final class RunLimits: Sendable {
  /// When the search has to end so that the refit and the files still fit into the time; nil for never.
  private let searchEnd = Mutex<ContinuousClock.Instant?>(nil)
  private let cancelled = Atomic<Bool>(false)

  package init() {}

  /// Stops the search: running trials end, the best so far is refitted and written.
  ///
  /// It may be called from a signal handler.
  package func cancel() { cancelled.store(true, ordering: .relaxed) }

  package var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

  /// Sets when the search has to end.
  func end(at instant: ContinuousClock.Instant?) { searchEnd.withLock { $0 = instant } }

  /// Whether the search's time is used up.
  var isOutOfTime: Bool {
    searchEnd.withLock { $0 }.map { ContinuousClock.now >= $0 } ?? false
  }

  /// Whether no further trial may start.
  var isOver: Bool { isCancelled || isOutOfTime }

  /// Why a running trial has to end now, or nil.
  var interruption: TrainingInterruption? {
    if isCancelled { return .cancelled }
    return isOutOfTime ? .outOfTime : nil
  }
}
