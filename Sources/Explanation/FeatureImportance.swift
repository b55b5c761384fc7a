package import Evaluation
package import PluginKit
package import TableColumns

/// How much a model relies on a column of the table: what its figure of merit loses when the column's
/// values are shuffled among the rows.
///
/// Columns are those of the table before any preprocessing, so that what one-hot steps or dates make of a
/// column is shuffled together. Columns that say the same stand in for each other and both look dispensable.
///
/// Reference: L. Breiman, "Random forests", Machine Learning 45, 2001; for any model A. Fisher, C. Rudin and
/// F. Dominici, "All models are wrong, but many are useful", JMLR 20, 2019.
package struct FeatureImportance: Sendable, Equatable {
  /// The name of the column.
  package let feature: String
  /// What was lost in each repetition, positive where shuffling made the figure worse.
  package let losses: [Double]

  package var mean: Double { losses.reduce(0, +) / Double(losses.count) }

  /// The standard deviation over repetitions; 0 for a single one.
  package var deviation: Double {
    guard losses.count > 1 else { return 0 }
    let squares = losses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(losses.count - 1)).squareRoot()
  }

  package var json: JSONValue {
    .object([
      ("feature", .string(feature)), ("mean", .number(mean)), ("low", .number(mean - deviation)),
      ("high", .number(mean + deviation)), ("values", .array(losses.map { .number($0) })),
    ])
  }
}

/// A model as explanations see it: rows of a table in, probabilities out.
package struct ExplainedModel: Sendable {
  /// The columns of the table that are features; parts of a date share theirs.
  package let fields: [FeatureField]
  /// The names of the classes in their order.
  package let classes: [String]
  /// What wrong predictions cost; nil where all cost the same.
  package let costs: DecisionCosts?
  /// Row by row a probability for each class.
  package let probabilities: @Sendable (Table) throws -> [Double]

  package init(
    fields: [FeatureField], classes: [String], costs: DecisionCosts? = nil,
    probabilities: @escaping @Sendable (Table) throws -> [Double]
  ) {
    self.fields = fields
    self.classes = classes
    self.costs = costs
    self.probabilities = probabilities
  }

  /// What the model says about labelled rows.
  package func predictions(
    _ table: Table, labels: [Int32], weights: [Float]?
  ) throws -> Predictions {
    Predictions(
      labels: labels, probabilities: try probabilities(table), classCount: classes.count,
      weights: weights, costs: costs)
  }
}

/// The importance of each column, the most important first; equals in the order of the table.
///
/// Costs as many predictions of all rows as there are columns, times `repeats`.
///
/// - Parameters:
///   - model: What is explained.
///   - table: Rows that the model has not learnt from, 2 or more.
///   - labels: Their classes.
///   - weights: How much each row counts; nil means 1 for all.
///   - metric: The figure of merit.
///   - repeats: How often each column is shuffled, 1 or more.
///   - seed: Decides on the shuffles, which are keyed by the column's name.
/// - Returns: A value for each column.
/// - Throws: What the model throws.
package func featureImportances(
  _ model: ExplainedModel, _ table: Table, labels: [Int32], weights: [Float]?, metric: Metric,
  repeats: Int, seed: Seed
) throws -> [FeatureImportance] {
  precondition(repeats >= 1, "at least 1 repetition is needed, got \(repeats)")
  let whole = metric.value(of: try model.predictions(table, labels: labels, weights: weights))
  let sign = metric.direction == .maximize ? 1.0 : -1
  var names: [String] = []
  for field in model.fields where !names.contains(field.column) { names.append(field.column) }
  let importances = try names.map { name in
    let places = model.fields.indices.filter { model.fields[$0].column == name }
    let losses = try (0..<repeats).map { turn in
      var generator = seed.keyed("shuffle").keyed(name, turn).generator()
      let order = generator.shuffled(Array(0..<table.rowCount))
      let shuffled = try model.predictions(
        table.replacing(places) { $0.selecting(rows: order) }, labels: labels, weights: weights)
      return sign * (whole - metric.value(of: shuffled))
    }
    return FeatureImportance(feature: name, losses: losses)
  }
  return importances.enumerated().sorted {
    ($1.element.mean, $0.offset) < ($0.element.mean, $1.offset)
  }.map(\.element)
}

extension Table {
  /// The table with other columns in some places.
  func replacing(_ places: [Int], with change: (Column) -> Column) -> Table {
    Table(
      rowCount: rowCount,
      columns: columns.enumerated().map { places.contains($0) ? change($1) : $1 })
  }
}
