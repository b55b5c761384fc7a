import Evaluation
import PluginKit

/// How far rows stand from the border between their own class and the nearest other one.
///
///     margin of row i = s(i, yᵢ) - max s(i, k) over k ≠ yᵢ
///
/// with decision scores s. Rows of a negative margin are taken for another class.
struct Margins {
  /// The margins of the rows of each class, ascending.
  let perClass: [[Double]]

  /// The quantiles that a report shows.
  static let shares = [0.05, 0.25, 0.5, 0.75, 0.95]

  init(_ rows: JudgedPart) {
    let width = rows.predictions.classCount
    var perClass = [[Double]](repeating: [], count: width)
    for row in 0..<rows.predictions.rowCount {
      let (scores, label) = (rows.scores.row(row), Int(rows.predictions.labels[row]))
      var rival = -Double.infinity
      for (index, score) in scores.enumerated() where index != label {
        rival = max(rival, Double(score))
      }
      perClass[label].append(Double(scores[scores.startIndex + label]) - rival)
    }
    self.perClass = perClass.map { $0.sorted() }
  }

  func json(_ classes: [String]) -> JSONValue {
    .array(
      zip(classes, perClass).map { name, values in
        let quantiles = Self.shares.map { share in
          (
            "\(share)",
            values.isEmpty
              ? JSONValue.null : .number(ConfidenceInterval.quantile(share, ofSorted: values))
          )
        }
        return .object([
          ("class", .string(name)), ("rows", .integer(values.count)),
          ("negative", .integer(values.count { $0 < 0 })), ("quantiles", .object(quantiles)),
        ])
      })
  }
}
