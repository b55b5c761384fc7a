import Evaluation
import PipelineSpec
import PluginKit
import TabularData

extension DecisionSettings {
  /// The costs by the classes of a table.
  ///
  /// - Throws: ``RunError`` for a class that the table does not have.
  func decisionCosts(classes: [String]) throws(RunError) -> DecisionCosts {
    var entries: [(actual: Int, predicted: Int, cost: Double)] = []
    for entry in costs {
      entries.append(
        (
          actual: try place(of: entry.actual, in: classes, at: "decision.costs"),
          predicted: try place(
            of: entry.predicted, in: classes, at: "decision.costs.\(entry.actual)"),
          cost: entry.cost
        ))
    }
    return DecisionCosts(classCount: classes.count, costs: entries)
  }

  private func place(
    of name: String, in classes: [String], at path: String
  ) throws(RunError) -> Int {
    let bytes = Array(name.utf8)
    if let place = classes.firstIndex(where: { Array($0.utf8) == bytes }) { return place }
    let suggestion = nearestName(to: name, among: classes).map { "did you mean \(quoted($0))? " }
    throw RunError(
      "\(path) names \(quoted(name)), which is no class of the table; \(suggestion ?? "")"
        + "the classes are \(listed(classes.map(quoted), atMost: 12))")
  }
}
