package import Evaluation
package import PluginKit
import SystemFiles

/// A run folder in one line.
package struct RunSummary: Sendable, Equatable {
  /// How far a run has come.
  package enum State: String, Sendable {
    case complete
    case interrupted
    case timeLimit = "time-limit"
    /// A process is at work.
    case running
    /// It was killed: the same command goes on.
    case stopped
  }

  package let folder: String
  package let state: State
  /// The trials that have ended, the baseline apart.
  package let trials: Int
  package let metric: Metric
  /// The first of the leaderboard; nil where no trial is complete.
  package let best: LeaderboardEntry?
  /// When the run was started last, in UTC, as ISO 8601; nil for a run that has not ended once.
  package let started: String?
  /// Seconds that all starts took; nil for a run that has not ended once.
  package let seconds: Double?

  /// Looks at a folder.
  ///
  /// - Returns: nil if no run left a leaderboard there.
  package init?(folder path: String) {
    let folder = RunFolder(path: path)
    guard let leaderboard = try? readLeaderboard(ofRun: path) else { return nil }
    self.folder = path
    trials = leaderboard.search.trials
    metric = leaderboard.metric
    best = leaderboard.best
    let record = folder.earlierRecord()
    started = record?["started"]?.string
    seconds = record?["elapsed_seconds"]?.number
    state =
      switch leaderboard.search.state {
      case .complete: .complete
      case .interrupted: .interrupted
      case .timeLimit: .timeLimit
      case .running: RunLock.isHeld(folder: path) ? .running : .stopped
      }
  }

  /// The members of the list that `automl runs --format json` prints.
  package var json: JSONValue {
    .object([
      ("folder", .string(folder)), ("state", .string(state.rawValue)), ("trials", .integer(trials)),
      ("metric", .string(metric.rawValue)),
      ("best", best.flatMap { $0.validation[metric] }.map { .number($0) } ?? .null),
      ("model", best.map { .string($0.model) } ?? .null),
      ("started", started.map { .string($0) } ?? .null),
      ("elapsed_seconds", seconds.map { .number($0) } ?? .null),
    ])
  }
}

/// The runs in a folder and in the folders directly below it, in the order of their names.
///
/// - Throws: ``RunError`` if there is no such folder.
package func listRuns(in path: String) throws(RunError) -> [RunSummary] {
  guard fileExists(path) else {
    throw RunError("there is no folder '\(path)': give the one that holds run folders")
  }
  return [RunSummary(folder: path)].compactMap { $0 }
    + folderContents(path).compactMap { name in
      RunSummary(folder: path == "." ? name : resolvedPath(name, from: path))
    }
}

extension [RunSummary] {
  /// The runs as a table for a terminal, in lines that each end with a line feed.
  package func table(width: Int, emphasis: Emphasize? = nil) -> String {
    var table = TextTable(columns: [
      .init(title: "run", leastWidth: 20),
      .init(title: "state"),
      .init(title: "trials", alignsRight: true),
      .init(title: "best", alignsRight: true),
      .init(title: "metric", importance: 4),
      .init(title: "model", importance: 3),
      .init(title: "time", alignsRight: true, importance: 2),
      .init(title: "started (UTC)", importance: 1),
    ])
    for run in self {
      let value = run.best.flatMap { $0.validation[run.metric] }
      table.rows.append(
        .cells([
          run.folder, run.state.rawValue, FigureFormat.grouped(run.trials),
          value.map { FigureFormat.fixed($0, digits: 4) } ?? "-", run.metric.rawValue,
          run.best?.model ?? "", run.seconds.map { FigureFormat.duration($0) } ?? "",
          run.started.map { $0.replacing("T", with: " ").replacing("Z", with: "") } ?? "",
        ]))
    }
    return table.lines(width: width, emphasis: emphasis).map { $0 + "\n" }.joined()
  }
}
