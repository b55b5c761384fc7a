/// How neighbours are found and how they vote.
struct NeighbourRule: Sendable, Equatable {
  /// k.
  let count: Int
  let weighting: NeighbourWeighting
  let distance: NeighbourDistance
}

/// The nearest rows of one query at a time.
///
/// The neighbourhood is the smallest ball whose rows weigh at least k together; rows on its border share what
/// is missing to k, each in proportion to its weight. So the order of the training rows does not matter, and a
/// row of weight 2 is the same as two rows.
struct NeighbourSearch {
  /// A row within reach.
  private struct Candidate {
    let key: Float
    /// Its place in the tree.
    let place: Int
  }

  let tree: NeighbourTree
  let rule: NeighbourRule
  /// By place in the tree.
  let labels: [Int32]
  let weights: [Float]

  /// By ascending key.
  private var candidates: [Candidate] = []
  private var total = 0.0
  /// Rows beyond this key are not wanted.
  private var reach = Float.infinity

  init(tree: NeighbourTree, rule: NeighbourRule, labels: [Int32], weights: [Float]) {
    self.tree = tree
    self.rule = rule
    self.labels = labels
    self.weights = weights
  }

  /// The votes of a query's neighbours: adds to `votes`, one number a class, which must be 0.
  ///
  /// - Returns: The weight of the rows that voted, at most k.
  mutating func vote(_ query: [SIMD8<Float>], into votes: inout [Double]) -> Double {
    candidates.removeAll(keepingCapacity: true)
    total = 0
    reach = .infinity
    visit(0, query, bound: 0)
    let border = borderShare()
    let nearest = candidates.first.map { rule.distance.distance(ofKey: $0.key) } ?? 0
    for candidate in candidates {
      let share = candidate.key < reach ? 1 : border
      let distance = rule.distance.distance(ofKey: candidate.key)
      votes[Int(labels[candidate.place])] +=
        share * Double(weights[candidate.place]) * importance(distance, nearest)
    }
    return min(Double(rule.count), total)
  }

  private mutating func visit(_ node: Int, _ query: [SIMD8<Float>], bound: Float) {
    guard bound <= reach else { return }
    let second = tree.nodes[node].secondChild
    guard second > 0 else {
      scan(tree.nodes[node].rows, query)
      return
    }
    let (firstBound, secondBound) = (boxBound(node + 1, query), boxBound(second, query))
    if firstBound <= secondBound {
      visit(node + 1, query, bound: firstBound)
      visit(second, query, bound: secondBound)
    } else {
      visit(second, query, bound: secondBound)
      visit(node + 1, query, bound: firstBound)
    }
  }

  private func boxBound(_ node: Int, _ query: [SIMD8<Float>]) -> Float {
    tree.lows.withUnsafeBufferPointer { lows in
      tree.highs.withUnsafeBufferPointer { highs in
        guard let low = lows.baseAddress, let high = highs.baseAddress else { return 0 }
        return rule.distance.bound(
          query, low: low + node * tree.width, high: high + node * tree.width)
      }
    }
  }

  private mutating func scan(_ places: Range<Int>, _ query: [SIMD8<Float>]) {
    tree.rows.withUnsafeBufferPointer { rows in
      guard let first = rows.baseAddress else { return }
      for place in places {
        let key = rule.distance.key(query, first + place * tree.width)
        if key <= reach { add(Candidate(key: key, place: place)) }
      }
    }
  }

  /// Takes a row in; rows that are no longer needed go, but never a part of those at the same distance.
  private mutating func add(_ candidate: Candidate) {
    var place = candidates.count
    while place > 0, candidates[place - 1].key > candidate.key { place -= 1 }
    candidates.insert(candidate, at: place)
    total += Double(weights[candidate.place])
    while total >= Double(rule.count), let last = candidates.last {
      let border = candidates.lastIndex { $0.key < last.key }.map { $0 + 1 } ?? 0
      let weight = candidates[border...].reduce(0) { $0 + Double(weights[$1.place]) }
      guard border > 0, total - weight >= Double(rule.count) else {
        reach = last.key
        return
      }
      candidates.removeSubrange(border...)
      total -= weight
    }
  }

  /// How much of the weight of rows on the border counts.
  private func borderShare() -> Double {
    let inner = candidates.reduce(0) { $1.key < reach ? $0 + Double(weights[$1.place]) : $0 }
    return total > inner ? min(1, (Double(rule.count) - inner) / (total - inner)) : 1
  }

  private func importance(_ distance: Float, _ nearest: Float) -> Double {
    switch rule.weighting {
    case .uniform: 1
    // Relative to the nearest row, so that nothing overflows; with rows at distance 0 only these count.
    case .distance: distance == nearest ? 1 : Double(nearest) / Double(distance)
    }
  }
}
