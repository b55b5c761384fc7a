package import PluginKit

/// Runs through a grid: entry after entry in file order, the last dimension of an entry fastest.
///
/// A range gives as many values as its dimension has `steps`, a choice all of its values. Points that were
/// tried before, as default settings are, are passed over.
package struct GridSampler: Sampler {
  private let entries: [PointEnumeration]

  package init(space: SearchSpace) {
    entries = space.entries.map(PointEnumeration.init(gridOf:))
  }

  /// The number of points of the grid; `Int.max` if there are more.
  package var count: Int { entries.reduce(0) { $0.addingSaturating($1.count) } }

  package func propose(
    number: Int, history: [Observation], pending: [SearchPoint]
  ) -> SearchPoint? {
    let tried = Set(history.map(\.point)).union(pending)
    // The points before this index were proposed by earlier trials, or were tried before the grid began.
    var index = number
    while let point = point(at: index) {
      if !tried.contains(point) { return point }
      index += 1
    }
    return nil
  }

  private func point(at index: Int) -> SearchPoint? {
    var rest = index
    for entry in entries {
      if rest < entry.count { return entry.point(at: rest) }
      rest -= entry.count
    }
    return nil
  }
}
