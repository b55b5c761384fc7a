import Evaluation
import ModelExport
import PluginKit
import StudyStore

/// The learning curves of each model's best trial as CSV: one line for each epoch of each fit.
///
/// - Returns: nil where no such trial was trained in epochs.
func learningCurvesCSV(_ leaderboard: Leaderboard, _ records: [Int: TrialRecord]) -> String? {
  var lines = ["model,trial,fit,epoch,loss,accuracy,val_loss,val_accuracy"]
  for entry in leaderboard.bestOfEachModel {
    guard let trial = entry.trial else { continue }
    for (fit, curve) in (records[trial]?.curves ?? []).enumerated() {
      for epoch in curve {
        let figures = [
          epoch.trainingLoss, epoch.trainingAccuracy, epoch.monitorLoss, epoch.monitorAccuracy,
        ].map { $0.map { "\($0)" } ?? "" }
        lines.append(
          "\(csvCell(entry.model)),\(trial),\(fit + 1),\(epoch.epoch),"
            + figures.joined(separator: ","))
      }
    }
  }
  return lines.count > 1 ? lines.joined(separator: "\n") + "\n" : nil
}
