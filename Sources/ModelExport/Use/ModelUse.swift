package import Evaluation
import PluginKit

/// What a model in use needs to know besides how it predicts.
///
/// Each part may be absent, as in older files.
package struct ModelUse: Sendable, Equatable {
  /// What the columns looked like where the model was trained.
  package var profile: TrainingProfile?
  /// What prediction sets are made of.
  package var sets: ConformalSets?
  /// What wrong predictions cost; nil where all cost the same.
  package var costs: DecisionCosts?

  package init(
    profile: TrainingProfile? = nil, sets: ConformalSets? = nil, costs: DecisionCosts? = nil
  ) {
    self.profile = profile
    self.sets = sets
    self.costs = costs
  }
}

extension ModelUse {
  /// The parts as a JSON object; nil where there are none.
  var json: JSONValue? {
    let parts = [
      ("columns", profile?.json), ("sets", sets?.json), ("costs", costs?.json),
    ].compactMap { name, value in value.map { (name, $0) } }
    return parts.isEmpty ? nil : .object(parts)
  }

  /// Reads what ``json`` gave; nil for anything else.
  init?(json: JSONValue, featureCount: Int, classCount: Int) {
    self.init()
    if let part = json["columns"] {
      guard let profile = TrainingProfile(json: part), profile.columns.count == featureCount
      else { return nil }
      self.profile = profile
    }
    if let part = json["sets"] {
      guard let sets = ConformalSets(json: part) else { return nil }
      self.sets = sets
    }
    if let part = json["costs"] {
      guard let costs = DecisionCosts(json: part, classCount: classCount) else { return nil }
      self.costs = costs
    }
  }
}
