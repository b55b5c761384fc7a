import Evaluation
import ModelExport
import PipelineSpec
import PluginKit
import StudyStore

extension Study {
  /// Makes the ensemble, refits and tests the best, writes the model and all figures.
  ///
  /// A model that can't be trained again stays without test figures; if it was to be the winner, the next
  /// one on the leaderboard is written in its place, and a warning says so.
  ///
  /// - Returns: The leaderboard with test figures, which is not written yet, and warnings.
  func finish() async throws -> (leaderboard: Leaderboard, warnings: [String]) {
    var leaderboard = await journal.leaderboard
    leaderboard.search = await searchState(leaderboard)
    let isInterrupted = leaderboard.search.state == .interrupted
    let policy = isInterrupted ? TestPolicy.none : experiment.pipeline.evaluate
    let records = await journal.records
    let maker = FinalModels(
      rows: rows, runner: runner, planner: planner,
      trained: experiment.pipeline.refit == .none ? await journal.trained : nil)
    var results = FinalResults(maker: maker, records: records, tests: policy != .none)
    if let settings = experiment.pipeline.ensemble, !isInterrupted {
      do {
        let ensemble = try selectEnsemble(settings, leaderboard, records)
        leaderboard.add(ensemble.entry)
        results.ensemble = ensemble
      } catch let reason as NoEnsemble {
        results.warnings.append("\(reason)")
      }
    }
    try folder.writeEnsembleScores(results.ensemble?.scores)
    if !isInterrupted {
      compare(&leaderboard, results.ensemble)
      choose(experiment.pipeline.choose, on: &leaderboard)
    }
    try await complete(&results, FinalModels.entries(leaderboard, policy: policy), leaderboard)
    for final in results.finals {
      if let test = final.test {
        leaderboard.setTest(MetricValues(of: test), trial: final.trial)
      }
    }
    if let winner = results.finals.first {
      var bundle = winner.bundle
      bundle.use = try use(of: winner, maker, results.ensemble, records)
      try folder.write(bundle.encoded(), to: "best.safetensors")
    }
    if let curves = learningCurvesCSV(leaderboard, records) {
      try folder.write(curves, to: "curves.csv")
    }
    results.warnings += try checkMachines(results.finals)
    results.warnings += try explain(results.finals, leaderboard, records)
    for warning in results.warnings { experiment.report(.warning(warning)) }
    return (leaderboard, results.warnings)
  }

  /// Makes the final models of some entries; if there is none among them that can be made, those of the
  /// entries after them, until there is one.
  private func complete(
    _ results: inout FinalResults, _ chosen: [LeaderboardEntry], _ leaderboard: Leaderboard
  ) async throws {
    experiment.report(.refitting(models: results.trials(of: chosen).count))
    await results.make(chosen, workers: experiment.options.workers)
    let tried = Set(chosen.map(\.trial))
    for entry in leaderboard.ranked where results.finals.isEmpty && !tried.contains(entry.trial) {
      results.tests = false
      await results.make([entry], workers: experiment.options.workers)
    }
    if let written = results.finals.first, let best = leaderboard.winner,
      written.trial != best.trial
    {
      let title = leaderboard.ranked.first { $0.trial == written.trial }?.title ?? "a model"
      let merit = best.isChosen ? "chosen" : "best"
      let other =
        best.trial == nil ? "the ensemble, which is the \(merit)" : "the \(merit) \(best.title)"
      results.warnings.append("best.safetensors holds \(title), not \(other)")
    }
  }

  /// Marks the entry that the pipeline prefers to the best.
  private func choose(_ choice: Choice, on leaderboard: inout Leaderboard) {
    guard choice == .smallestTie else { return }
    let smallest = leaderboard.tiedWithBest
      .filter { $0.model != TrialPlanner.baselineName }
      .min { $0.modelBytes ?? .max < $1.modelBytes ?? .max }
    if let smallest, smallest.trial != leaderboard.best?.trial {
      leaderboard.setChosen(trial: smallest.trial)
    }
  }

  private func searchState(_ leaderboard: Leaderboard) async -> SearchState {
    let wasCutShort = await !schedule.isFinished
    let timedOut = leaderboard.entries.contains { $0.status == .timeout }
    let cause: SearchState.State = experiment.limits.isCancelled ? .interrupted : .timeLimit
    return SearchState(
      state: wasCutShort ? cause : .complete,
      trials: leaderboard.entries.count { $0.trial ?? 0 > 0 },
      deterministic: !wasCutShort && !timedOut)
  }
}
