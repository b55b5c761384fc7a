package import Evaluation
package import ModelExport
import PluginKit
package import TabularData

/// Rows of a table whose classes are known.
package struct LabelledTable: Sendable {
  package let features: Table
  package let labels: [Int32]
  /// How much each row counts; nil where all count the same.
  package let weights: [Float]?
}

extension TabularClassifier {
  /// Compares predictions with the labels of a table.
  ///
  /// Rows count as they did in training: by the column of weights, or by class where classes were balanced.
  ///
  /// - Parameters:
  ///   - path: A table with all features and the column of labels.
  ///   - warn: Told in whole sentences how the table differs from the rows that the model was trained on.
  /// - Returns: Metrics and the confusion matrix.
  /// - Throws: `TableError` if it can't be read, or if labels are missing or unknown.
  package func evaluate(
    _ path: String, warn: (String) -> Void = { _ in }
  ) throws -> ModelEvaluation {
    let rows = try labelledRows(of: path)
    if let monitor = driftMonitor {
      for warning in monitor.warnings(monitor.counts(rows.features)) { warn(warning) }
    }
    let predictions = try predict(rows.features)
    return ModelEvaluation(
      Predictions(
        labels: rows.labels, probabilities: predictions.probabilities, classCount: classes.count,
        weights: rows.weights, costs: bundle.use.costs),
      classes: classes, costs: bundle.use.costs)
  }

  /// Reads labelled rows with the columns of the model.
  ///
  /// - Throws: As ``evaluate(_:warn:)``.
  package func labelledRows(of path: String) throws -> LabelledTable {
    let rows = try bundle.schema.read(path, readsWeights: true)
    guard let labels = rows.labels, let texts = rows.labelTexts else {
      let target = quoted(bundle.schema.target)
      throw TableError(path: path, message: "no column of labels, \(target), to compare with")
    }
    let unknown = labels.indices.filter { labels[$0] < 0 }
    if let first = unknown.first {
      throw unknownLabel(texts[first], row: first, others: unknown.count - 1, in: path)
    }
    return LabelledTable(
      features: rows.features, labels: labels,
      weights: rows.weights.map { $0.map { Float($0) } } ?? weights(of: labels))
  }

  /// The weights of balanced classes; nil where all rows count the same.
  private func weights(of labels: [Int32]) -> [Float]? {
    bundle.classWeights.map { perClass in labels.map { perClass[Int($0)] } }
  }

  private func unknownLabel(
    _ label: String, row: Int, others: Int, in path: String
  ) -> TableError {
    let found =
      label.isEmpty ? "no label" : "the label \(quoted(label)), which is no class of the model"
    let more =
      switch others {
      case 0: ""
      case 1: ", and 1 more row is like it"
      default: ", and \(others) more rows are like it"
      }
    return TableError(
      path: path,
      message: "row \(row + 1) has \(found)\(more); the classes are "
        + listed(classes.map(quoted), atMost: 12))
  }
}
