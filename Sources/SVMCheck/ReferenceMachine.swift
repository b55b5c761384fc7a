package import Evaluation
import MarginHeads
package import PluginKit

/// An exact kernel SVM as good as a small search makes it: what other classifiers of the same rows can be
/// measured by.
///
/// One-vs-rest machines with squared hinge loss on a Gaussian kernel, with 4 widths around √(d/2) and 4
/// values of λ. For each fold the setting is chosen on the next fold, by machines trained on the others, so
/// that no judged row has a part in it.
package struct ReferenceMachine: Sendable, Equatable {
  /// A setting that was tried.
  package struct Setting: Sendable, Equatable {
    package let width: Double
    package let l2: Double
  }

  /// What was chosen in each fold.
  package let settings: [Setting]
  /// The decision on each row, by a machine that has not seen it.
  package let decisions: [Int32]
  /// The share of right decisions.
  package let accuracy: Double
  /// Wilson's 95 % interval of ``accuracy``.
  package let interval: ConfidenceInterval

  package var json: JSONValue {
    .object([
      ("kind", .string("kernel-svm")), ("accuracy", .number(accuracy)),
      ("interval", numbers([interval.low, interval.high])),
      (
        "settings",
        .array(
          settings.map { .object([("scale", .number($0.width)), ("l2", .number($0.l2))]) })
      ),
    ])
  }
}

extension MachineCheck {
  /// Finds the reference for these rows: 85 fits of an exact machine.
  package func reference() throws -> ReferenceMachine {
    let machines = try KernelMachines(rows.data, .squaredEuclidean, checkpoint: checkpoint)
    var settings: [ReferenceMachine.Setting] = []
    var decisions = [Int32](repeating: 0, count: rows.count)
    for (fold, judged) in rows.folds.enumerated() {
      let setting = try chosenSetting(machines, besides: fold)
      settings.append(setting)
      let decided = try self.decisions(
        machines, setting, training: rows.training(ofFold: fold), judged: judged)
      for (place, row) in judged.enumerated() { decisions[row] = decided[place] }
    }
    let labels = rows.data.labels
    let share = Double(zip(decisions, labels).count { $0 == $1 }) / Double(rows.count)
    return ReferenceMachine(
      settings: settings, decisions: decisions, accuracy: share,
      interval: .wilson(share: share, count: Double(rows.count)))
  }

  /// The setting that is right most often on the fold after one; of equals the first.
  private func chosenSetting(
    _ machines: KernelMachines, besides fold: Int
  ) throws -> ReferenceMachine.Setting {
    let judged = rows.folds[(fold + 1) % rows.folds.count]
    let held = Set(judged)
    let training = rows.training(ofFold: fold).filter { !held.contains($0) }
    var best: (setting: ReferenceMachine.Setting, right: Int)?
    for setting in Self.settings(columnCount: machines.data.features.columnCount) {
      let decided = try decisions(machines, setting, training: training, judged: judged)
      let right = zip(decided, judged).count { $0 == machines.data.labels[$1] }
      if right > best?.right ?? -1 { best = (setting, right) }
    }
    guard let best else { preconditionFailure("there are no settings to choose from") }
    return best.setting
  }

  private func decisions(
    _ machines: KernelMachines, _ setting: ReferenceMachine.Setting, training: [Int],
    judged: [Int]
  ) throws -> [Int32] {
    guard !training.isEmpty else { return judged.map { _ in 0 } }
    let kernel = MarginKernel(.gaussian, width: setting.width)
    return try machines.scores(
      kernel, training: training, judged: judged,
      DualSolver(loss: .squaredHinge, penalty: setting.l2), checkpoint: checkpoint
    ).largestColumns()
  }

  private static func settings(columnCount: Int) -> [ReferenceMachine.Setting] {
    let centre = (Double(max(columnCount, 1)) / 2).squareRoot()
    return [1, 0.5, 2, 0.25].flatMap { factor in
      [1e-4, 1e-3, 1e-5, 1e-2].map { .init(width: factor * centre, l2: $0) }
    }
  }
}
