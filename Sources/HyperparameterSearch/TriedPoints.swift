import PluginKit

/// The points that were proposed already, and which entries have others left.
struct TriedPoints {
  /// Finished and pending ones.
  let all: Set<SearchPoint>
  /// Entries that have a point that was not tried, in file order.
  let openEntries: [EntryPoints]

  init(_ entries: [EntryPoints], history: [Observation], pending: [SearchPoint]) {
    let all = Set(history.map(\.point)).union(pending)
    self.all = all
    openEntries = entries.filter { entry in
      guard let every = entry.everyPoint, every.count <= all.count else { return true }
      return every.untried(from: 0, all) != nil
    }
  }
}

/// An entry of a search space, and the list of its points if it has finitely many.
struct EntryPoints: Sendable {
  let entry: SearchSpace.Entry
  /// Nil for an infinite entry.
  let everyPoint: PointEnumeration?

  init(_ entry: SearchSpace.Entry) {
    self.entry = entry
    everyPoint = PointEnumeration(everyPointOf: entry)
  }

  /// A random point that was not tried, each position of each dimension equally likely.
  ///
  /// Where 64 draws in a row were tried before, a finite entry gives the next of its points from a random
  /// one onwards, and an infinite one gives a repeat.
  func randomPoint(
    untriedIn tried: TriedPoints, _ generator: inout SeededGenerator
  ) -> SearchPoint {
    var point = entry.point { _ in generator.uniform() }
    var redraws = 0
    while tried.all.contains(point), redraws < 64 {
      point = entry.point { _ in generator.uniform() }
      redraws += 1
    }
    guard tried.all.contains(point), let everyPoint else { return point }
    let start = generator.index(below: everyPoint.count)
    return everyPoint.untried(from: start, tried.all) ?? point
  }
}
