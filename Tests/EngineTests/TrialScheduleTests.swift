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

  init(count: Int = .max) { self.count = count }

  var calls: [Call] { state.withLock { $0 } }

  static func point(_ number: Int) -> SearchPoint {
    SearchPoint(entry: "centroids", coordinates: [.init("noise", .real(Double(number) / 1e3))])
  }

  func propose(number: Int, history: [Observation], pending: [SearchPoint]) -> SearchPoint? {
    state.withLock {
      $0.append(Call(number: number, seen: history.map(\.number), pending: pending))
    }
    return number < count ? Self.point(number) : nil
  }
}

/// A schedule over one entry, so that trial t is the sampler's proposal t - 2.
private func schedule(
  _ sampler: RecordingSampler, trials: Int, parallel: Int, limits: RunLimits = RunLimits()
) throws -> TrialSchedule {
  let study = try ToyStudy()
  let pipeline = try study.pipeline(
    search: "{trials: \(trials), parallel: \(parallel)}")
  return TrialSchedule(
    planner: TrialPlanner(pipeline: pipeline, registry: study.registry), sampler: sampler,
    store: MemoryTrialStore(), limits: limits, lossOf: { Double($0.number) })
}

private func record(_ plan: TrialPlan) -> TrialRecord {
  TrialRecord(
    number: plan.number, model: plan.model, plugin: plan.plugin.manifest.id, point: plan.point,
    parameters: plan.shown, outcome: .failed(reason: "not trained"), fitSeconds: 0)
}

/// Works off a schedule; a trial takes a few yields, more for some numbers.
private func work(_ schedule: TrialSchedule, _ started: NumberLog) async throws {
  while let plan = try await schedule.next() {
    started.append(plan.number)
    for _ in 0..<(plan.number * 7919 % 23) { await Task.yield() }
    try await schedule.finish(record(plan))
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
  #expect(await !schedule.wasCutShort)
}

@Test func aSpaceWithoutFurtherPointsEndsTheSearchForAllWorkers() async throws {
  let schedule = try schedule(RecordingSampler(count: 5), trials: 100, parallel: 4)
  let started = NumberLog()
  try await withThrowingTaskGroup(of: Void.self) { group in
    for _ in 0..<6 { group.addTask { try await work(schedule, started) } }
    try await group.waitForAll()
  }
  #expect(started.sorted == Array(0...6))
  #expect(await !schedule.wasCutShort)
}

@Test func aWorkerThatWaitsIsReleasedWhenTheRunIsStopped() async throws {
  let limits = RunLimits()
  let schedule = try schedule(RecordingSampler(), trials: 10, parallel: 1, limits: limits)
  let first = try await schedule.next()
  #expect(first?.number == 0)
  async let second = schedule.next()
  limits.cancel()
  await schedule.wake()
  #expect(try await second?.number == nil)
  #expect(await schedule.wasCutShort)
}

@Test func theBaselineStartsAlsoWhenTheTimeIsUp() async throws {
  let limits = RunLimits()
  limits.end(at: .now)
  let schedule = try schedule(RecordingSampler(), trials: 10, parallel: 4, limits: limits)
  #expect(try await schedule.next()?.number == 0)
  #expect(try await schedule.next()?.number == nil)
  #expect(await schedule.wasCutShort)
}

@Test func anEndThatWasNoticedStays() {
  let limits = RunLimits()
  #expect(!limits.isOver)
  limits.end(at: .now)
  #expect(limits.isOver)
  limits.end(at: .now + .seconds(3600))
  #expect(limits.isOver)
}
