package import Evaluation
package import PluginKit
import StudyStore

/// What tells two runs apart: their settings, and what came out.
package struct RunComparison: Sendable {
  private struct Run {
    let path: String
    let identity: StudyIdentity
    let program: String?
    let leaderboard: Leaderboard
    let model: [UInt8]?

    init(_ path: String) throws {
      self.path = path
      let folder = RunFolder(path: path)
      let store = try folder.openStudyForReading()
      defer { try? store.close() }
      guard let identity = try StudyFacts(store: store).identity() else {
        throw RunError("the study in '\(path)' does not say what it is of")
      }
      self.identity = identity
      leaderboard = try readLeaderboard(ofRun: path)
      program = folder.earlierRecord()?["program"]?["version"]?.string
      model = try? folder.modelBytes()
    }

    /// All that the run was made of.
    var settings: JSONValue {
      .object((identity.json.members ?? []) + [("program", program.map { .string($0) } ?? .null)])
    }

    func best(_ model: String) -> LeaderboardEntry? {
      leaderboard.bestOfEachModel.first { $0.model == model }
    }
  }

  private let first: Run
  private let second: Run

  /// Reads two run folders.
  ///
  /// - Throws: ``RunError`` if one of them is none; errors of files or of the store.
  package init(_ first: String, _ second: String) throws {
    self.first = try Run(first)
    self.second = try Run(second)
  }

  /// The settings that differ, from the first run to the second, apart from where tables lie and results go.
  package var settings: [DocumentDifference] {
    DocumentDifference.between(first.settings, second.settings).compactMap { difference in
      let part = "pipeline."
      guard difference.path.hasPrefix(part) else { return difference }
      let key = String(difference.path.dropFirst(part.count))
      guard key != "data.source", key != "data.test", !key.hasPrefix("output.") else { return nil }
      return DocumentDifference(path: key, old: difference.old, new: difference.new)
    }
  }

  /// The first trial that is not the same in both, timings apart; nil where one run begins as the other one.
  package var firstOtherTrial: Int? {
    let entries = [first, second].map { run in
      Dictionary(
        uniqueKeysWithValues: run.leaderboard.entries.compactMap { entry in
          entry.trial.map { ($0, entry) }
        })
    }
    let common = Set(entries[0].keys).intersection(entries[1].keys).sorted()
    return common.first { trial in
      guard let one = entries[0][trial], let other = entries[1][trial] else { return false }
      return one.model != other.model || one.parameters != other.parameters
        || one.validation != other.validation || one.status != other.status
    }
  }

  /// Whether both wrote the same model, byte for byte.
  package var hasSameModel: Bool { first.model != nil && first.model == second.model }

  /// The comparison for other programs.
  package var json: JSONValue {
    .object([
      ("runs", .array([.string(first.path), .string(second.path)])),
      (
        "settings",
        .array(
          settings.map { difference in
            .object([
              ("key", .string(difference.path)), ("first", difference.old ?? .null),
              ("second", difference.new ?? .null),
            ])
          })
      ),
      ("trials", .array([first, second].map { .integer($0.leaderboard.search.trials) })),
      ("first_other_trial", firstOtherTrial.map { .integer($0) } ?? .null),
      ("same_model", .bool(hasSameModel)),
      ("metric", .string(metric.rawValue)),
      (
        "models",
        .array(
          models.map { model in
            .object([
              ("model", .string(model)),
              ("best", .array([first, second].map { value($0.best(model)) })),
            ])
          })
      ),
    ])
  }

  /// The comparison for people.
  ///
  /// - Parameters:
  ///   - width: The characters of a line.
  ///   - emphasis: Adds colour to finished lines; nil leaves plain text.
  /// - Returns: Lines that each end with a line feed.
  package func text(width: Int, emphasis: Emphasize? = nil) -> String {
    var lines = ["\(first.path) → \(second.path)", ""]
    let differences = settings
    lines += differences.isEmpty ? ["The settings, tables and versions are the same."] : []
    lines += differences.map { "  \($0)" } + [""]
    lines += table.lines(width: width, emphasis: emphasis) + [""]
    lines += (trialRemark + " " + modelRemark).wrapped(to: width)
    return lines.map { $0 + "\n" }.joined()
  }

  private var metric: Metric { first.leaderboard.metric }

  private var models: [String] {
    var seen: Set<String> = []
    return [first, second].flatMap { $0.leaderboard.bestOfEachModel.map(\.model) }
      .filter { seen.insert($0).inserted }
  }

  private func value(_ entry: LeaderboardEntry?) -> JSONValue {
    guard let entry else { return .null }
    return .object([
      ("trial", entry.trial.map { .integer($0) } ?? .null), ("validation", entry.validation.json),
      ("test", entry.test?.json ?? .null),
    ])
  }

  private var table: TextTable {
    var table = TextTable(columns: [
      .init(title: "model"),
      .init(title: "first: \(metric.title)", alignsRight: true),
      .init(title: "test", alignsRight: true, importance: 2),
      .init(title: "trial", alignsRight: true, importance: 1),
      .init(title: "second: \(metric.title)", alignsRight: true),
      .init(title: "test", alignsRight: true, importance: 2),
      .init(title: "trial", alignsRight: true, importance: 1),
    ])
    for model in models {
      table.rows.append(
        .cells([model] + [first, second].flatMap { cells($0.best(model)) }))
    }
    return table
  }

  private func cells(_ entry: LeaderboardEntry?) -> [String] {
    guard let entry else { return ["-", "", ""] }
    let reach = entry.validationInterval.map {
      " ±" + FigureFormat.fixed(($0.high - $0.low) / 2, digits: 4)
    }
    return [
      (entry.validation[metric].map { FigureFormat.fixed($0, digits: 4) } ?? "-")
        + (first.leaderboard.metric == second.leaderboard.metric ? reach ?? "" : ""),
      entry.test?[metric].map { FigureFormat.fixed($0, digits: 4) } ?? "",
      entry.trial.map { "\($0)" } ?? "",
    ]
  }

  private var trialRemark: String {
    let counts = [first, second].map { $0.leaderboard.entries.count }
    let both =
      counts[0] == counts[1]
      ? "Both have \(FigureFormat.counted(counts[0], "trial"))"
      : "They have \(FigureFormat.grouped(counts[0])) and \(FigureFormat.counted(counts[1], "trial"))"
    guard let other = firstOtherTrial else { return both + ", the same as far as both go." }
    return both + (other == 0 ? ", and trial 0 differs." : ", the same up to trial \(other - 1).")
  }

  private var modelRemark: String {
    if hasSameModel {
      return "The models are the same \(FigureFormat.counted(first.model?.count ?? 0, "byte"))."
    }
    return first.model == nil || second.model == nil
      ? "Not both have a model." : "The models are different files."
  }
}
