import PluginKit

/// The `decision:` section: how a class is chosen by its probabilities.
package struct DecisionSettings: Sendable, Equatable {
  /// What it costs to predict a class where another one, or the same, is true.
  package struct Cost: Sendable, Equatable {
    package let actual: String
    package let predicted: String
    /// Finite, 0 or more.
    package let cost: Double
  }

  /// The costs that the file names, in its order; other mistakes cost 1, and correct predictions nothing.
  package var costs: [Cost]

  /// The section as it stands in a pipeline.
  var json: JSONValue {
    var rows: [(String, [(String, JSONValue)])] = []
    for entry in costs {
      if rows.last?.0 != entry.actual { rows.append((entry.actual, [])) }
      rows[rows.count - 1].1.append((entry.predicted, .number(entry.cost)))
    }
    return .object([("costs", .object(rows.map { ($0.0, .object($0.1)) }))])
  }
}
