package import PluginKit

/// Draws points independently of all results.
///
/// Each entry that has untried points is equally likely, whatever the number of its dimensions. Within it each
/// dimension is drawn evenly on its own scale: the values of a choice, whole numbers and reals of a range,
/// or their logarithms. Proposals do not depend on which of the earlier trials are finished.
///
/// Reference: J. Bergstra and Y. Bengio, "Random search for hyper-parameter optimization", JMLR 13, 2012.
package struct RandomSampler: Sampler {
  private let draws: KeyedDraws

  package init(space: SearchSpace, seed: Seed) {
    draws = KeyedDraws(from: space, seed: seed, purpose: "random")
  }

  package func propose(
    number: Int, history: [Observation], pending: [SearchPoint]
  ) -> SearchPoint? {
    draws.propose(number: number, history: history, pending: pending) { tried, generator in
      let entry = tried.openEntries[generator.index(below: tried.openEntries.count)]
      return entry.randomPoint(untriedIn: tried, &generator)
    }
  }
}
