package import Evaluation
package import PluginKit

/// A row that the model gets wrong.
package struct WorstError: Sendable, Equatable {
  /// Where the row stands in its table, counted from 0, the header not counted.
  package let row: Int
  package let label: Int32
  package let predicted: Int32
  /// The probability of the predicted class.
  package let probability: Double
  /// The probability of the row's own class.
  package let probabilityOfLabel: Double

  package func json(classes: [String]) -> JSONValue {
    .object([
      ("row", .integer(row)), ("class", .string(classes[Int(label)])),
      ("predicted", .string(classes[Int(predicted)])), ("probability", .number(probability)),
      ("probability_of_class", .number(probabilityOfLabel)),
    ])
  }
}

/// The wrong predictions that were made with most conviction: those that give the row's own class the least
/// probability.
///
/// - Parameters:
///   - predictions: What the model says.
///   - rows: Where the rows stand in their table.
///   - limit: How many are wanted.
/// - Returns: The worst first; of equals the earlier row.
package func worstErrors(_ predictions: Predictions, rows: [Int], limit: Int) -> [WorstError] {
  let wrong = predictions.labels.indices.filter {
    predictions.labels[$0] != predictions.predicted[$0]
  }
  let errors = wrong.map { place in
    let first = place * predictions.classCount
    return WorstError(
      row: rows[place], label: predictions.labels[place], predicted: predictions.predicted[place],
      probability: predictions.probabilities[first + Int(predictions.predicted[place])],
      probabilityOfLabel: predictions.probabilities[first + Int(predictions.labels[place])])
  }
  return Array(
    errors.sorted { ($0.probabilityOfLabel, $0.row) < ($1.probabilityOfLabel, $1.row) }
      .prefix(limit))
}
