extension Leaderboard {
  /// What a reader must know to trust the figures: whole sentences, one paragraph each.
  var remarks: [String] {
    [testRemark, flatteryRemark, tieRemark, choiceRemark, searchRemark].compactMap { $0 }
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

  /// The figures of the winner beside each other: the first was the reason to choose it.
  private var flatteryRemark: String? {
    guard hasComparisons, let winner, let validation = winner.validation[metric],
      let test = winner.test?[metric]
    else { return nil }
    return
      "The validation \(metric.title) that chose the model flatters it on average: here it is "
      + "\(FigureFormat.fixed(validation, digits: 4)), and \(FigureFormat.fixed(test, digits: 4)) on the "
      + "test rows."
  }

  private var choiceRemark: String? {
    guard let chosen = ranked.first(where: \.isChosen) else { return nil }
    let model = chosen.trial == nil ? chosen.title : "\(chosen.title) (\(chosen.model))"
    return "The model that was written is \(model), the smallest that can't be told from the best."
  }

  /// By which test entries were compared, in words.
  private var testName: String {
    switch ranked.lazy.compactMap({ $0.comparison?.test }).first {
    case .mcNemar: "McNemar's exact test"
    case .correctedT: "the corrected resampled t-test"
    case .bootstrap, nil: "a paired bootstrap"
    }
  }

  private var pairedRemark: String {
    let compared = ranked.count { $0.comparison != nil }
    let tied = tiedWithBest.count - 1
    return "= can't be told from the best on the same rows (\(testName), p of 0.05 or more): "
      + (tied == 0 ? "none" : "\(tied)") + " of the \(compared) that were compared."
  }

  private var tieRemark: String? {
    guard !hasComparisons else { return pairedRemark }
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
