package import PluginKit

/// A trial's share in an ensemble.
package struct EnsembleMember: Sendable, Equatable {
  /// The trial's number.
  package let trial: Int
  /// The name of the trial's entry in the pipeline.
  package let model: String
  /// How much the trial's probabilities count, over 0; all weights of an ensemble sum to 1.
  package let weight: Double

  package init(trial: Int, model: String, weight: Double) {
    self.trial = trial
    self.model = model
    self.weight = weight
  }

  /// The member as a JSON object.
  package var json: JSONValue {
    .object([
      ("trial", .integer(trial)), ("model", .string(model)), ("weight", .number(weight)),
    ])
  }

  /// Reads what ``json`` gave; nil if a member is missing or of another type.
  package init?(json: JSONValue) {
    guard let trial = json["trial"]?.integer, let model = json["model"]?.string,
      let weight = json["weight"]?.number
    else { return nil }
    self.init(trial: trial, model: model, weight: weight)
  }
}

extension [EnsembleMember] {
  /// The members for people, such as `0.60 quasi-svm (17), 0.40 deep (3)`, where 17 and 3 are trials.
  var text: String {
    map { "\(FigureFormat.fixed($0.weight, digits: 2)) \($0.model) (\($0.trial))" }
      .joined(separator: ", ")
  }
}
