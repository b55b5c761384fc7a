import PluginKit
import Synchronization

/// What a plugin promises that trains in epochs.
let epochPromises: [PluginPromise] = [
  .trained(
    "epochs-are-reported-in-order",
    advice: "report each epoch once, counted from 1, with finite figures; declare epochs only then"
  ) { subject in
    let reported = try subject.epochs(of: subject.epochTraining())
    guard subject.manifest.capabilities.epochs else {
      return .broken(
        by: reported.isEmpty ? [] : ["epochs are reported, but not declared as a capability"],
        otherwise: "no epochs are declared, and none reported")
    }
    guard !reported.isEmpty else {
      return .broken(["epochs are declared as a capability, but none is reported"])
    }
    var findings: [String] = []
    if reported.map(\.epoch) != Array(1...reported.count) {
      findings.append("the epochs are reported as \(reported.map(\.epoch))")
    }
    findings += reported.filter { !$0.trainingLoss.isFinite || !(0...1 ~= $0.trainingAccuracy) }
      .prefix(1).map {
        "epoch \($0.epoch) has a loss of \($0.trainingLoss) and an accuracy of "
          + "\($0.trainingAccuracy)"
      }
    return .broken(by: findings, otherwise: counted(reported.count, "epoch") + " in order")
  },
  .trained(
    "training-stops-when-it-is-told-to",
    advice: "end with what there is when the answer to a report is stop"
  ) { subject in
    guard subject.manifest.capabilities.epochs else { return .notInEpochs }
    let reported = try subject.epochs(of: subject.epochTraining()) { $0 == 2 ? .stop : .proceed }
    return reported.count <= 2
      ? .kept("a training that is stopped after epoch 2 gives a model")
      : .broken(["after stop at epoch 2 there were \(reported.count - 2) epochs more"])
  },
  .trained(
    "a-refit-runs-exactly-its-epochs",
    advice: "where an exact number of epochs is asked for, run it without early stopping"
  ) { subject in
    guard subject.manifest.capabilities.epochs else { return .notInEpochs }
    var training = try subject.epochTraining()
    training.exactEpochs = 5
    let reported = try subject.epochs(of: training)
    return reported.map(\.epoch) == [1, 2, 3, 4, 5]
      ? .kept("five epochs of five")
      : .broken(["five epochs were asked for, and \(reported.count) were run"])
  },
]

extension Verdict {
  fileprivate static let notInEpochs = Verdict.untested("no epochs are declared")
}

extension CheckedPlugin {
  /// A training that reports epochs, if any does: some plugins have a choice of methods.
  fileprivate func epochTraining() throws -> PluginTraining {
    var settings: [[String: ParameterValue]] = [[:]]
    for declaration in manifest.parameters {
      guard case .choice(let words) = declaration.kind else { continue }
      settings += words.map { [declaration.name: ParameterValue.text($0)] }
    }
    for setting in settings {
      var training = training()
      training.values.merge(setting) { $1 }
      guard plugin.conflicts(in: ParameterValues(manifest.parameters, training.values)).isEmpty,
        let reported = try? epochs(of: training), !reported.isEmpty
      else { continue }
      return training
    }
    return training()
  }

  /// The reports of a training's epochs, each answered by `decide`.
  fileprivate func epochs(
    of training: PluginTraining,
    decide: @escaping @Sendable (Int) -> TrainingDecision = { _ in .proceed }
  ) throws -> [EpochReport] {
    let collector = Collector()
    _ = try training.run(observer: { report in
      collector.reports.withLock { $0.append(report) }
      return decide(report.epoch)
    })
    return collector.reports.withLock { $0 }
  }
}

private final class Collector: Sendable {
  let reports = Mutex<[EpochReport]>([])
}
