import PluginKit
import StudyStore
import Testing

private func record(_ number: Int) -> TrialRecord {
  TrialRecord(
    number: number, model: "m", plugin: "p", point: SearchPoint(entry: "m", coordinates: []),
    parameters: .object([]), outcome: .failed(reason: "no reason"), fitSeconds: 0)
}

@Test func numbersAreClaimedOnceAndTrialsListedInTheirOrder() {
  let store = MemoryTrialStore()
  #expect((0..<3).map { _ in store.claim() } == [0, 1, 2])
  store.finish(record(2))
  store.finish(record(0))
  #expect(store.list().map(\.number) == [0, 2])
  #expect(store.load(1)?.number == nil)
  #expect(store.load(2)?.number == 2)
}

@Test func workersThatClaimAtOnceGetDifferentNumbers() async {
  let store = MemoryTrialStore()
  let claimed = await withTaskGroup(of: [Int].self) { group in
    for _ in 0..<8 { group.addTask { (0..<50).map { _ in store.claim() } } }
    return await group.reduce(into: []) { $0 += $1 }
  }
  #expect(claimed.sorted() == Array(0..<400))
}

@Test func onlyACompleteTrialHasAResult() {
  for outcome in [TrialRecord.Outcome.failed(reason: "a"), .timeout(reason: "b")] {
    let record = TrialRecord(
      number: 1, model: "m", plugin: "p", point: SearchPoint(entry: "m", coordinates: []),
      parameters: .object([]), outcome: outcome, fitSeconds: 0)
    #expect(record.result?.modelBytes == nil)
  }
}
