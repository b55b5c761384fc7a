import HyperparameterSearch
import PluginKit
import Testing

private func course(_ values: [Double], wasPruned: Bool = false) -> SuccessiveHalving.Course {
  SuccessiveHalving.Course(values: values, wasPruned: wasPruned)
}

/// A trial whose value is the same after each epoch.
private func flat(_ value: Double, epochs: Int, wasPruned: Bool = false)
  -> SuccessiveHalving.Course
{
  course(Array(repeating: value, count: epochs), wasPruned: wasPruned)
}

@Suite struct SuccessiveHalvingTests {
  @Test func aTrialGoesOnWithTheBetterHalf() {
    let earlier = (1...8).map { flat(Double($0), epochs: 10) }
    let pruner = SuccessiveHalving(earlier: earlier)
    // Nine with itself: the best five go on, so at most four others may be better.
    #expect(
      pruner.rungs == [
        .init(epoch: 4, least: 4, others: 8), .init(epoch: 8, least: 4, others: 8),
      ])
    #expect(pruner.rung(ending: 4, best: 4) == nil)
    #expect(pruner.rung(ending: 4, best: 3.9)?.others == 8)
    #expect(pruner.rung(ending: 5, best: 0) == nil)
    #expect(pruner.rung(ending: 8, best: .nan)?.epoch == 8)
  }

  @Test func fewEarlierTrialsEndNobody() {
    #expect(SuccessiveHalving(earlier: []).rungs.isEmpty)
    #expect(
      SuccessiveHalving(earlier: [flat(1, epochs: 30), flat(2, epochs: 30)]).rungs.isEmpty)
    #expect(
      SuccessiveHalving(earlier: (0..<9).map { flat(Double($0), epochs: 3) }).rungs.isEmpty)
  }

  @Test func equalValuesGoOnTogether() {
    let pruner = SuccessiveHalving(earlier: (0..<20).map { _ in flat(0.25, epochs: 30) })
    #expect(pruner.rungs.map(\.epoch) == [4, 8, 16])
    #expect(pruner.rungs.allSatisfy { pruner.rung(ending: $0.epoch, best: 0.25) == nil })
  }

  /// The best value so far counts, as trials keep the network of their best epoch.
  @Test func theBestSoFarCounts() {
    let earlier = (1...4).map { course([Double($0), 0, 0, 0]) }
    #expect(SuccessiveHalving(earlier: earlier).rungs == [.init(epoch: 4, least: 2, others: 4)])
  }

  @Test func trialsCountAtTheRungsThatTheyReachedOrEndedBefore() {
    let earlier =
      (1...4).map { flat(Double($0), epochs: 4, wasPruned: true) }
      + [flat(10, epochs: 5), flat(11, epochs: 8), flat(12, epochs: 8)]
    let rungs = SuccessiveHalving(earlier: earlier).rungs
    #expect(rungs.map(\.epoch) == [4, 8])
    #expect(rungs.map(\.others) == [7, 3])
    // Of eight at the first rung four go on, of four at the second two.
    #expect(rungs.map(\.least) == [4, 11])
  }

  @Test func valuesThatAreNoNumberAreNotCounted() {
    let earlier = [1, 2, .nan, 3].map { flat($0, epochs: 4) }
    #expect(SuccessiveHalving(earlier: earlier).rungs == [.init(epoch: 4, least: 2, others: 3)])
  }

  /// Whatever the order in which earlier trials ended.
  @Test func theOrderOfEarlierTrialsDoesNotMatter() {
    var generator = Seed(3).generator()
    let earlier = (0..<30).map { _ in
      course((0..<1 + generator.index(below: 40)).map { _ in generator.uniform() })
    }
    let rungs = SuccessiveHalving(earlier: earlier).rungs
    for _ in 0..<5 {
      #expect(SuccessiveHalving(earlier: generator.shuffled(earlier)).rungs == rungs)
    }
    #expect(rungs.map(\.epoch) == [4, 8, 16, 32])
  }

  /// A pruned trial tells the sampler more than one that failed: those that came furthest are better.
  @Test func theSamplerRanksPrunedTrialsByHowFarTheyCame() {
    let space = SearchSpace(entries: [
      .init(name: "m", dimensions: [SearchDimension(name: "x", domain: .real(0...1))])
    ])
    func history(_ isNear: (Double) -> Bool, pruned: Bool) -> [Observation] {
      (0..<40).map { number in
        let x = Double((number * 17) % 40) / 40
        return Observation(
          number: number, point: SearchPoint(entry: "m", coordinates: [.init("x", .real(x))]),
          loss: nil, pruned: pruned ? .init(epochs: isNear(x) ? 8 : 4, value: x) : nil)
      }
    }
    func meanProposal(_ history: [Observation]) -> Double {
      let points = (0..<100 as Range<UInt64>).map { seed in
        SamplerKind.tpe.sampler(space: space, seed: Seed(seed)).propose(
          number: 40, history: history, pending: [])?.number("x") ?? .nan
      }
      return points.reduce(0, +) / 100
    }
    // Eight came to the second rung, all of them near 0.1, although more accuracy is at 1.
    #expect(meanProposal(history({ $0 < 0.2 }, pruned: true)) < 0.2)
    #expect(meanProposal(history({ $0 >= 0.8 }, pruned: true)) > 0.8)
  }
}
