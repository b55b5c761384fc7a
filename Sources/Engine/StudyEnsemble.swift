import EnsembleSelection
import Evaluation
import ModelExport
import PipelineSpec
import PluginKit
import StudyStore
import TabularData

/// The ensemble of a study: which trials it has, and how it did on rows that had no say in its selection.
struct StudyEnsemble: Sendable {
  /// Its row of the leaderboard, with the members.
  let entry: LeaderboardEntry
  /// What turns its scores into probabilities.
  let calibration: Calibration
  /// The scores that it was judged by: for each judged row those of the ensemble that the other folds select.
  let scores: ScoreMatrix

  /// The leaderboard's word for it.
  static let name = "ensemble"
  /// The id of its plugin on the leaderboard and in model files.
  static let plugin = ModelBundle.ensemblePlugin

  var members: [EnsembleMember] { entry.members }

  /// How its scores become probabilities.
  ///
  /// The mean of probabilities is a little too cautious; a factor sets that right, whatever the members have.
  static func calibration(_ runner: TrialRunner) -> CalibrationMethod {
    runner.calibration == .none ? .none : .temperature
  }
}

/// Why a pipeline that asks for an ensemble gets none.
struct NoEnsemble: Error, CustomStringConvertible {
  let description: String
}

extension Study {
  /// The most memory for the probabilities of all trials that an ensemble may have, in bytes.
  private static let libraryLimit = 1 << 30

  /// Selects the ensemble that the pipeline asks for.
  ///
  /// It may have the trials whose scores are kept, without the baseline.
  ///
  /// - Throws: ``NoEnsemble`` where none is better than a single model.
  func selectEnsemble(
    _ settings: EnsembleSettings, _ leaderboard: Leaderboard, _ records: [Int: TrialRecord]
  ) throws -> StudyEnsemble {
    let judged = rows.judged
    let (trials, library) = try library(of: leaderboard, records, judged)
    let size = settings.values[EnsembleDeclaration.size]
    let selection = GreedySelection(size: size)
    let crossed = CrossedSelection(selection, library, folds: runner.choiceFolds(judged))
    let members = members(crossed.counts, trials)
    guard members.count > 1 else {
      throw NoEnsemble(
        description: "no ensemble was made: no other trial adds to \(trials[0].model) (trial "
          + "\(trials[0].number))")
    }
    let judgement = runner.judgement(of: crossed.scores, by: StudyEnsemble.calibration(runner))
    return StudyEnsemble(
      entry: entry(members, settings, judgement, records), calibration: judgement.calibration,
      scores: crossed.scores)
  }

  /// The trials that an ensemble may have, the best first, and what they say about the judged rows.
  private func library(
    of leaderboard: Leaderboard, _ records: [Int: TrialRecord], _ judged: JudgedRows
  ) throws -> ([TrialRecord], EnsembleLibrary) {
    let width = rows.dataset.classes.count
    let limit = Self.libraryLimit / max(1, 4 * judged.rows.count * width)
    var trials: [TrialRecord] = []
    var probabilities: [[Float]] = []
    for trial in SearchJournal.trialsWithScores(leaderboard).prefix(max(2, limit)) {
      guard let record = records[trial], record.model != TrialPlanner.baselineName,
        let scores = try scores(of: record, rowCount: judged.rows.count, width: width)
      else { continue }
      trials.append(record)
      probabilities.append(
        runner.judgedProbabilities(of: scores, by: runner.calibration).map { Float($0) })
    }
    guard trials.count > 1 else {
      throw NoEnsemble(
        description:
          "no ensemble was made: it needs at least 2 complete trials besides the baseline, "
          + "and there \(trials.count == 1 ? "is 1" : "are none")")
    }
    return (
      trials,
      EnsembleLibrary(
        classCount: width, labels: judged.labels, weights: judged.weights,
        probabilities: probabilities)
    )
  }

  /// The scores of a trial as they are kept; one whose file is missing or damaged is run again.
  func scores(
    of record: TrialRecord, rowCount: Int, width: Int
  ) throws -> ScoreMatrix? {
    let kept = folder.scores(trial: record.number)
    if let kept, kept.rowCount == rowCount, kept.columnCount == width { return kept }
    guard !experiment.limits.isOver else { return nil }
    let again = (try? runner.run(planner.plan(of: record)))?.scores
    if let again { try folder.writeScores(again, trial: record.number) }
    return again
  }

  /// The chosen trials, the largest weight first and of equal ones the better trial.
  private func members(_ counts: [Int], _ trials: [TrialRecord]) -> [EnsembleMember] {
    let total = counts.reduce(0, +)
    return counts.indices.filter { counts[$0] > 0 }
      .sorted { (counts[$1], $0) < (counts[$0], $1) }
      .map { place in
        EnsembleMember(
          trial: trials[place].number, model: trials[place].model,
          weight: Double(counts[place]) / Double(total))
      }
  }

  private func entry(
    _ members: [EnsembleMember], _ settings: EnsembleSettings, _ judgement: Judgement,
    _ records: [Int: TrialRecord]
  ) -> LeaderboardEntry {
    let parts = members.compactMap { records[$0.trial] }
    let results = parts.compactMap(\.result)
    return LeaderboardEntry(
      trial: nil, model: StudyEnsemble.name, plugin: StudyEnsemble.plugin, status: .complete,
      validation: judgement.validation, validationInterval: judgement.interval,
      parameters: settings.values.json, members: members,
      trainableParameters: results.reduce(0) { $0 + $1.trainableParameters },
      fitSeconds: parts.reduce(0) { $0 + $1.fitSeconds },
      predictMicrosecondsPerRow: results.reduce(0) { $0 + $1.predictMicrosecondsPerRow },
      modelBytes: results.reduce(0) { $0 + $1.modelBytes })
  }
}
