import PluginKit

extension SearchSpace.Entry {
  /// Whether a dimension exists at a place.
  ///
  /// A condition on something that is no dimension of the entry holds: that value is fixed, and the pipeline
  /// was checked with it.
  ///
  /// - Parameters:
  ///   - dimension: One of the entry's dimensions.
  ///   - coordinates: The values of the dimensions before it that exist.
  /// - Returns: False only if it has a condition that does not hold.
  func has(_ dimension: SearchDimension, at coordinates: [SearchPoint.Coordinate]) -> Bool {
    guard let condition = dimension.condition else { return true }
    if let parent = coordinates.first(where: { $0.name == condition.parameter }) {
      return condition.isOneOf.contains(parent.value)
    }
    return !dimensions.contains { $0.name == condition.parameter }
  }

  /// A point whose values are taken at positions in [0, 1], asked for in the order of the dimensions.
  ///
  /// - Parameter position: Gets the index of a dimension that exists.
  /// - Returns: A point with a coordinate for each dimension that exists.
  func point(at position: (Int) -> Double) -> SearchPoint {
    var coordinates: [SearchPoint.Coordinate] = []
    for (index, dimension) in dimensions.enumerated() where has(dimension, at: coordinates) {
      let value = dimension.domain.value(at: position(index))
      coordinates.append(.init(dimension.name, value))
    }
    return SearchPoint(entry: name, coordinates: coordinates)
  }
}

extension SearchSpace {
  /// The number of different points, `Int.max` if there are more; nil for infinitely many.
  package var cardinality: Int? {
    entries.reduce(0) { total, entry in
      guard let total, let count = PointEnumeration(everyPointOf: entry)?.count else { return nil }
      return total.addingSaturating(count)
    }
  }
}

/// The points of an entry whose dimensions have finitely many levels, in row-major order.
///
/// The last dimension varies fastest; one that does not exist at a place has no levels to run through there.
/// Counting and looking up take time for each combination of the values that conditions ask for, not for
/// each point.
struct PointEnumeration: Sendable {
  /// What a dimension runs through.
  enum Levels: Sendable {
    case values([ParameterValue])
    case integers(ClosedRange<Int>)

    var count: Int {
      switch self {
      case .values(let values): return values.count
      case .integers(let range):
        let (width, overflow) = range.upperBound.subtractingReportingOverflow(range.lowerBound)
        return overflow ? Int.max : width.addingSaturating(1)
      }
    }

    subscript(index: Int) -> ParameterValue {
      switch self {
      case .values(let values): values[index]
      case .integers(let range): .integer(range.lowerBound + index)
      }
    }
  }

  private let entry: SearchSpace.Entry
  private let levels: [Levels]
  /// Whether a later dimension's existence depends on this one's value.
  private let isParent: [Bool]
  /// How many points there are; `Int.max` if there are more, of which so many can be asked for.
  let count: Int

  /// All points; nil if a dimension is continuous.
  init?(everyPointOf entry: SearchSpace.Entry) {
    var levels: [Levels] = []
    for dimension in entry.dimensions {
      switch dimension.domain {
      case .integer(let range, _): levels.append(.integers(range))
      case .choice(let values): levels.append(.values(values.removingRepeats()))
      case .real(let range, _):
        guard range.lowerBound == range.upperBound else { return nil }
        levels.append(.values([.real(range.lowerBound)]))
      }
    }
    self.init(entry, levels)
  }

  /// The points of the entry's grid.
  init(gridOf entry: SearchSpace.Entry) {
    self.init(entry, entry.dimensions.map { .values($0.domain.gridValues(steps: $0.steps)) })
  }

  private init(_ entry: SearchSpace.Entry, _ levels: [Levels]) {
    self.entry = entry
    self.levels = levels
    isParent = entry.dimensions.map { parent in
      entry.dimensions.contains { $0.condition?.parameter == parent.name }
    }
    count = Self.count(of: entry, levels, isParent, from: 0, after: [])
  }

  /// The point at an index in `0..<count`.
  func point(at index: Int) -> SearchPoint {
    precondition((0..<count).contains(index), "point \(index) of \(count)")
    var coordinates: [SearchPoint.Coordinate] = []
    var rest = index
    for (position, dimension) in entry.dimensions.enumerated()
    where entry.has(dimension, at: coordinates) {
      let level = takeLevel(position, after: coordinates, from: &rest)
      coordinates.append(.init(dimension.name, levels[position][level]))
    }
    return SearchPoint(entry: entry.name, coordinates: coordinates)
  }

  /// The first point that is not in `tried`, from an index onwards and around the end.
  func untried(from start: Int, _ tried: Set<SearchPoint>) -> SearchPoint? {
    // One step more than there are tried points must meet another one.
    for step in 0..<min(count, tried.count + 1) {
      let point = point(at: start < count - step ? start + step : start - (count - step))
      if !tried.contains(point) { return point }
    }
    return nil
  }

  /// The level of a dimension at the `rest`-th of the places that follow; leaves the places within the level.
  private func takeLevel(
    _ position: Int, after coordinates: [SearchPoint.Coordinate], from rest: inout Int
  ) -> Int {
    if !isParent[position] {
      let below = countBelow(position, coordinates)
      defer { rest %= below }
      return rest / below
    }
    var level = 0
    while true {
      let value = levels[position][level]
      let name = entry.dimensions[position].name
      let below = countBelow(position, coordinates + [.init(name, value)])
      if rest < below { return level }
      rest -= below
      level += 1
    }
  }

  /// The number of places that the dimensions after `position` make, at least 1.
  private func countBelow(_ position: Int, _ coordinates: [SearchPoint.Coordinate]) -> Int {
    Self.count(of: entry, levels, isParent, from: position + 1, after: coordinates)
  }

  private static func count(
    of entry: SearchSpace.Entry, _ levels: [Levels], _ isParent: [Bool], from position: Int,
    after coordinates: [SearchPoint.Coordinate]
  ) -> Int {
    guard position < levels.count else { return 1 }
    let dimension = entry.dimensions[position]
    func rest(_ coordinates: [SearchPoint.Coordinate]) -> Int {
      count(of: entry, levels, isParent, from: position + 1, after: coordinates)
    }
    guard entry.has(dimension, at: coordinates) else { return rest(coordinates) }
    let own = levels[position].count
    guard isParent[position] else { return rest(coordinates).multipliedSaturating(by: own) }
    return (0..<own).reduce(0) { total, level in
      total.addingSaturating(
        rest(coordinates + [.init(dimension.name, levels[position][level])]))
    }
  }
}

extension Int {
  /// The sum of two counts, or `Int.max`.
  func addingSaturating(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? Int.max : sum
  }

  /// The product of two counts, or `Int.max`.
  fileprivate func multipliedSaturating(by other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? Int.max : product
  }
}
