extension Leaderboard {
  /// What a reader must know to trust the figures: whole sentences, one paragraph each.
  var remarks: [String] {
    [testRemark, tieRemark, searchRemark].compactMap { $0 }
  }

  private var testRemark: String? {
    guard !ranked.isEmpty else { return nil }
    let mark = "* is the best of its model."
    if entries.contains(where: { $0.test != nil }) {
      return mark
        + " Test figures are from rows that nothing was fitted to or chosen by, measured once, after "
        + "the order was final."
    }
    return search.state == .running
      ? mark + " Test figures follow when the search has ended." : mark + " Nothing was tested."
  }

  private var tieRemark: String? {
    guard ranked.count > 1, let interval = best?.validationInterval else { return nil }
    let range =
      "\(FigureFormat.fixed(interval.low, digits: 4)) to "
      + FigureFormat.fixed(interval.high, digits: 4)
    let tied = tiedWithBest.count
    if tied == 1 {
      return "The best stands alone: no other entry is within its 95 % interval, \(range)."
    }
    return tied == ranked.count
      ? "All \(tied) entries are within the 95 % interval of the best, \(range): a tie on these rows."
      : "The first \(tied) entries are within the 95 % interval of the best, \(range): "
        + "a tie on these rows."
  }

  private var timeoutRemark: String {
    let ended = entries.filter { $0.status == .timeout }.compactMap { $0.trial.map { "\($0)" } }
    return "A clock ended \(ended.count == 1 ? "trial" : "trials") "
      + ended.joined(separator: ", ") + ": another run may give other results."
  }

  private var searchRemark: String? {
    let trials = "\(search.trials) trial\(search.trials == 1 ? "" : "s")"
    let repeats = search.deterministic ? "" : " Another run may end at another trial."
    switch search.state {
    case .complete: return search.deterministic ? nil : timeoutRemark
    case .running: return "The search is running: \(trials) so far."
    case .interrupted: return "The search was interrupted after \(trials)." + repeats
    case .timeLimit: return "The time limit ended the search after \(trials)." + repeats
    }
  }
}
