import Evaluation
import ModelExport
import PluginKit
import StudyStore

/// The final models of a study as they are made, and what a person should know about them.
struct FinalResults: Sendable {
  let maker: FinalModels
  let records: [Int: TrialRecord]
  /// Whether models see the test rows.
  var tests: Bool
  /// The ensemble of the study; nil where there is none.
  var ensemble: StudyEnsemble?
  /// The models of the entries that were asked for, in their order.
  private(set) var finals: [FinalModel] = []
  var warnings: [String] = []
  /// The models of all trials that could be made, members of the ensemble among them.
  private var models: [Int: FinalModel] = [:]

  init(maker: FinalModels, records: [Int: TrialRecord], tests: Bool) {
    self.maker = maker
    self.records = records
    self.tests = tests
  }

  /// The trials whose models some entries need, each once.
  func trials(of entries: [LeaderboardEntry]) -> [Int] {
    var seen: Set<Int> = []
    return entries.flatMap { entry in
      entry.trial.map { [$0] } ?? ensemble?.members.map(\.trial) ?? []
    }.filter { seen.insert($0).inserted }
  }

  /// Makes the final models of some entries, as many at once as there are workers.
  mutating func make(_ entries: [LeaderboardEntry], workers: Int) async {
    let missing = trials(of: entries).filter { models[$0] == nil }.compactMap { records[$0] }
    for attempt in await attempts(missing, workers: workers) { take(attempt) }
    for entry in entries {
      if let trial = entry.trial {
        if let model = models[trial] { finals.append(model) }
      } else if let ensemble {
        take(ensemble)
      }
    }
  }

  private mutating func take(_ attempt: Attempt) {
    let title = "\(attempt.record.model) (trial \(attempt.record.number))"
    switch attempt.result {
    case .success(let final):
      models[attempt.record.number] = final
      warnings += final.bundle.report.warnings.map { "\(title): \($0)" }
    case .failure(let error):
      warnings.append("\(title) could not be trained again on all rows: \(error)")
    }
  }

  private mutating func take(_ ensemble: StudyEnsemble) {
    let members = ensemble.members.compactMap { models[$0.trial] }
    guard members.count == ensemble.members.count else {
      let absent = ensemble.members.filter { models[$0.trial] == nil }.map { "\($0.trial)" }
      warnings.append(
        "the ensemble could not be put together without its trial"
          + "\(absent.count == 1 ? "" : "s") \(absent.joined(separator: ", "))")
      return
    }
    finals.append(maker.make(ensemble, of: members))
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

  private func attempts(_ chosen: [TrialRecord], workers: Int) async -> [Attempt] {
    let (maker, tests) = (maker, tests)
    var made: [Int: Attempt] = [:]
    await withTaskGroup(of: Attempt.self) { group in
      for record in chosen.prefix(workers) {
        group.addTask { Attempt(record, maker, tests: tests) }
      }
      var waiting = chosen.dropFirst(workers)
      while let attempt = await group.next() {
        made[attempt.record.number] = attempt
        if let record = waiting.popFirst() {
          group.addTask { Attempt(record, maker, tests: tests) }
        }
      }
    }
    return chosen.compactMap { made[$0.number] }
  }
}
