package import HyperparameterSearch
import PipelineSpec
import PluginKit
package import StudyStore

/// Hands out trials so that the number of workers changes nothing.
///
/// Trial t sees exactly the results of trials up to t - `parallel`: a worker that asks earlier waits. The
/// points of the trials between are known to the sampler, their results are not, even where they are
/// there already. Trial 0 is the baseline; then follow the default settings of the entries in file order,
/// then what the sampler proposes.
package actor TrialSchedule {
  private let planner: TrialPlanner
  private let sampler: any Sampler
  private let store: any TrialStore
  private let limits: RunLimits
  /// What the sampler minimises; nil for a trial that is not complete.
  private let lossOf: @Sendable (TrialRecord) -> Double?
  private let trials: Int
  private let parallel: Int

  /// The points of trials 1, 2, …, as far as they are known; nil ends the search.
  private var points: [SearchPoint?] = []
  private var claims: [Int: TrialClaim] = [:]
  private var finished: [Int: TrialRecord] = [:]
  private var firstUnfinished = 0
  private var waiting: [CheckedContinuation<Void, Never>] = []
  /// Whether a limit or a person kept a trial from starting that there would have been.
  package private(set) var wasCutShort = false

  package init(
    planner: TrialPlanner, sampler: any Sampler, store: any TrialStore, limits: RunLimits,
    lossOf: @escaping @Sendable (TrialRecord) -> Double?
  ) {
    self.planner = planner
    self.sampler = sampler
    self.store = store
    self.limits = limits
    self.lossOf = lossOf
    trials = planner.pipeline.search.trials
    parallel = planner.pipeline.search.parallel
  }

  /// The next trial for a worker, or nil when there is none left.
  package func next() async throws -> TrialPlan? {
    guard let number = try claim() else { return nil }
    while !limits.endsBefore(trial: number), !isExhausted, number > 0,
      firstUnfinished <= number - parallel
    {
      await withCheckedContinuation { waiting.append($0) }
    }
    guard !limits.endsBefore(trial: number) else {
      wasCutShort = true
      return nil
    }
    guard number > 0 else { return planner.baseline() }
    return point(of: number).map { planner.plan(number: number, point: $0) }
  }

  /// Takes in a finished trial and wakes the workers that may have waited for it.
  package func finish(_ record: TrialRecord) throws {
    guard let claim = claims.removeValue(forKey: record.number) else {
      preconditionFailure("trial \(record.number) was never claimed")
    }
    try store.finish(claim, record)
    finished[record.number] = record
    while finished[firstUnfinished] != nil { firstUnfinished += 1 }
    wake()
  }

  /// Wakes all waiting workers: after a result, or because the run is over.
  package func wake() {
    let woken = waiting
    waiting = []
    for continuation in woken { continuation.resume() }
  }

  /// Whether the sampler has no further point: claimed trials after the last one will never be finished.
  private var isExhausted: Bool { points.last.map { $0 == nil } ?? false }

  private func claim() throws -> Int? {
    if isExhausted { return nil }
    guard let claim = try store.claim(through: trials, by: .current) else { return nil }
    claims[claim.number] = claim
    return claim.number
  }

  /// The point of a trial; points are found in the order of numbers, whoever asks first.
  private func point(of number: Int) -> SearchPoint? {
    while points.count < number {
      points.append(isExhausted ? nil : proposal(for: points.count + 1))
    }
    return points[number - 1]
  }

  private func proposal(for number: Int) -> SearchPoint? {
    let entries = planner.pipeline.models
    if number <= entries.count { return planner.defaultPoint(entries[number - 1]) }
    let seen = max(0, number - parallel)
    let history = (1...max(1, seen)).compactMap { finished[$0] }.filter { $0.number <= seen }
    return sampler.propose(
      number: number - entries.count - 1,
      history: history.map { record in
        Observation(
          number: record.number - entries.count - 1, point: record.point, loss: lossOf(record))
      },
      pending: points[min(seen, points.count)...].compactMap { $0 })
  }
}
