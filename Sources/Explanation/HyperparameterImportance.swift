package import PluginKit

/// How much of the variation of a score over the searched space a hyperparameter explains by itself.
///
/// Functional analysis of variance on a forest of 32 regression trees that are grown on the trials' positions:
/// the variance of the forest's mean over all other hyperparameters, as a share of its whole variance. What
/// several explain together only is in none of the shares, so that they sum to at most 1.
///
/// Reference: F. Hutter, H. Hoos and K. Leyton-Brown, "An efficient approach for assessing hyperparameter
/// importance", ICML 2014.
package struct HyperparameterImportance: Sendable, Equatable {
  /// The leaderboard's word for the entry.
  package let model: String
  package let parameter: String
  /// In 0...1.
  package let importance: Double

  package var json: JSONValue {
    .object([
      ("model", .string(model)), ("parameter", .string(parameter)),
      ("importance", .number(importance)),
    ])
  }
}

/// The fewest trials of which importances are said anything.
package let leastTrialsForImportance = 10

/// The importance of each hyperparameter of an entry, the most important first.
///
/// - Parameters:
///   - model: The entry.
///   - names: Its searched hyperparameters.
///   - points: For each trial the positions in the domains, in 0...1 and in the order of `names`.
///   - scores: The trials' figures of merit.
///   - seed: Decides which trials each tree sees.
/// - Returns: Nothing for fewer than ``leastTrialsForImportance`` trials, or if all scores are equal.
package func hyperparameterImportances(
  model: String, names: [String], points: [[Double]], scores: [Double], seed: Seed
) -> [HyperparameterImportance] {
  precondition(points.count == scores.count, "\(points.count) points have \(scores.count) scores")
  guard scores.count >= leastTrialsForImportance, !names.isEmpty,
    scores.contains(where: { $0 != scores[0] })
  else { return [] }
  var shares = [Double](repeating: 0, count: names.count)
  var treeCount = 0.0
  for number in 0..<32 {
    var generator = seed.keyed("importance-tree", number).generator()
    let rows = scores.indices.map { _ in generator.index(below: scores.count) }
    let tree = RegressionTree(points, scores, rows: rows)
    let variance = tree.variance
    guard variance > 0 else { continue }
    treeCount += 1
    for place in names.indices { shares[place] += tree.variance(of: place) / variance }
  }
  guard treeCount > 0 else { return [] }
  return names.indices.sorted { (shares[$1], $0) < (shares[$0], $1) }.map {
    HyperparameterImportance(
      model: model, parameter: names[$0], importance: min(1, shares[$0] / treeCount))
  }
}
