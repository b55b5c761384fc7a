import PluginKit

/// A regression tree on the unit cube: its leaves are boxes that fill the cube, each with a value.
///
/// Splits lie in the middle between two neighbouring positions and are those that lower the squared error
/// most; a leaf keeps at least ``leastLeaf`` points.
struct RegressionTree {
  struct Leaf {
    /// Per dimension the ends of the box.
    var box: [ClosedRange<Double>]
    let value: Double

    /// The volume of the box without one of its dimensions.
    func volume(without dimension: Int? = nil) -> Double {
      box.indices.reduce(1.0) { volume, place in
        place == dimension ? volume : volume * (box[place].upperBound - box[place].lowerBound)
      }
    }
  }

  static let leastLeaf = 2

  private(set) var leaves: [Leaf] = []

  /// Grows a tree.
  ///
  /// - Parameters:
  ///   - points: Positions in the unit cube.
  ///   - values: A value for each point.
  ///   - rows: The points to learn from, with repeats.
  init(_ points: [[Double]], _ values: [Double], rows: [Int]) {
    let width = points.first?.count ?? 0
    grow(points, values, rows, Array(repeating: 0...1, count: width))
  }

  private mutating func grow(
    _ points: [[Double]], _ values: [Double], _ rows: [Int], _ box: [ClosedRange<Double>]
  ) {
    guard let split = bestSplit(points, values, rows) else {
      let mean = rows.reduce(0.0) { $0 + values[$1] } / Double(max(1, rows.count))
      leaves.append(Leaf(box: box, value: mean))
      return
    }
    var (low, high) = (box, box)
    low[split.dimension] = box[split.dimension].lowerBound...split.place
    high[split.dimension] = split.place...box[split.dimension].upperBound
    grow(points, values, rows.filter { points[$0][split.dimension] <= split.place }, low)
    grow(points, values, rows.filter { points[$0][split.dimension] > split.place }, high)
  }

  private func bestSplit(
    _ points: [[Double]], _ values: [Double], _ rows: [Int]
  ) -> (dimension: Int, place: Double)? {
    guard rows.count >= 2 * Self.leastLeaf else { return nil }
    let total = rows.reduce(0.0) { $0 + values[$1] }
    var best: (gain: Double, dimension: Int, place: Double)?
    for dimension in points[0].indices {
      let sorted = rows.sorted {
        (points[$0][dimension], $0) < (points[$1][dimension], $1)
      }
      var left = 0.0
      for count in 1..<sorted.count {
        left += values[sorted[count - 1]]
        let (below, above) = (
          points[sorted[count - 1]][dimension], points[sorted[count]][dimension]
        )
        guard below < above, count >= Self.leastLeaf, sorted.count - count >= Self.leastLeaf else {
          continue
        }
        let right = total - left
        let gain =
          left * left / Double(count) + right * right / Double(sorted.count - count)
          - total * total / Double(sorted.count)
        if gain > best?.gain ?? 1e-12 { best = (gain, dimension, (below + above) / 2) }
      }
    }
    return best.map { ($0.dimension, $0.place) }
  }
}

extension RegressionTree {
  /// The mean of the tree over the cube.
  var mean: Double { leaves.reduce(0) { $0 + $1.volume() * $1.value } }

  /// The variance of the tree over the cube.
  var variance: Double {
    let mean = mean
    return leaves.reduce(0) { $0 + $1.volume() * ($1.value - mean) * ($1.value - mean) }
  }

  /// The variance of what is left of the tree when all dimensions but one are averaged out.
  func variance(of dimension: Int) -> Double {
    let mean = mean
    let edges = Set(
      leaves.flatMap { [$0.box[dimension].lowerBound, $0.box[dimension].upperBound] }
    )
    .sorted()
    return zip(edges, edges.dropFirst()).reduce(0.0) { sum, ends in
      let middle = (ends.0 + ends.1) / 2
      let marginal = leaves.reduce(0.0) { sum, leaf in
        leaf.box[dimension].contains(middle)
          ? sum + leaf.volume(without: dimension) * leaf.value : sum
      }
      return sum + (ends.1 - ends.0) * (marginal - mean) * (marginal - mean)
    }
  }
}
