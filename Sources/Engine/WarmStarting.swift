import Evaluation
import HyperparameterSearch
import PipelineSpec
import PluginKit
import StudyStore

extension WarmStart {
  /// Reads the study that a pipeline starts from; nil if it names none.
  ///
  /// - Returns: The trials, and what a person should know about those that were left out.
  /// - Throws: ``RunError`` if the study can't be used or has no trial that could be.
  static func named(
    by pipeline: Pipeline, _ planner: TrialPlanner
  ) throws(RunError) -> (warmStart: WarmStart, notes: [String])? {
    guard let path = pipeline.search.warmStart else { return nil }
    let warmStart: WarmStart
    let notes: [String]
    do throws(TrialStoreError) {
      (warmStart, notes) = try read(path, metric: pipeline.search.metric, space: planner.space)
    } catch {
      throw RunError("search.warm_start: \(error.finding)")
    }
    guard !warmStart.trials.isEmpty else {
      let reasons = notes.isEmpty ? "it has no complete ones" : notes.joined(separator: "; ")
      throw RunError("search.warm_start: '\(path)' has no trials for this search: \(reasons)")
    }
    return (warmStart, notes.map { "search.warm_start: \($0)" })
  }

  /// What a sampler makes of the trials: results before all others.
  ///
  /// - Parameters:
  ///   - metric: What the search optimises.
  ///   - firstNumber: The sampler's number of the trial after them.
  /// - Returns: An observation for each trial, by ascending number.
  func observations(_ metric: Metric, before firstNumber: Int) -> [Observation] {
    trials.enumerated().map { index, trial in
      Observation(
        number: firstNumber - trials.count + index, point: trial.point,
        loss: metric.direction == .maximize ? -trial.value : trial.value)
    }
  }
}

extension JSONValue {
  /// An object less a member; anything else as it is.
  func without(_ name: String) -> JSONValue {
    members.map { .object($0.filter { $0.0 != name }) } ?? self
  }
}
