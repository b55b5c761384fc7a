import Evaluation
import ModelExport
import PipelineSpec
import PluginKit
import StudyStore

extension Study {
  /// Refits and tests the best, writes the model and all figures.
  ///
  /// A model that can't be trained again stays without test figures; if it was to be the winner, the next
  /// one on the leaderboard is written in its place, and a warning says so.
  ///
  /// - Returns: The leaderboard with test figures, which is not written yet, and warnings.
  func finish() async throws -> (leaderboard: Leaderboard, warnings: [String]) {
    var leaderboard = await journal.leaderboard
    leaderboard.search = await searchState(leaderboard)
    let policy =
      leaderboard.search.state == .interrupted ? TestPolicy.none : experiment.pipeline.evaluate
    let records = await journal.records
    let maker = FinalModels(
      rows: rows, runner: runner, planner: planner,
      trained: experiment.pipeline.refit == .none ? await journal.trained : nil)
    let attempts = try await attempts(
      maker, FinalModels.trials(leaderboard, policy: policy).compactMap { records[$0] },
      tests: policy != .none)
    var (finals, warnings) = outcome(of: attempts, maker, leaderboard, records)
    for final in finals {
      if let test = final.test { leaderboard.setTest(test, trial: final.trial) }
    }
    if let winner = finals.first {
      try folder.write(winner.bundle.encoded(), to: "best.safetensors")
    }
    if let curves = learningCurvesCSV(leaderboard, records) {
      try folder.write(curves, to: "curves.csv")
    }
    warnings += try checkMachines(finals)
    for warning in warnings { experiment.report(.warning(warning)) }
    return (leaderboard, warnings)
  }

  /// What became of the attempt to make a trial's final model.
  private struct Attempt: Sendable {
    let record: TrialRecord
    let result: Result<FinalModel, any Error>

    /// Makes the final model of a trial; `tests` says whether it sees the test rows.
    init(_ record: TrialRecord, _ maker: FinalModels, tests: Bool) {
      self.record = record
      result = Result { try maker.make(record, tests: tests) }
    }
  }

  /// Makes the final models of some trials, as many at once as there are workers.
  private func attempts(
    _ maker: FinalModels, _ chosen: [TrialRecord], tests: Bool
  ) async throws -> [Attempt] {
    experiment.report(.refitting(models: chosen.count))
    var made: [Int: Attempt] = [:]
    await withTaskGroup(of: Attempt.self) { group in
      for record in chosen.prefix(experiment.options.workers) {
        group.addTask { Attempt(record, maker, tests: tests) }
      }
      var waiting = chosen.dropFirst(experiment.options.workers)
      while let attempt = await group.next() {
        made[attempt.record.number] = attempt
        if let record = waiting.popFirst() {
          group.addTask { Attempt(record, maker, tests: tests) }
        }
      }
    }
    return chosen.compactMap { made[$0.number] }
  }

  /// The models that could be made, the winner first, and what a person should know about them.
  private func outcome(
    of attempts: [Attempt], _ maker: FinalModels, _ leaderboard: Leaderboard,
    _ records: [Int: TrialRecord]
  ) -> (finals: [FinalModel], warnings: [String]) {
    var finals: [FinalModel] = []
    var warnings: [String] = []
    func take(_ attempt: Attempt) {
      let title = "\(attempt.record.model) (trial \(attempt.record.number))"
      switch attempt.result {
      case .success(let final):
        finals.append(final)
        warnings += final.bundle.report.warnings.map { "\(title): \($0)" }
      case .failure(let error):
        warnings.append("\(title) could not be trained again on all rows: \(error)")
      }
    }
    attempts.forEach(take)
    let tried = Set(attempts.map(\.record.number))
    for entry in leaderboard.ranked where finals.isEmpty && !tried.contains(entry.trial) {
      if let record = records[entry.trial] { take(Attempt(record, maker, tests: false)) }
    }
    if let written = finals.first, let best = leaderboard.best, written.trial != best.trial {
      warnings.append(
        "best.safetensors holds trial \(written.trial), not the best trial \(best.trial)")
    }
    return (finals, warnings)
  }

  private func searchState(_ leaderboard: Leaderboard) async -> SearchState {
    let wasCutShort = await !schedule.isFinished
    let timedOut = leaderboard.entries.contains { $0.status == .timeout }
    let cause: SearchState.State = experiment.limits.isCancelled ? .interrupted : .timeLimit
    return SearchState(
      state: wasCutShort ? cause : .complete,
      trials: leaderboard.entries.count { $0.trial > 0 },
      deterministic: !wasCutShort && !timedOut)
  }
}
