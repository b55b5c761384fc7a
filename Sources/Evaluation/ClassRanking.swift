/// How much each row counts, or how often it was drawn.
typealias RowWeights = [Double]

/// The rows in the order of the probability of one class, the highest first: what ROC and precision-recall
/// curves are made of.
///
/// Rows of equal probability belong to one threshold: nothing tells them apart.
///
/// Reference: T. Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27, 2006,
/// doi:10.1016/j.patrec.2005.10.010.
package struct ClassRanking: Sendable {
  /// The rows, the highest probability first.
  private let rows: [Int32]
  /// For each place, whether the row is of the class.
  private let isOfClass: [Bool]
  /// For each place, whether the next one has a lower probability.
  private let endsThreshold: [Bool]

  /// Sorts the rows by the probability of a class; O(n log n).
  package init(_ predictions: Predictions, class index: Int) {
    let width = predictions.classCount
    var order = (0..<predictions.rowCount).map { row in
      (value: predictions.probabilities[row * width + index], row: Int32(row))
    }
    order.sort { $0.value == $1.value ? $0.row < $1.row : $0.value > $1.value }
    rows = order.map(\.row)
    isOfClass = order.map { predictions.labels[Int($0.row)] == index }
    endsThreshold = order.indices.map { place in
      place + 1 == order.count || order[place + 1].value < order[place].value
    }
  }

  /// The rows at or above a threshold, by weight: those of the class, and others.
  private struct Counts {
    var own = 0.0
    var other = 0.0
  }

  /// The weights that stand at or above each threshold, from the highest threshold on.
  private func forEachThreshold(_ weights: RowWeights, _ body: (Counts) -> Void) {
    var counts = Counts()
    for place in rows.indices {
      let weight = weights[Int(rows[place])]
      if isOfClass[place] { counts.own += weight } else { counts.other += weight }
      if endsThreshold[place] { body(counts) }
    }
  }

  private func totals(_ weights: RowWeights) -> Counts {
    var counts = Counts()
    for place in rows.indices {
      let weight = weights[Int(rows[place])]
      if isOfClass[place] { counts.own += weight } else { counts.other += weight }
    }
    return counts
  }

  /// The chance that a row of the class stands above one of another class, ties half; nil without either.
  func rocArea(_ weights: RowWeights) -> Double? {
    var (area, last) = (0.0, Counts())
    forEachThreshold(weights) { counts in
      area += (counts.other - last.other) * (counts.own + last.own) / 2
      last = counts
    }
    return last.own > 0 && last.other > 0 ? area / (last.own * last.other) : nil
  }

  /// The mean precision over the rows of the class, each at its own threshold; nil without such rows.
  func averagePrecision(_ weights: RowWeights) -> Double? {
    var (sum, last) = (0.0, Counts())
    forEachThreshold(weights) { counts in
      if counts.own > last.own {
        sum += (counts.own - last.own) * counts.own / (counts.own + counts.other)
      }
      last = counts
    }
    return last.own > 0 ? sum / last.own : nil
  }

  /// The rows of the class and the others, in the number of equally weighted rows that tell as much.
  func effectiveCounts(_ weights: RowWeights) -> (own: Double, other: Double) {
    let (sums, squares) = (totals(weights), totals(weights.map { $0 * $0 }))
    return (
      squares.own > 0 ? sums.own * sums.own / squares.own : 0,
      squares.other > 0 ? sums.other * sums.other / squares.other : 0
    )
  }

  /// A point of a curve.
  package struct Point: Sendable, Equatable {
    package let x: Double
    package let y: Double
  }

  /// The ROC curve from (0, 0) to (1, 1): the share of other rows in x, that of the class's rows in y.
  ///
  /// - Returns: One point for each threshold, without those on a straight line between their neighbours;
  ///   empty without rows of the class or without others.
  package func rocCurve(_ weights: [Double]) -> [Point] {
    let all = totals(weights)
    guard all.own > 0, all.other > 0 else { return [] }
    var points = [Point(x: 0, y: 0)]
    forEachThreshold(weights) { counts in
      points.append(Point(x: counts.other / all.other, y: counts.own / all.own))
    }
    return Self.withoutMiddles(points)
  }

  /// Recall in x and precision in y, one point for each threshold that adds recall; empty without rows of
  /// the class.
  package func precisionRecallCurve(_ weights: [Double]) -> [Point] {
    let all = totals(weights)
    guard all.own > 0 else { return [] }
    var points: [Point] = []
    var last = 0.0
    forEachThreshold(weights) { counts in
      guard counts.own > last else { return }
      points.append(Point(x: counts.own / all.own, y: counts.own / (counts.own + counts.other)))
      last = counts.own
    }
    return points
  }

  private static func withoutMiddles(_ points: [Point]) -> [Point] {
    var kept: [Point] = []
    for point in points {
      while kept.count > 1, isBetween(kept[kept.count - 2], kept[kept.count - 1], point) {
        kept.removeLast()
      }
      if kept.last != point { kept.append(point) }
    }
    return kept
  }

  /// Whether the second of three points, which go to the right or up, lies on a horizontal or vertical line.
  private static func isBetween(_ first: Point, _ second: Point, _ third: Point) -> Bool {
    first.x == second.x && second.x == third.x || first.y == second.y && second.y == third.y
  }
}

/// The rankings of all classes, and what metrics say of them.
package struct RankingFigures: Sendable {
  /// One for each class.
  package let rankings: [ClassRanking]
  /// How much each row counts.
  package let weights: [Double]

  /// Sorts the rows once for each class; O(K · n log n).
  package init(_ predictions: Predictions) {
    rankings = (0..<predictions.classCount).map { ClassRanking(predictions, class: $0) }
    weights = (0..<predictions.rowCount).map { predictions.weight($0) }
  }

  /// A metric that ranks rows, for each class; nil for classes that can't be judged, and for other metrics.
  package func perClass(_ metric: Metric) -> [Double?] { perClass(metric, weights) }

  private func perClass(_ metric: Metric, _ weights: RowWeights) -> [Double?] {
    guard case .ranking(let figure) = metric.declaration.measure else {
      return rankings.map { _ in nil }
    }
    return rankings.map { figure($0, weights) }
  }

  /// The mean over the classes that can be judged; 0.5, which is chance, where none can: all rows are of one
  /// class.
  func mean(_ metric: Metric, _ weights: RowWeights? = nil) -> Double {
    let values = perClass(metric, weights ?? self.weights).compactMap { $0 }
    return values.isEmpty ? 0.5 : values.reduce(0, +) / Double(values.count)
  }
}
