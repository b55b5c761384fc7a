package import PluginKit

/// Draws points independently of all results.
///
/// Each entry that has untried points is equally likely, whatever the number of its dimensions. Within it each
/// dimension is drawn evenly on its own scale: the values of a choice, whole numbers and reals of a range,
/// or their logarithms. Proposals do not depend on which of the earlier trials are finished.
///
/// Reference: J. Bergstra and Y. Bengio, "Random search for hyper-parameter optimization", JMLR 13, 2012.
package struct RandomSampler: Sampler {
  private let entries: [EntryPoints]
  private let seed: Seed

  package init(space: SearchSpace, seed: Seed) {
    entries = space.entries.map(EntryPoints.init)
    self.seed = seed
  }

  package func propose(
    number: Int, history: [Observation], pending: [SearchPoint]
  ) -> SearchPoint? {
    let tried = TriedPoints(entries, history: history, pending: pending)
    guard !tried.openEntries.isEmpty else { return nil }
    var generator = seed.keyed("random", number).generator()
    let entry = tried.openEntries[generator.index(below: tried.openEntries.count)]
    return entry.randomPoint(untriedIn: tried, &generator)
  }
}
