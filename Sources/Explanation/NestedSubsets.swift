package import PluginKit

/// Subsets of rows, each within the next, with the classes in their shares: what a learning curve is drawn
/// over.
///
/// - Parameters:
///   - labels: The class of each row.
///   - classCount: The number of classes.
///   - shares: The share of the rows in each subset, ascending, in 0...1.
///   - seed: Decides which rows come first.
/// - Returns: Positions of rows, ascending; each subset has a row of each class that has rows.
package func nestedSubsets(
  of labels: [Int32], classCount: Int, shares: [Double], seed: Seed
) -> [[Int]] {
  var members = [[Int]](repeating: [], count: classCount)
  for (row, label) in labels.enumerated() { members[Int(label)].append(row) }
  let orders = members.enumerated().map { label, rows in
    var generator = seed.keyed("learning-curve", label).generator()
    return generator.shuffled(rows)
  }
  return shares.map { share in
    orders.flatMap { rows in
      rows.prefix(max(1, Int((share * Double(rows.count)).rounded())))
    }.sorted()
  }
}

/// The figure of merit of a model that has seen some of the rows.
package struct LearningCurvePoint: Sendable, Equatable {
  /// How many rows it was trained on.
  package let rows: Int
  /// On the rows that judge it, with the 95 % interval.
  package let value: Double
  package let low: Double
  package let high: Double
  /// On the rows that it was trained on.
  package let training: Double

  package init(rows: Int, value: Double, low: Double, high: Double, training: Double) {
    self.rows = rows
    self.value = value
    self.low = low
    self.high = high
    self.training = training
  }

  package var json: JSONValue {
    .object([
      ("rows", .integer(rows)), ("value", .number(value)), ("low", .number(low)),
      ("high", .number(high)), ("training", .number(training)),
    ])
  }
}
