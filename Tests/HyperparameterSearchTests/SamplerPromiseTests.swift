import HyperparameterSearch
import PluginKit
import Testing

/// What every sampler promises, over random spaces with conditions.
@Suite struct SamplerPromiseTests {
  @Test(arguments: SamplerKind.allCases, 0..<40 as Range<UInt64>)
  func proposesPointsOfTheSpaceAndNoneTwiceWhereItIsFinite(kind: SamplerKind, seed: UInt64) {
    let isFinite = seed % 2 == 0
    let objective = noise(.random(seed: seed, isFinite: isFinite))
    let trials = objective.search(kind, seed: seed, trials: 60, parallel: 4)
    #expect(trials.allSatisfy { objective.space.contains($0.point) })
    if isFinite { #expect(Set(trials.map(\.point)).count == trials.count) }
  }

  @Test(arguments: [SamplerKind.tpe, .random], 0..<20 as Range<UInt64>)
  func triesEveryPointOfAFiniteSpaceAndEnds(kind: SamplerKind, seed: UInt64) throws {
    let objective = noise(.random(seed: seed, isFinite: true))
    let cardinality = try #require(objective.space.cardinality)
    guard cardinality <= 300 else { return }
    let trials = objective.search(kind, seed: seed, trials: cardinality + 5, parallel: 8)
    #expect(trials.count == cardinality)
  }

  @Test(arguments: SamplerKind.allCases, 0..<10 as Range<UInt64>)
  func theSameArgumentsGiveTheSamePointInWhateverOrderPendingOnesCome(
    kind: SamplerKind, seed: UInt64
  ) {
    let objective = noise(.random(seed: seed, isFinite: false))
    let sampler = kind.sampler(space: objective.space, seed: Seed(seed))
    let trials = objective.search(kind, seed: seed + 100, trials: 40)
    let history = Array(trials.prefix(30))
    let pending = trials.dropFirst(30).map(\.point)
    var generator = SeededGenerator(seed: seed)
    let first = sampler.propose(number: 40, history: history, pending: pending)
    for _ in 0..<5 {
      let other = sampler.propose(
        number: 40, history: history, pending: generator.shuffled(pending))
      #expect(other == first)
    }
  }

  @Test(arguments: SamplerKind.allCases)
  func aPointThatSomeoneElseTriedIsNotProposed(kind: SamplerKind) {
    let space = SearchSpace(entries: [
      .init(name: "m", dimensions: [SearchDimension(name: "k", domain: .integer(1...4), steps: 4)])
    ])
    let tried = [1, 3].map { point("m", ["k": .integer($0)]) }
    let history = [Observation(number: 0, point: tried[0], loss: 0.5)]
    let sampler = kind.sampler(space: space, seed: Seed(3))
    let first = sampler.propose(number: 0, history: history, pending: [tried[1]])
    let second = sampler.propose(
      number: 1, history: history, pending: [tried[1]] + [first].compactMap(\.self))
    #expect(Set([first?.text, second?.text]) == ["m k=2", "m k=4"])
  }

  /// Values a person fixed as defaults may lie beyond the range that is searched.
  @Test(arguments: SamplerKind.allCases)
  func trialsOutsideOfTheSpaceAreTolerated(kind: SamplerKind) {
    let space = Objective.conditional.space
    let strange = [
      point("only", ["kernel": .text("rbf"), "gamma": .real(1e9), "degree": .integer(-4)]),
      point("only", ["kernel": .text("unknown"), "degree": .text("three")]),
      point("only", [:]), point("elsewhere", ["x": .real(.nan)]),
    ]
    let history = (0..<20).map {
      Observation(number: $0, point: strange[$0 % 4], loss: $0 % 3 == 0 ? .nan : 0.1)
    }
    let sampler = kind.sampler(space: space, seed: Seed(5))
    let proposal = sampler.propose(number: 0, history: history, pending: strange)
    #expect(proposal.map(space.contains) == true)
  }

  @Test(arguments: SamplerKind.allCases)
  func aSpaceWithoutEntriesHasNoPoints(kind: SamplerKind) {
    let sampler = kind.sampler(space: SearchSpace(entries: []), seed: Seed(1))
    #expect(sampler.propose(number: 0, history: [], pending: []) == nil)
    #expect(kind.proposalCount(in: SearchSpace(entries: [])) == 0)
  }

  /// Losses without any structure, many of them equal and every seventh missing.
  private func noise(_ space: SearchSpace) -> Objective {
    Objective(name: "noise", space: space, minimum: 0) { point in
      let bits = Seed(11).keyed(point.text).bits
      return bits % 7 == 0 ? nil : Double(bits % 5)
    }
  }

  private func point(_ entry: String, _ values: KeyValuePairs<String, ParameterValue>)
    -> SearchPoint
  {
    SearchPoint(entry: entry, coordinates: values.map { .init($0.key, $0.value) })
  }
}
