import Evaluation

/// What a run comes down to, in whole sentences, the most important one first.
struct RunSentences {
  private let facts: RunFacts
  private let leaderboard: Leaderboard

  init(_ facts: RunFacts) {
    self.facts = facts
    leaderboard = facts.leaderboard
  }

  var all: [String] {
    [first, choiceSentence, testSentence, tieSentence, othersSentence, searchSentence].compactMap {
      $0
    }
  }

  private var metric: Metric { leaderboard.metric }

  private var first: String {
    guard let best = leaderboard.best, let value = best.validation[metric] else {
      return noneIsComplete
    }
    let interval = best.validationInterval.map {
      " (95 % interval \(figure($0.low)) to \(figure($0.high)))"
    }
    let rows = facts.table.parts.first { $0.name == "validation" }?.counts.reduce(0, +)
    let place = rows.map { " on \(FigureFormat.counted($0, "validation row"))" } ?? ""
    let count = FigureFormat.counted(leaderboard.ranked.count, "entry", "entries")
    return "\(title(best)) is the best of \(count): \(metric.title) \(figure(value))\(place)"
      + "\(interval ?? "")."
  }

  private var noneIsComplete: String {
    let entries = leaderboard.entries
    let reasons = LeaderboardEntry.Status.allCases.compactMap { status -> String? in
      let count = entries.count { $0.status == status }
      return count > 0 ? "\(FigureFormat.grouped(count)) \(status.rawValue)" : nil
    }
    return "No trial is complete, and there is no model: "
      + (reasons.isEmpty ? "nothing was run." : reasons.joined(separator: ", ") + ".")
  }

  private var testSentence: String? {
    guard let winner = leaderboard.winner else { return nil }
    guard let value = winner.test?[metric] else { return "It was not tested on rows of its own." }
    let rows = facts.table.parts.first { $0.name == "test" }?.counts.reduce(0, +)
    let count = rows.map { FigureFormat.counted($0, "test row") } ?? "test rows"
    return "On \(count) that nothing was fitted to or chosen by it has \(figure(value))."
  }

  /// Where a smaller model than the best was kept.
  private var choiceSentence: String? {
    guard let chosen = leaderboard.ranked.first(where: \.isChosen),
      chosen.trial != leaderboard.best?.trial
    else { return nil }
    return
      "The model that was kept is \(title(chosen)), the smallest that can't be told from the best."
  }

  private var tieSentence: String? {
    guard leaderboard.ranked.count > 1, leaderboard.best?.validationInterval != nil else {
      return nil
    }
    let others = leaderboard.tiedWithBest.count - 1
    let count = FigureFormat.counted(others, "other entry", "other entries")
    guard !leaderboard.hasComparisons else {
      return others > 0
        ? "\(count) can't be told from the best by a paired test on the same rows."
        : "A paired test tells the best from all that it was compared with."
    }
    guard others > 0 else { return "No other entry comes within its interval." }
    return
      "\(count) \(others == 1 ? "is" : "are") within the interval of the best: a tie on these rows."
  }

  private var othersSentence: String? {
    let others = leaderboard.bestOfEachModel.dropFirst().prefix(6).compactMap { entry in
      entry.validation[metric].map { "\(entry.model) \(figure($0))" }
    }
    return others.isEmpty ? nil : "The best of the other models: \(others.joined(separator: ", "))."
  }

  private var searchSentence: String? {
    let trials = FigureFormat.counted(leaderboard.search.trials, "trial")
    switch leaderboard.search.state {
    case .complete: return nil
    case .running: return "The search is running: \(trials) so far."
    case .interrupted: return "The search was interrupted after \(trials)."
    case .timeLimit: return "The time limit ended the search after \(trials)."
    }
  }

  private func title(_ entry: LeaderboardEntry) -> String {
    entry.model + (entry.trial.map { " (trial \($0))" } ?? "")
  }

  private func figure(_ value: Double) -> String { FigureFormat.fixed(value, digits: 4) }
}
