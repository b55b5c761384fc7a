import HyperparameterSearch
import PluginKit
import Testing

/// The sampler's quality, as the mean over 30 seeds of 60 trials.
@Suite struct TreeParzenTests {
  /// Random search leaves at least 1.4 times the regret.
  @Test(
    arguments: [
      (Objective.bowl, 1), (.bowl, 8), (.entries, 8), (.plateau, 8), (.clear, 1), (.conditional, 8),
    ])
  func comesNearerToTheMinimumThanRandomSearch(objective: Objective, parallel: Int) {
    let regret = objective.meanRegret(.tpe, parallel: parallel)
    #expect(1.4 * regret < objective.meanRegret(.random), "\(objective.name): \(regret)")
  }

  @Test func moreTrialsGoToTheBetterEntryAndNoneStarves() {
    let trials = (0..<30).flatMap { seed in
      Objective.clear.search(.tpe, seed: seed, trials: 100, parallel: 8)
    }
    let shares = Objective.clear.space.entries.map { entry in
      Double(trials.count { $0.point.entry == entry.name }) / Double(trials.count)
    }
    #expect(shares[0] > 0.4)
    #expect(shares[1] > 0.1 && shares[2] > 0.1)
  }

  @Test func everyEntryIsTriedBeforeOneIsPreferred() {
    for seed in 0..<20 as Range<UInt64> {
      let trials = Objective.entries.search(.tpe, seed: seed, trials: 12, parallel: 8)
      for entry in Objective.entries.space.entries {
        #expect(trials.count { $0.point.entry == entry.name } == 4)
      }
    }
  }

  /// Half of the space fails; random search would go there every second time.
  @Test func failedTrialsKeepTheSearchAway() {
    let space = SearchSpace(entries: [
      .init(name: "m", dimensions: [SearchDimension(name: "x", domain: .real(0...1))])
    ])
    let objective = Objective(name: "half fails", space: space, minimum: 0) { point in
      let x = point.number("x")
      return x > 0.5 ? nil : abs(x - 0.25)
    }
    let late = (0..<30).flatMap { objective.search(.tpe, seed: $0, trials: 60).suffix(40) }
    let failures = late.count { $0.loss == nil }
    #expect(Double(failures) < 0.15 * Double(late.count))
  }

  /// Trials that run at the same time are not all sent to the same place.
  @Test func pendingPointsPushProposalsAway() {
    let space = SearchSpace(entries: [
      .init(name: "m", dimensions: [SearchDimension(name: "x", domain: .real(0...1))])
    ])
    let history = (0..<40).map { number in
      let x = Double(number) / 40
      return Observation(
        number: number, point: SearchPoint(entry: "m", coordinates: [.init("x", .real(x))]),
        loss: abs(x - 0.5))
    }
    let pending = (0..<7).map {
      SearchPoint(entry: "m", coordinates: [.init("x", .real(0.48 + 0.005 * Double($0)))])
    }
    func meanDistance(_ pending: [SearchPoint]) -> Double {
      let distances = (0..<200 as Range<UInt64>).map { seed in
        let sampler = SamplerKind.tpe.sampler(space: space, seed: Seed(seed))
        let point = sampler.propose(number: 40, history: history, pending: pending)
        return abs((point?.number("x") ?? .nan) - 0.495)
      }
      return distances.reduce(0, +) / 200
    }
    #expect(meanDistance(pending) > 1.2 * meanDistance([]))
  }

  /// A longer search begins with the shorter one.
  @Test(arguments: SamplerKind.allCases)
  func extendingASearchEqualsHavingAskedForMore(kind: SamplerKind) {
    let short = Objective.plateau.search(kind, seed: 9, trials: 40, parallel: 8)
    let long = Objective.plateau.search(kind, seed: 9, trials: 80, parallel: 8)
    #expect(Array(long.prefix(40)) == short)
  }

  @Test func anotherSeedGivesAnotherSearch() {
    let first = Objective.bowl.search(.tpe, seed: 1, trials: 20)
    #expect(Objective.bowl.search(.tpe, seed: 2, trials: 20) != first)
  }
}
