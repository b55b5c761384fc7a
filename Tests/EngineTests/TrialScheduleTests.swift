import Engine
import Evaluation
import HyperparameterSearch
import PipelineSpec
import PluginKit
import StudyStore
import Synchronization
import Testing

/// A sampler that notes what it is shown, and ends after a number of points.
private final class RecordingSampler: Sampler {
  struct Call: Sendable, Equatable {
    let number: Int
    let seen: [Int]
    let pending: [SearchPoint]
  }

  private let state = Mutex<[Call]>([])
  private let count: Int

  /// Moves all points.
  private let offset: Int

  init(count: Int = .max, offset: Int = 0) {
    self.count = count
    self.offset = offset
  }

  var calls: [Call] { state.withLock { $0 } }

  static func point(_ number: Int) -> SearchPoint {
    SearchPoint(entry: "centroids", coordinates: [.init("noise", .real(Double(number) / 1e3))])
  }

  func propose(number: Int, history: [Observation], pending: [SearchPoint]) -> SearchPoint? {
    state.withLock {
      $0.append(Call(number: number, seen: history.map(\.number), pending: pending))
    }
    return number < count ? Self.point(number + offset) : nil
  }
}

/// A schedule over one entry, so that trial t is the sampler's proposal t - 2.
private func schedule(
  _ sampler: RecordingSampler, trials: Int, parallel: Int, limits: RunLimits = RunLimits(),
  store: any TrialStore = MemoryTrialStore(policy: ClaimPolicy(lease: 3_600))
) throws -> TrialSchedule {
  let study = try ToyStudy()
  let pipeline = try study.pipeline(
    search: "{trials: \(trials), parallel: \(parallel)}")
  let planner = TrialPlanner(pipeline: pipeline, registry: study.registry)
  let points = PointSequence(
    planner: planner, segments: [StudySegment(firstTrial: 1, entryCount: 1)],
    sampler: { _ in sampler }, lossOf: { Double($0.number) })
  return TrialSchedule(planner: planner, points: points, store: store, limits: limits)
}

private func record(_ plan: TrialPlan) -> TrialRecord {
  TrialRecord(
    number: plan.number, model: plan.model, plugin: plan.plugin.manifest.id, point: plan.point,
    parameters: plan.shown, outcome: .failed(reason: "not trained"), fitSeconds: 0)
}

/// Works off a schedule; a trial takes a few yields, more for some numbers.
private func work(_ schedule: TrialSchedule, _ started: NumberLog) async throws {
  while let (plan, claim) = try await schedule.next() {
    started.append(plan.number)
    for _ in 0..<(plan.number * 7919 % 23) { await Task.yield() }
    #expect(try await schedule.finish(claim, record(plan)))
  }
  await schedule.wake()
}

/// Numbers that several tasks collect.
private final class NumberLog: Sendable {
  private let numbers = Mutex<[Int]>([])
  func append(_ number: Int) { numbers.withLock { $0.append(number) } }
  var sorted: [Int] { numbers.withLock { $0.sorted() } }
}

@Test(arguments: [1, 2, 7], [1, 3, 8])
func eachTrialSeesExactlyTheResultsUpToItselfLessParallel(
  workers: Int, parallel: Int
) async throws {
  let sampler = RecordingSampler()
  let schedule = try schedule(sampler, trials: 40, parallel: parallel)
  let started = NumberLog()
  try await withThrowingTaskGroup(of: Void.self) { group in
    for _ in 0..<workers { group.addTask { try await work(schedule, started) } }
    try await group.waitForAll()
  }
  #expect(started.sorted == Array(0...40))
  #expect(sampler.calls.map(\.number) == Array(0..<39))
  for call in sampler.calls {
    let trial = call.number + 2
    // Trial 1 is the default setting, which the sampler knows as its own number -1.
    let seen = trial - parallel >= 1 ? Array(1...trial - parallel) : []
    #expect(call.seen == seen.map { $0 - 2 })
    let pending = (max(1, trial - parallel + 1)..<trial).map { $0 - 2 }
    #expect(call.pending.map(\.entry) == pending.map { _ in "centroids" })
    #expect(
      call.pending.suffix(pending.filter { $0 >= 0 }.count)
        == pending.filter { $0 >= 0 }.map(RecordingSampler.point)[...])
  }
  #expect(await schedule.isFinished)
}

@Test func aSpaceWithoutFurtherPointsEndsTheSearchForAllWorkers() async throws {
  let schedule = try schedule(RecordingSampler(count: 5), trials: 100, parallel: 4)
  let started = NumberLog()
  try await withThrowingTaskGroup(of: Void.self) { group in
    for _ in 0..<6 { group.addTask { try await work(schedule, started) } }
    try await group.waitForAll()
  }
  #expect(started.sorted == Array(0...6))
  #expect(await schedule.isFinished)
}

@Test func aWorkerThatWaitsIsReleasedWhenTheRunIsStopped() async throws {
  let limits = RunLimits()
  let schedule = try schedule(RecordingSampler(), trials: 10, parallel: 1, limits: limits)
  let first = try await schedule.next()
  #expect(first?.plan.number == 0)
  async let second = schedule.next()
  limits.cancel()
  await schedule.wake()
  #expect(try await second == nil)
  #expect(await !schedule.isFinished)
}

@Test func theBaselineStartsAlsoWhenTheTimeIsUp() async throws {
  let limits = RunLimits()
  limits.end(at: .now)
  let schedule = try schedule(RecordingSampler(), trials: 10, parallel: 4, limits: limits)
  #expect(try await schedule.next()?.plan.number == 0)
  #expect(try await schedule.next() == nil)
  #expect(await !schedule.isFinished)
}

/// Two schedules over one store are two processes that share a study.
@Test func theResultOfAWorkerThatWasThoughtDeadIsNotKept() async throws {
  let store = MemoryTrialStore(policy: ClaimPolicy(isGone: { _ in true }))
  let slow = try schedule(RecordingSampler(), trials: 3, parallel: 4, store: store)
  let quick = try schedule(RecordingSampler(), trials: 3, parallel: 4, store: store)
  let lost = try #require(try await slow.next())
  let started = NumberLog()
  try await work(quick, started)
  #expect(started.sorted == [0, 1, 2, 3])
  #expect(try await !slow.finish(lost.claim, record(lost.plan)))
  #expect(try store.list().map(\.number) == [0, 1, 2, 3])
}

@Test func aStudyOfAnotherSamplerIsNotContinued() async throws {
  let store = MemoryTrialStore()
  try await work(
    try schedule(RecordingSampler(), trials: 9, parallel: 4, store: store), NumberLog())
  let same = try schedule(RecordingSampler(), trials: 12, parallel: 4, store: store)
  #expect(try await same.restore().map(\.number) == Array(0...9))
  let other = try schedule(RecordingSampler(offset: 1), trials: 12, parallel: 4, store: store)
  let error = await #expect(throws: RunError.self) { try await other.restore() }
  #expect(
    error?.description
      == "trial 9 of the study lies elsewhere than this program would put it: another build began the "
      + "study, and has to end it; --output DIR keeps both, --fresh starts anew")
}

@Test func anEndThatWasNoticedStays() {
  let limits = RunLimits()
  #expect(!limits.isOver)
  limits.end(at: .now)
  #expect(limits.isOver)
  limits.end(at: .now + .seconds(3600))
  #expect(limits.isOver)
}
