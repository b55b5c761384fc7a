import PluginKit

/// What samplers that draw at random have in common: the entries to draw from, and a generator for each
/// proposal that is keyed by its number, so that no proposal depends on how many were drawn before.
struct KeyedDraws: Sendable {
  let entries: [EntryPoints]
  let seed: Seed
  private let purpose: String

  /// Makes the draws of one kind of sampler: `purpose` keys them, so that kinds of one seed draw differently.
  init(from space: SearchSpace, seed: Seed, purpose: String) {
    entries = space.entries.map(EntryPoints.init)
    self.seed = seed
    self.purpose = purpose
  }

  /// Draws a point if there is one that was not tried.
  ///
  /// - Parameters:
  ///   - number: The number of the proposal.
  ///   - history: The finished trials.
  ///   - pending: The points of the trials that run.
  ///   - draw: Gets the tried points, with at least one open entry, and the proposal's generator.
  /// - Returns: What `draw` gave, or nil where every point of the space was tried.
  func propose(
    number: Int, history: [Observation], pending: [SearchPoint],
    draw: (TriedPoints, inout SeededGenerator) -> SearchPoint
  ) -> SearchPoint? {
    let tried = TriedPoints(entries, history: history, pending: pending)
    guard !tried.openEntries.isEmpty else { return nil }
    var generator = seed.keyed(purpose, number).generator()
    return draw(tried, &generator)
  }
}
