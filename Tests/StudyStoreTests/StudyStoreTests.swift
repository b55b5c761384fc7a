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
