import Evaluation
import ModelExport
import StudyStore
import TabularData

extension Study {
  /// What the model that is written needs to know when it is used.
  ///
  /// - Parameters:
  ///   - final: The model.
  ///   - maker: Which rows it was trained on.
  ///   - ensemble: The study's ensemble; nil where there is none.
  ///   - records: The complete trials.
  /// - Returns: All parts that are known.
  /// - Throws: What reading the scores of the trial throws, or running it again where they are lost.
  func use(
    of final: FinalModel, _ maker: FinalModels, _ ensemble: StudyEnsemble?,
    _ records: [Int: TrialRecord]
  ) throws -> ModelUse {
    ModelUse(
      profile: TrainingProfile(rows.dataset.features, rows: maker.trainingRows),
      sets: try conformalSets(final, ensemble, records), costs: rows.costs)
  }

  /// Sets from the probabilities of the judged rows, which none of the models had seen that gave them.
  ///
  /// With repeats it is those of the first: other scores of the same rows are no further rows.
  private func conformalSets(
    _ final: FinalModel, _ ensemble: StudyEnsemble?, _ records: [Int: TrialRecord]
  ) throws -> ConformalSets? {
    let judged = rows.judged
    let width = rows.dataset.classes.count
    let scores =
      if let trial = final.trial {
        try records[trial].flatMap {
          try self.scores(of: $0, rowCount: judged.rows.count, width: width)
        }
      } else {
        ensemble?.scores
      }
    guard let scores else { return nil }
    let count = judged.rows.count / rows.repeats
    let method = final.trial == nil ? StudyEnsemble.calibration(runner) : runner.calibration
    let probabilities = runner.judgedProbabilities(of: scores, by: method)
    return ConformalSets(
      labels: Array(judged.labels.prefix(count)),
      probabilities: Array(probabilities.prefix(count * width)), classCount: width)
  }
}
