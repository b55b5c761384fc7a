import Evaluation
import HyperparameterSearch
import PluginKit
import StudyStore
import Synchronization

/// What pruning compares trials by: the accuracy on the rows that judge them, after each epoch of the first fit.
///
/// These are the rows that the search ranks trials by, and pruning only ranks earlier: it changes no figure of
/// a trial that goes on. (Early stopping is different: it chooses the epoch of a model, so that it must not see
/// these rows.) It is accuracy whatever the search's metric, as losses with different penalties can't be
/// compared. After the first fit a trial is not ended any more.
extension TrialRecord {
  /// The first fit's accuracies; nil for a trial without epochs, or that ended in another way.
  fileprivate var course: SuccessiveHalving.Course? {
    guard let curve = curves.first, !curve.isEmpty else { return nil }
    let values = curve.map { $0.monitorAccuracy ?? .nan }
    switch outcome {
    case .complete: return SuccessiveHalving.Course(values: values, wasPruned: false)
    case .pruned: return SuccessiveHalving.Course(values: values, wasPruned: true)
    case .failed, .timeout: return nil
    }
  }

  /// How far the trial came before it was pruned; nil for all others.
  var pruned: Observation.Pruned? {
    guard let course, course.wasPruned else { return nil }
    return Observation.Pruned(
      epochs: course.values.count, value: course.values.filter { !$0.isNaN }.max() ?? .nan)
  }
}

extension SuccessiveHalving {
  /// The rungs of a trial of an entry, from the finished trials that it may see.
  init(entry: String, earlier records: some Sequence<TrialRecord>) {
    self.init(earlier: records.filter { $0.model == entry }.compactMap(\.course))
  }
}

/// Watches a trial's first fit and ends it at a rung.
final class PruningWatch: Sendable {
  private let pruner: SuccessiveHalving
  private let state = Mutex(State())

  private struct State {
    var best = -Double.infinity
    var end: (rung: SuccessiveHalving.Rung, best: Double)?
  }

  init(_ pruner: SuccessiveHalving) { self.pruner = pruner }

  /// Takes in an epoch of the first fit.
  func decision(on report: EpochReport) -> TrainingDecision {
    state.withLock { state in
      guard let value = report.monitorAccuracy else { return .proceed }
      if value > state.best { state.best = value }
      if state.end == nil, let rung = pruner.rung(ending: report.epoch, best: state.best) {
        state.end = (rung, state.best)
      }
      return state.end == nil ? .proceed : .stop
    }
  }

  /// Why the trial was ended, the same in every run; nil if it was not.
  var reason: String? {
    state.withLock { state in
      state.end.map { rung, best in
        "its accuracy was at most \(FigureFormat.fixed(best, digits: 4)) after \(rung.epoch) epochs, and "
          + "the better half of \(rung.others) earlier trials had "
          + "\(FigureFormat.fixed(rung.least, digits: 4)) or more"
      }
    }
  }
}
