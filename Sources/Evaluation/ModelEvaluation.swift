package import PluginKit

/// How a model does on a table with labels: what `automl evaluate` shows.
package struct ModelEvaluation: Sendable, Equatable {
  /// How many rows were judged.
  package let rows: Int
  /// The names of the classes in their order.
  package let classes: [String]
  package let metrics: MetricValues
  /// The 95 % interval of the accuracy.
  package let accuracyInterval: ConfidenceInterval
  package let confusion: ConfusionMatrix
  /// What a prediction costs in the mean; nil where all mistakes cost the same.
  package let meanCost: Double?

  /// Judges predictions.
  ///
  /// - Parameters:
  ///   - predictions: Of one row or more.
  ///   - classes: A name for each class.
  ///   - costs: What wrong predictions cost; nil where all cost the same.
  package init(_ predictions: Predictions, classes: [String], costs: DecisionCosts? = nil) {
    precondition(
      classes.count == predictions.classCount,
      "\(predictions.classCount) classes have \(classes.count) names")
    rows = predictions.rowCount
    self.classes = classes
    metrics = MetricValues(of: predictions)
    // The seed is of no account: this metric's interval is a formula.
    accuracyInterval = .of(.accuracy, predictions, seed: Seed(0))
    confusion = ConfusionMatrix(predictions)
    meanCost = costs?.mean(of: confusion)
  }

  /// The document of `automl evaluate --format json`.
  ///
  /// `confusion` has true classes in rows and predicted ones in columns. Without row weights all counts are
  /// whole numbers.
  package var json: JSONValue {
    let perClass = zip(classes, confusion.perClass).map { name, figures in
      JSONValue.object([
        ("class", .string(name)), ("precision", .number(figures.precision)),
        ("recall", .number(figures.recall)), ("f1", .number(figures.f1)),
        ("support", count(figures.support)),
      ])
    }
    let confusion = classes.indices.map { truth in
      JSONValue.array(classes.indices.map { count(self.confusion[truth, $0]) })
    }
    let cost = meanCost.map { [("mean_cost", JSONValue.number($0))] } ?? []
    return .object(
      [
        ("version", .integer(1)), ("rows", .integer(rows)),
        ("classes", .array(classes.map { .string($0) })), ("metrics", metrics.json),
        ("per_class", .array(perClass)), ("confusion", .array(confusion)),
      ] + cost)
  }

  private func count(_ sum: Double) -> JSONValue {
    Int(exactly: sum).map { .integer($0) } ?? .number(sum)
  }
}
