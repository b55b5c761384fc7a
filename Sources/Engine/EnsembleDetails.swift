import Evaluation
package import PluginKit

/// Everything that is known about the ensemble of a run.
package struct EnsembleDetails: Sendable {
  private let folder: String
  private let leaderboard: Leaderboard
  private let entry: LeaderboardEntry
  private let rank: Int

  /// Looks the ensemble up.
  ///
  /// - Throws: ``RunError`` if there is no such run, or no ensemble in it.
  package init(run path: String) throws {
    let leaderboard = try readLeaderboard(ofRun: path)
    guard let place = leaderboard.ranked.firstIndex(where: { $0.trial == nil }) else {
      throw RunError(
        leaderboard.search.state == .running
          ? "the ensemble of '\(path)' is made when its search has ended"
          : "there is no ensemble in '\(path)': ensemble: {use: greedy} in the pipeline asks for one"
      )
    }
    folder = path
    self.leaderboard = leaderboard
    entry = leaderboard.ranked[place]
    rank = place + 1
  }

  /// The ensemble as it stands on the leaderboard.
  package var json: JSONValue { entry.json(rank: rank) }

  /// The ensemble for people: a title, a line for each fact, a table of members.
  package var description: String {
    let count = FigureFormat.counted(entry.members.count, "trial")
    return "The ensemble of \(folder): \(count), rank \(rank) of "
      + "\(FigureFormat.grouped(leaderboard.ranked.count))\n\n" + aligned(facts) + "\n"
      + members.lines(width: 100, emphasis: nil).map { $0 + "\n" }.joined()
  }

  private var facts: [(String, String)] {
    figureFacts(entry.validation, entry.validationInterval, test: entry.test) + [
      ("judged", "on each fold by the ensemble that the other folds select"),
      (
        "model",
        [
          entry.trainableParameters.map { FigureFormat.counted($0, "trainable parameter") },
          entry.modelBytes.map { FigureFormat.counted($0, "byte") },
          entry.predictMicrosecondsPerRow.map { FigureFormat.fixed($0, digits: 2) + " µs a row" },
        ].compactMap { $0 }.joined(separator: ", ")
      ),
    ]
  }

  private var members: TextTable {
    let metric = leaderboard.metric
    var table = TextTable(columns: [
      .init(title: "weight", alignsRight: true), .init(title: "model"),
      .init(title: "trial", alignsRight: true),
      .init(title: "validation \(metric.title)", alignsRight: true),
    ])
    for member in entry.members {
      let own = leaderboard.ranked.first { $0.trial == member.trial }
      table.rows.append(
        .cells([
          FigureFormat.fixed(member.weight, digits: 2), member.model, "\(member.trial)",
          own?.validation[metric].map { FigureFormat.fixed($0, digits: 4) } ?? "-",
        ]))
    }
    return table
  }
}
