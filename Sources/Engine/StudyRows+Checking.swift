import PluginKit
import Preprocessing
import TabularData

extension StudyRows {
  /// Finds out before the first trial what would fail in every one.
  ///
  /// - Throws: ``RunError`` or an error of preprocessing.
  func check(_ planner: TrialPlanner, cache: SharedCache) throws {
    let plan = planner.baseline()
    var first: FittedPreprocessor?
    for fit in parts.fits {
      let prepared = try prepare(
        fit, steps: plan.steps, acceptsMissing: planner.acceptsMissing, cache: cache)
      try prepared.checkWeights(named: fit.name)
      first = first ?? prepared.preprocessor
    }
    // Test rows teach nothing here: the question is only whether the steps can be applied to them.
    if let first { _ = try testData(first, training: parts.fits[0].training) }
  }
}
