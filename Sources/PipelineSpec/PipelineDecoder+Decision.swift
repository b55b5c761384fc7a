import PluginKit

/// The section `decision:`.
extension PipelineDecoder {
  static let decisionKeys = ["costs"]

  /// Costs by the true class and then by the predicted one; their names are checked where `data.classes`
  /// lists them, and otherwise when the table is read.
  ///
  /// - Parameters:
  ///   - field: The section.
  ///   - classes: The classes, if the pipeline lists them.
  /// - Returns: What the section says; nil if it is wrong or says nothing.
  mutating func decisionSettings(_ field: Field, classes: [String]?) -> DecisionSettings? {
    guard let section = section(field, keys: Self.decisionKeys), let costs = section["costs"],
      let rows = classMapping(costs, classes: classes)
    else { return nil }
    var settings = DecisionSettings(costs: [])
    for (actual, row) in rows {
      for (predicted, entry) in classMapping(row, classes: classes) ?? [] {
        guard let cost = entry.node.finiteNumber, cost >= 0 else {
          report(
            .mustBe(entry.path, "a number of at least 0", got: entry.node.found),
            at: entry.node.location)
          continue
        }
        settings.costs.append(.init(actual: actual, predicted: predicted, cost: cost))
      }
    }
    return settings.costs.isEmpty ? nil : settings
  }

  /// A mapping whose keys are classes.
  private mutating func classMapping(
    _ field: Field, classes: [String]?
  ) -> [(name: String, field: Field)]? {
    if let classes { return section(field, keys: classes, listedAs: "classes:")?.entries }
    guard let members = field.node.members else {
      let example = "decision: {costs: {ACTUAL: {PREDICTED: 5}}}"
      report(
        .mustBe(field.path, "a mapping of classes", got: field.node.found, hint: example),
        at: field.node.location)
      return nil
    }
    return Section(field, members: members).entries
  }
}
