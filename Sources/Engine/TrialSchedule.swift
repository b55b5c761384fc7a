import PipelineSpec
package import StudyStore

/// Hands out trials so that the number of workers, and of processes, changes nothing.
///
/// Trial t sees exactly the results of trials up to t - `parallel`: no worker claims it earlier. Trial 0 is the
/// baseline; ``PointSequence`` says what follows. What other processes finish comes in through the store.
package actor TrialSchedule {
  private let planner: TrialPlanner
  private let store: any TrialStore
  private let limits: RunLimits
  private let trials: Int
  /// Told of the trials that other processes finished.
  private let onNews: @Sendable (TrialRecord) async throws -> Void

  private var points: PointSequence
  private var cursor = 0
  private var waiting: [CheckedContinuation<Void, Never>] = []
  private var isPolling = false

  /// How long a worker that waits for other processes leaves the store alone.
  private static let pollingInterval = Duration.milliseconds(50)

  /// Prepares to hand out the trials of a store.
  ///
  /// - Parameters:
  ///   - planner: Makes plans of points.
  ///   - points: Where the trials lie; no result has been added to it yet.
  ///   - store: Where trials are claimed and finished.
  ///   - limits: Through which the search can be stopped.
  ///   - onNews: Told of each trial that another process finished.
  package init(
    planner: TrialPlanner, points: PointSequence, store: any TrialStore, limits: RunLimits,
    onNews: @escaping @Sendable (TrialRecord) async throws -> Void = { _ in }
  ) {
    self.planner = planner
    self.points = points
    self.store = store
    self.limits = limits
    self.onNews = onNews
    trials = planner.pipeline.search.trials
  }

  /// Takes in the trials that are finished already.
  ///
  /// - Returns: All of them, in the order of their numbers.
  /// - Throws: ``RunError`` if this program would have put them elsewhere; errors of the store.
  package func restore() throws -> [TrialRecord] {
    let (records, cursor) = try store.finished(since: 0)
    self.cursor = cursor
    for record in records { points.add(record) }
    if let trial = points.misplacedTrial() {
      throw RunError(
        "trial \(trial) of the study lies elsewhere than this program would put it: another build "
          + "began the study, and has to end it; --output DIR keeps both, --fresh starts anew")
    }
    return records.sorted { $0.number < $1.number }
  }

  /// The next trial for a worker, or nil when there is none left for it.
  package func next() async throws -> (plan: TrialPlan, claim: TrialClaim)? {
    while !limits.isCancelled {
      try await takeNews()
      // The baseline is cheap and waits for no clock.
      let last = limits.isOutOfTime ? 0 : min(lastTrial, points.lastReady)
      if let claim = try store.claim(through: last, by: .current) {
        if let plan = try begin(claim) { return (plan, claim) }
      } else if isFinished || limits.isOutOfTime {
        return nil
      } else {
        await wait()
      }
    }
    return nil
  }

  /// Takes in a finished trial and wakes the workers that may have waited for it.
  ///
  /// - Returns: Whether its result counts: not if another worker had taken the trial over.
  package func finish(_ claim: TrialClaim, _ record: TrialRecord) throws -> Bool {
    defer { wake() }
    guard try isKept(claim, record) else { return false }
    points.add(record)
    return true
  }

  private func isKept(_ claim: TrialClaim, _ record: TrialRecord) throws -> Bool {
    do {
      try store.finish(claim, record)
      return true
    } catch {
      guard error.problem == .claimLost(trial: claim.number) else { throw error }
      return false
    }
  }

  /// Gives a trial back that was not finished.
  package func release(_ claim: TrialClaim) throws { try store.release(claim) }

  /// Wakes all waiting workers: after a result, or because the run is over.
  package func wake() {
    let woken = waiting
    waiting = []
    for continuation in woken { continuation.resume() }
  }

  /// Whether every trial there can be is finished.
  package var isFinished: Bool { points.firstUnfinished > lastTrial }

  /// The trials that were begun and are not finished.
  package func unfinished() throws -> [Int] {
    try store.running().map(\.number).filter { $0 <= lastTrial }
  }

  private var lastTrial: Int { min(trials, points.lastPossible ?? trials) }

  /// The plan of a claimed trial, or nil if the space has no point for it.
  private func begin(_ claim: TrialClaim) throws -> TrialPlan? {
    var plan = planner.baseline()
    if claim.number > 0 {
      guard let point = points.point(of: claim.number) else {
        try store.discard([claim.number])
        return nil
      }
      plan = planner.plan(number: claim.number, point: point)
      plan.pruner = points.pruner(of: claim.number)
    }
    try store.begin(claim, model: plan.model, at: plan.point)
    return plan
  }

  private func takeNews() async throws {
    guard store.isShared else { return }
    let (records, cursor) = try store.finished(since: cursor)
    self.cursor = cursor
    for record in records where !points.isFinished(record.number) {
      points.add(record)
      try await onNews(record)
    }
  }

  /// Waits until a trial of this process is finished, or it is time to look at the store again.
  private func wait() async {
    if store.isShared, !isPolling {
      isPolling = true
      Task {
        try? await Task.sleep(for: Self.pollingInterval)
        self.isPolling = false
        self.wake()
      }
    }
    await withCheckedContinuation { waiting.append($0) }
  }
}
