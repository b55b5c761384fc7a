import Evaluation
package import PluginKit
import StudyStore

/// Everything that is known about one trial of a run.
package struct TrialDetails: Sendable {
  private let folder: String
  private let record: TrialRecord
  private let entry: LeaderboardEntry?
  private let rank: Int?
  /// How much the trial counts in the ensemble; nil if it is no member.
  private let weight: Double?
  private let rankedCount: Int

  /// Looks a trial up.
  ///
  /// - Parameters:
  ///   - number: The trial's number; the baseline is 0.
  ///   - path: The run folder.
  /// - Throws: ``RunError`` if there is no such run or no such trial; errors of the store.
  package init(trial number: Int, run path: String) throws {
    let folder = RunFolder(path: path)
    let store = try folder.openStudyForReading()
    defer { try? store.close() }
    guard let record = try store.load(number) else {
      throw RunError(try Self.absence(of: number, in: store, path))
    }
    let leaderboard = folder.earlierLeaderboard()
    self.folder = path
    self.record = record
    entry = leaderboard?.entries.first { $0.trial == number }
    weight = leaderboard?.entries.flatMap(\.members).first { $0.trial == number }?.weight
    rank = leaderboard?.ranked.firstIndex { $0.trial == number }.map { $0 + 1 }
    rankedCount = leaderboard?.ranked.count ?? 0
  }

  private static func absence(
    of number: Int, in store: any TrialStore, _ path: String
  ) throws -> String {
    if let trial = try store.running().first(where: { $0.number == number }) {
      let epochs = trial.curves.last?.last.map { ", and its last epoch was \($0.epoch)" } ?? ""
      return trial.isFree
        ? "trial \(number) of '\(path)' was begun and not finished: it will be run again"
        : "trial \(number) of '\(path)' is running\(epochs)"
    }
    let last = try store.list().last?.number
    return "there is no trial \(number) in '\(path)'; "
      + (last.map { "there are trials 0 to \($0)" } ?? "no trial is finished yet")
  }

  /// The record as it is stored, with its rank and its figures on the test rows.
  package var json: JSONValue {
    .object(
      (record.json.members ?? []) + [
        ("rank", rank.map { .integer($0) } ?? .null), ("test", entry?.test?.json ?? .null),
        ("ensemble_weight", weight.map { .number($0) } ?? .null),
      ])
  }

  /// The trial for people: a title, then a line for each fact.
  package var description: String {
    let place = rank.map { ", rank \($0) of \(FigureFormat.grouped(rankedCount))" } ?? ""
    let plugin = record.plugin == record.model ? "" : " (\(record.plugin))"
    return "Trial \(record.number) of \(folder): \(record.model)\(plugin)\(place)\n\n"
      + aligned(facts) + epochs + log
  }

  private var facts: [(String, String)] {
    [("status", record.outcome.status.rawValue + (record.outcome.reason.map { ": \($0)" } ?? ""))]
      + figures + membership + parameters + training
  }

  private var figures: [(String, String)] {
    guard let result = record.result else { return [] }
    return figureFacts(result.validation, result.interval, test: entry?.test)
  }

  private var membership: [(String, String)] {
    weight.map { [("ensemble", "a member with weight \(FigureFormat.fixed($0, digits: 2))")] } ?? []
  }

  private var parameters: [(String, String)] {
    (record.parameters.members ?? []).map { ($0.0, $0.1.string ?? $0.1.text) }
  }

  private var training: [(String, String)] {
    var facts = [("time", "\(FigureFormat.duration(record.fitSeconds)) of training")]
    guard let result = record.result else { return facts }
    for (fit, report) in result.reports.enumerated() {
      facts.append((result.reports.count > 1 ? "fit \(fit + 1)" : "fit", report.sentence))
      facts += report.warnings.map { ("", $0) }
    }
    facts.append(
      (
        "model",
        FigureFormat.counted(result.trainableParameters, "trainable parameter") + ", "
          + FigureFormat.counted(result.modelBytes, "byte") + ", "
          + FigureFormat.fixed(result.predictMicrosecondsPerRow, digits: 2) + " µs a row"
      ))
    facts.append(
      ("calibration", result.calibration.sentence))
    return facts
  }

  /// The learning curves, at most some ten epochs of each fit.
  private var epochs: String {
    record.curves.enumerated().map { fit, curve in
      var table = TextTable(columns: [
        .init(
          title: record.curves.count > 1 ? "fit \(fit + 1), epoch" : "epoch", alignsRight: true),
        .init(title: "loss", alignsRight: true), .init(title: "accuracy", alignsRight: true),
        .init(title: "held-back loss", alignsRight: true),
        .init(title: "held-back accuracy", alignsRight: true),
      ])
      let step = max(1, (curve.count + 9) / 10)
      for (place, epoch) in curve.enumerated()
      where place % step == 0 || place + 1 == curve.count {
        let values = [
          epoch.trainingLoss, epoch.trainingAccuracy, epoch.monitorLoss, epoch.monitorAccuracy,
        ]
        table.rows.append(
          .cells(
            ["\(epoch.epoch)"]
              + values.map { $0.map { FigureFormat.fixed($0, digits: 4) } ?? "" }))
      }
      return "\n" + table.lines(width: 100, emphasis: nil).map { $0 + "\n" }.joined()
    }.joined()
  }

  private var log: String {
    record.log.isEmpty ? "" : "\nThe last lines that it wrote:\n" + record.log + "\n"
  }
}

extension Calibration {
  /// How scores become probabilities, in words.
  fileprivate var sentence: String {
    switch self {
    case .temperature(let scaling): "scores times \(FigureFormat.fixed(scaling.beta, digits: 4))"
    case .margins: "a rising curve of each class' margin"
    }
  }
}

/// A line for each metric, with its test figure if there is one, and one for the interval.
func figureFacts(
  _ validation: MetricValues, _ interval: ConfidenceInterval?, test: MetricValues?
) -> [(String, String)] {
  var facts = validation.all.map { element in
    let test = test?[element.metric].map { "; test \(FigureFormat.fixed($0, digits: 4))" }
    return (element.metric.title, FigureFormat.fixed(element.value, digits: 4) + (test ?? ""))
  }
  if let interval {
    facts.append(
      (
        "95 % interval",
        FigureFormat.fixed(interval.low, digits: 4) + " to "
          + FigureFormat.fixed(interval.high, digits: 4)
      ))
  }
  return facts
}

/// Lines of a name and a fact, the facts below each other.
func aligned(_ facts: [(String, String)]) -> String {
  let width = facts.map(\.0.count).max() ?? 0
  return facts.map { name, fact in
    name + String(repeating: " ", count: width - name.count + 2) + fact + "\n"
  }.joined()
}

extension TrainingReport {
  /// How a training went, such as `converged after 9 iterations, largest gap 8.1e-5`.
  fileprivate var sentence: String {
    var text =
      switch stopping {
      case .converged: "converged"
      case .budget: "ended with its budget"
      case .early: "stopped early"
      }
    text += " after \(FigureFormat.counted(iterations, "iteration"))"
    if let gap = relativeGaps.max() { text += ", largest relative gap \(FigureFormat.short(gap))" }
    if let bestEpoch { text += ", best epoch \(bestEpoch)" }
    if let objective { text += ", objective \(FigureFormat.short(objective))" }
    return text
  }
}
