package import ModelExport
package import PluginKit
package import TableColumns

/// Rows of a table with what the program says about them: what an export has to say, too.
package struct ParityRows: Sendable, Equatable {
  /// The columns that the model reads.
  package let table: Table
  /// The class that is predicted for each row.
  package let labels: [String]
  /// Decision scores, rows x classes.
  package let scores: ScoreMatrix
  /// Probabilities, row by row.
  package let probabilities: [Double]
  package let classes: [String]
  /// How far the scores of each row may be off because cosines have rounded arguments.
  package let cosineRounding: [Double]

  /// How many rows a parity file has.
  package static let rowCount = 100

  /// Lets a model predict rows of a table that are evenly spread over it.
  ///
  /// - Throws: What ``ModelExport/TabularClassifier/predict(_:)`` throws.
  package init(_ classifier: TabularClassifier, table: Table) throws {
    let count = min(Self.rowCount, table.rowCount)
    try self.init(
      classifier, rows: table.selecting(rows: (0..<count).map { $0 * table.rowCount / count }))
  }

  /// Lets a model predict all rows of a table.
  ///
  /// - Throws: What ``ModelExport/TabularClassifier/predict(_:)`` throws.
  package init(_ classifier: TabularClassifier, rows: Table) throws {
    let predicted = try classifier.predict(rows)
    table = rows
    classes = classifier.classes
    labels = predicted.predicted.map { classifier.classes[Int($0)] }
    scores = predicted.scores
    probabilities = predicted.probabilities
    // A model without a description leaves as it is, and has no cosines that others compute.
    let prediction = try? PredictionGraph(classifier)
    cosineRounding =
      try prediction?.cosineRounding(GraphRows(rows)) ?? Array(repeating: 0, count: rows.rowCount)
  }

  /// The file, as `docs/export.md` describes it.
  package var json: JSONValue {
    let width = classes.count
    return .object([
      ("version", .integer(1)),
      ("tolerance", .number(Self.tolerance)),
      ("cosine_rounding", .array(cosineRounding.map { .number($0) })),
      ("columns", .array(table.columns.map(\.json))),
      ("classes", .array(classes.map { .string($0) })),
      ("labels", .array(labels.map { .string($0) })),
      (
        "scores",
        .array(
          (0..<scores.rowCount).map { row in
            .array(scores.row(row).map { .number(Double($0)) })
          })
      ),
      (
        "probabilities",
        .array(
          stride(from: 0, to: probabilities.count, by: width).map { start in
            .array(probabilities[start..<start + width].map { .number($0) })
          })
      ),
    ])
  }

  /// How far scores may be off besides, relative to the largest one of their row or to 1.
  package static let tolerance = 1e-5
}

extension Column {
  /// Name, kind and values; a missing one is null.
  fileprivate var json: JSONValue {
    let (kind, values): (String, [JSONValue]) =
      switch values {
      case .numeric(let numbers): ("number", numbers.map { .number($0) })
      case .categorical(let codes, let categories):
        ("text", codes.map { $0 < 0 ? .null : .string(categories[Int($0)]) })
      }
    return .object([
      ("name", .string(name)), ("kind", .string(kind)), ("values", .array(values)),
    ])
  }
}
