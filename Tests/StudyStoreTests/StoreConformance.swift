import PluginKit
import StudyStore
import TestSupport
import Testing

/// The kinds of stores, each of which has to pass the same tests.
enum StoreKind: String, CaseIterable, Sendable {
  case memory
  case sqlite

  /// A new store on a clock.
  func make(_ clock: ToyClock, _ folder: TemporaryFolder) throws -> any TrialStore {
    switch self {
    case .memory: MemoryTrialStore(policy: clock.policy)
    case .sqlite:
      try SQLiteTrialStore.create(
        folder.path("study.db"), smallStudy, policy: clock.policy)
    }
  }
}

/// What every store promises.
@Suite struct StoreConformance {
  let clock = ToyClock()
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: StoreKind.allCases) func attributesAreKept(kind: StoreKind) throws {
    let store = try kind.make(clock, folder)
    #expect(try store.attribute("a") == nil)
    try store.setAttributes([("a", .integer(1)), ("b", .object([("c", .array([.number(0.1)]))]))])
    try store.setAttribute("a", .null)
    #expect(try store.attribute("a") == .null)
    #expect(try store.attribute("b") == .object([("c", .array([.number(0.1)]))]))
  }

  // MARK: Claims

  @Test(arguments: StoreKind.allCases) func theLowestFreeTrialIsClaimed(kind: StoreKind) throws {
    let store = try kind.make(clock, folder)
    let claims = try (0..<4).map { _ in try store.claim(through: 2, by: worker(1)) }
    #expect(claims.map { $0?.number } == [0, 1, 2, nil])
    try store.release(try #require(claims[1]))
    try finish(try #require(claims[0]), in: store)
    let again = try #require(try store.claim(through: 2, by: worker(2)))
    #expect(again == TrialClaim(number: 1, worker: worker(2), serial: 4))
    #expect(try store.claim(through: -1, by: worker(1)) == nil)
  }

  @Test(arguments: StoreKind.allCases)
  func aBlockIsClaimedWholeOrNotAtAll(kind: StoreKind) throws {
    let store = try kind.make(clock, folder)
    #expect(try store.claim(2...5, by: worker(1)).map(\.number) == [2, 3, 4, 5])
    #expect(try store.claim(4...7, by: worker(2)).isEmpty)
    #expect(try store.claim(6...7, by: worker(2)).map(\.number) == [6, 7])
    #expect(try store.claim(through: 9, by: worker(2))?.number == 0)
  }

  @Test(arguments: StoreKind.allCases)
  func whatIsFinishedOfABlockIsNotClaimedAgain(kind: StoreKind) throws {
    let store = try kind.make(clock, folder)
    let claims = try store.claim(0...3, by: worker(1))
    try finish(claims[1], in: store)
    clock.kill(worker(1))
    #expect(try store.claim(0...3, by: worker(2)).map(\.number) == [0, 2, 3])
    #expect(try store.claim(1...1, by: worker(2)).isEmpty)
  }

  @Test(arguments: StoreKind.allCases)
  func aClaimHoldsForTheLeaseAfterItsRenewal(kind: StoreKind) throws {
    let store = try kind.make(clock, folder)
    _ = try store.claim(0...1, by: worker(1))
    clock.pass(29)
    #expect(try store.claim(through: 1, by: worker(2)) == nil)
    try store.renewClaims(of: worker(1))
    clock.pass(29)
    #expect(try store.claim(through: 1, by: worker(2)) == nil)
    clock.pass(2)
    #expect(
      try store.claim(through: 1, by: worker(2))
        == TrialClaim(number: 0, worker: worker(2), serial: 3))
    // Nobody took trial 1 over, so that its first worker may go on with it.
    try store.renewClaims(of: worker(1))
    #expect(try store.claim(through: 1, by: worker(3)) == nil)
  }

  @Test(arguments: StoreKind.allCases)
  func theTrialsOfAWorkerThatIsGoneAreFreeAtOnce(kind: StoreKind) throws {
    let store = try kind.make(clock, folder)
    _ = try store.claim(through: 5, by: worker(1))
    _ = try store.claim(through: 5, by: worker(2))
    clock.kill(worker(1))
    #expect(try store.claim(through: 5, by: worker(3))?.number == 0)
    #expect(try store.claim(through: 5, by: worker(3))?.number == 2)
  }

  @Test(arguments: StoreKind.allCases)
  func aClaimFromTheFutureIsNotWaitedFor(kind: StoreKind) throws {
    let store = try kind.make(clock, folder)
    _ = try store.claim(through: 0, by: worker(1))
    clock.pass(-3600)
    #expect(try store.claim(through: 0, by: worker(2))?.serial == 2)
  }

  @Test(arguments: StoreKind.allCases)
  func whatAFencedWorkerBringsIsRefused(kind: StoreKind) throws {
    let store = try kind.make(clock, folder)
    let late = try #require(try store.claim(through: 0, by: worker(1)))
    clock.pass(31)
    let other = try store.claim(3...4, by: worker(1))
    // The same worker can be fenced, too: it was suspended, and claimed anew.
    let new = try #require(try store.claim(through: 0, by: worker(1)))
    #expect(lostTrial { try finish(late, in: store) } == 0)
    #expect(lostTrial { try store.begin(late, model: "m", at: smallPoint(1)) } == 0)
    #expect(lostTrial { try store.report(late, curves: [], log: "") } == 0)
    // All or none: the valid claim's trial is not finished either.
    #expect(
      lostTrial {
        try store.finish(
          [other[0], late].map { FinishedClaim(claim: $0, record: smallRecord($0.number)) })
      } == 0)
    #expect(try store.list().isEmpty)
    try store.release(late)
    try finish(new, in: store)
    #expect(lostTrial { try finish(new, in: store) } == 0)
    #expect(try store.list().map(\.number) == [0])
  }

  @Test(arguments: StoreKind.allCases)
  func aReleasedClaimIsNotRenewed(kind: StoreKind) throws {
    let store = try kind.make(clock, folder)
    let claim = try #require(try store.claim(through: 0, by: worker(1)))
    try store.release(claim)
    try store.renewClaims(of: worker(1))
    #expect(try store.running().map(\.isFree) == [true])
    #expect(lostTrial { try finish(claim, in: store) } == 0)
  }

  @Test(arguments: StoreKind.allCases)
  func aTrialThatIsBegunAgainLiesAtTheSamePlace(kind: StoreKind) throws {
    let store = try kind.make(clock, folder)
    let first = try #require(try store.claim(through: 0, by: worker(1)))
    try store.begin(first, model: "deep", at: smallPoint(3))
    clock.kill(worker(1))
    let second = try #require(try store.claim(through: 0, by: worker(2)))
    do throws(TrialStoreError) {
      try store.begin(second, model: "deep", at: smallPoint(6))
      Issue.record("another point was taken")
    } catch {
      #expect(error.problem == .pointDiffers(trial: 0))
    }
    try store.begin(second, model: "deep", at: smallPoint(3))
  }

  // MARK: Trials

  @Test(arguments: StoreKind.allCases) func recordsComeBackAsTheyWere(kind: StoreKind) throws {
    let store = try kind.make(clock, folder)
    for number in 0..<21 {
      let claim = try #require(try store.claim(through: 99, by: worker(1)))
      try finish(claim, in: store)
      #expect(everything(in: try store.load(number)) == everything(in: smallRecord(number)))
    }
    #expect(try store.load(21)?.number == nil)
    #expect(
      try store.list().map { everything(in: $0) }
        == (0..<21).map { everything(in: smallRecord($0)) })
  }

  @Test(arguments: StoreKind.allCases) func finishedTrialsCanBeFollowed(kind: StoreKind) throws {
    let store = try kind.make(clock, folder)
    let claims = try store.claim(0...5, by: worker(1))
    for number in [3, 0] { try finish(claims[number], in: store) }
    let first = try store.finished(since: 0)
    #expect(first.trials.map(\.number) == [0, 3])
    #expect(try store.finished(since: first.cursor).trials.isEmpty)
    try store.finish([5, 1].map { .init(claim: claims[$0], record: smallRecord($0)) })
    let second = try store.finished(since: first.cursor)
    #expect(second.trials.map(\.number) == [1, 5])
    #expect(try store.finished(since: second.cursor).cursor == second.cursor)
    #expect(try store.list().map(\.number) == [0, 1, 3, 5])
  }

  @Test(arguments: StoreKind.allCases) func discardedTrialsAreFreeAgain(kind: StoreKind) throws {
    let store = try kind.make(clock, folder)
    let claims = try store.claim(0...3, by: worker(1))
    for claim in claims.dropLast() { try finish(claim, in: store) }
    try store.discard([1, 3, 9])
    #expect(try store.list().map(\.number) == [0, 2])
    #expect(lostTrial { try finish(claims[3], in: store) } == 3)
    #expect(try store.claim(through: 5, by: worker(1))?.number == 1)
    // The number is claimed by the same worker again, and still the old claim is another one.
    #expect(lostTrial { try finish(claims[1], in: store) } == 1)
    #expect(try store.claim(through: 5, by: worker(2))?.number == 3)
  }

  @Test(arguments: StoreKind.allCases) func runningTrialsCanBeLookedAt(kind: StoreKind) throws {
    let store = try kind.make(clock, folder)
    let claims = try store.claim(0...2, by: worker(1))
    try store.begin(claims[2], model: "deep", at: smallPoint(3))
    let curves = smallRecord(3).curves
    try store.report(claims[2], curves: [Array(curves[0].prefix(1))], log: "one")
    try store.report(claims[2], curves: curves, log: "two")
    clock.pass(10)
    try store.renewClaims(of: worker(1))
    try finish(claims[0], in: store)
    try store.release(claims[1])
    let running = try store.running()
    #expect(running.map(\.number) == [1, 2])
    #expect(running.map(\.isFree) == [true, false])
    #expect(running.map(\.worker) == [nil, worker(1)])
    #expect(running[1].point == smallPoint(3))
    #expect(running[1].model == "deep")
    #expect("\(running[1].curves)" == "\(curves)")
    #expect(running[1].log == "two")
    #expect(running[1].renewed - running[1].since == 10)
  }

  @Test(arguments: StoreKind.allCases)
  func workersThatClaimAtOnceGetDifferentTrials(kind: StoreKind) async throws {
    let store = try kind.make(clock, folder)
    let claimed = try await withThrowingTaskGroup(of: [Int].self) { group in
      for process in 1...8 {
        group.addTask {
          var numbers: [Int] = []
          while let claim = try store.claim(through: 99, by: worker(Int32(process))) {
            numbers.append(claim.number)
            try finish(claim, in: store)
          }
          return numbers
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(claimed.sorted() == Array(0..<100))
    #expect(try store.list().map(\.number) == Array(0..<100))
  }
}

/// Begins and finishes a trial with its small record.
private func finish(_ claim: TrialClaim, in store: any TrialStore) throws {
  let record = smallRecord(claim.number)
  try store.begin(claim, model: record.model, at: record.point)
  try store.finish(claim, record)
}

/// The trial whose claim was found lost.
private func lostTrial(_ body: () throws -> Void) -> Int? {
  do {
    try body()
  } catch let error as TrialStoreError {
    if case .claimLost(let trial) = error.problem { return trial }
  } catch {}
  return nil
}
