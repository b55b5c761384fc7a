package import PluginKit

/// Tree-structured Parzen estimators: proposes points that look more like the good trials than like the rest.
///
/// Trials are ranked by loss, then pruned ones by how far they came; those that failed come last, and entries
/// that are not searched are left out.
/// First an entry is chosen, then a point of it.
///
/// **Start.** While fewer than 10 trials are finished, or 3 per entry if that is more, and while an entry has
/// fewer than 4, the entry with the fewest trials is next. The first points of an entry follow a
/// ``QuasiRandomSequence``.
///
/// **Entry.** In one trial of five all entries are equally likely, so that none starves. Otherwise
/// an entry's probability is proportional to (good + 1) / (all + 1), its share of good trials: good are the best
/// twentieth of all trials, as one entry's ease of coming near its best must not hide another's better best.
///
/// **Point.** The best fifth of the entry's own trials, at most 25, give the density l of good points; the
/// others and the pending ones give g, so that trials that run at the same time spread out. Of 48 points drawn
/// from l the one with the greatest l/g is proposed: it maximises the expected improvement. Ranking within the
/// entry brings each entry to its own best, which the leaderboard shows.
///
/// A proposal costs O(48 · n · d) kernel evaluations for n trials and d dimensions of the chosen entry, besides
/// sorting the trials.
///
/// References: J. Bergstra, R. Bardenet, Y. Bengio and B. Kégl, "Algorithms for hyper-parameter optimization",
/// NeurIPS 24, 2011. S. Watanabe, "Tree-structured Parzen estimator: understanding its algorithm components and
/// their roles for better empirical performance", 2023, arXiv:2304.11127. D. Ginsbourger, R. Le Riche and
/// L. Carraro, "Kriging is well-suited to parallelize optimization", 2010, doi:10.1007/978-3-642-10701-6_6 (the
/// constant liar). The choice of entries and the shares of good trials are our own, compared on synthetic
/// objectives with three entries, ties and conditions.
package struct TreeParzenSampler: Sampler {
  private static let startupTrials = 10
  private static let startupTrialsPerEntry = 3
  private static let startupTrialsOfEntry = 4
  private static let evenChoiceProbability = 0.2
  private static let goodShareOfAll = 0.05
  private static let goodShareOfEntry = 0.2
  private static let mostGoodTrials = 25
  private static let candidateCount = 48

  private let draws: KeyedDraws

  package init(space: SearchSpace, seed: Seed) {
    draws = KeyedDraws(from: space, seed: seed, purpose: "tpe")
  }

  package func propose(
    number: Int, history: [Observation], pending: [SearchPoint]
  ) -> SearchPoint? {
    draws.propose(number: number, history: history, pending: pending) { tried, generator in
      let names = Set(draws.entries.map(\.entry.name))
      let trials = Trials(
        ranked: history.rankedPoints().filter { names.contains($0.entry) },
        pending: pending.inFixedOrder())
      let entry = chooseEntry(of: tried.openEntries, trials, &generator)
      return choosePoint(of: entry, untriedIn: tried, trials.of(entry.entry.name), &generator)
    }
  }

  private func chooseEntry(
    of open: [EntryPoints], _ trials: Trials, _ generator: inout SeededGenerator
  ) -> EntryPoints {
    let counts = open.map { trials.of($0.entry.name).count }
    let fewest = counts.min() ?? 0
    let startup = max(Self.startupTrials, Self.startupTrialsPerEntry * open.count)
    if trials.ranked.count < startup || fewest < Self.startupTrialsOfEntry {
      let next = open.indices.filter { counts[$0] == fewest }
      return open[next[generator.index(below: next.count)]]
    }
    if generator.uniform() < Self.evenChoiceProbability {
      return open[generator.index(below: open.count)]
    }
    let good = trials.good(share: Self.goodShareOfAll)
    let weights = zip(open, counts).map { entry, count in
      Double(good.count { $0.entry == entry.entry.name } + 1) / Double(count + 1)
    }
    return open[generator.index(weights: weights)]
  }

  private func choosePoint(
    of choice: EntryPoints, untriedIn tried: TriedPoints, _ trials: Trials,
    _ generator: inout SeededGenerator
  ) -> SearchPoint {
    let entry = choice.entry
    guard trials.ranked.count >= Self.startupTrialsOfEntry else {
      let sequence = QuasiRandomSequence(
        dimensions: entry.dimensions.count, seed: draws.seed.keyed("tpe start " + entry.name))
      let point = entry.point { sequence.position(trials.count, along: $0) }
      return tried.all.contains(point) ? choice.randomPoint(untriedIn: tried, &generator) : point
    }
    let good = trials.good(share: Self.goodShareOfEntry)
    let others = trials.ranked.dropFirst(good.count) + trials.pending
    let goodDensity = ParzenEstimator(entry: entry, points: good.map(entry.positions))
    let otherDensity = ParzenEstimator(entry: entry, points: others.map(entry.positions))
    var best: (point: SearchPoint, ratio: Double)?
    for _ in 0..<Self.candidateCount {
      let point = goodDensity.draw(&generator)
      guard !tried.all.contains(point) else { continue }
      let positions = entry.positions(of: point)
      let ratio = goodDensity.density(at: positions) / otherDensity.density(at: positions)
      if best.map({ ratio > $0.ratio }) ?? true { best = (point, ratio) }
    }
    return best?.point ?? choice.randomPoint(untriedIn: tried, &generator)
  }

  /// The trials of the space or of one entry.
  private struct Trials {
    /// Finished ones, the best first.
    let ranked: [SearchPoint]
    let pending: [SearchPoint]

    var count: Int { ranked.count + pending.count }

    func of(_ entry: String) -> Trials {
      Trials(
        ranked: ranked.filter { $0.entry == entry }, pending: pending.filter { $0.entry == entry })
    }

    func good(share: Double) -> ArraySlice<SearchPoint> {
      let count = Int((share * Double(ranked.count)).rounded(.up))
      return ranked.prefix(min(count, TreeParzenSampler.mostGoodTrials))
    }
  }
}

extension [Observation] {
  /// The points by ascending loss, then pruned ones, the best of those that came furthest first, then those
  /// without any figure; equal ones by trial number.
  fileprivate func rankedPoints() -> [SearchPoint] {
    func rank(_ observation: Observation) -> (Double, Int, Double, Int) {
      let loss = observation.loss ?? .infinity
      let value = observation.pruned?.value ?? .nan
      return (
        loss.isNaN ? .infinity : loss, -(observation.pruned?.epochs ?? 0),
        value.isNaN ? .infinity : -value, observation.number
      )
    }
    return sorted { rank($0) < rank($1) }.map(\.point)
  }
}

extension [SearchPoint] {
  /// The points in an order of their own: sums over them must not depend on which came first.
  fileprivate func inFixedOrder() -> [SearchPoint] {
    func text(_ point: SearchPoint) -> String {
      point.coordinates.reduce(point.entry) { "\($0) \($1.name)=\($1.value)" }
    }
    return map { (text: text($0), point: $0) }.sorted { $0.text < $1.text }.map(\.point)
  }
}

extension SeededGenerator {
  /// An index whose probability is proportional to its weight; the weights are positive.
  fileprivate mutating func index(weights: [Double]) -> Int {
    var rest = uniform() * weights.reduce(0, +)
    for (index, weight) in weights.enumerated() {
      if rest < weight { return index }
      rest -= weight
    }
    return weights.count - 1
  }
}
