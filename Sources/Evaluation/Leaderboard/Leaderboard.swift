/// All trials of a search, and the ensemble of some if there is one, the best first.
///
/// Complete trials come first, ordered by the search metric, then by log loss, then by fewer trainable
/// parameters, then by the lower trial number, the ensemble last; never by a timing. NaN is worse than any number. The others
/// follow in trial order. Nothing depends on the test figures, or on the order in which trials were added.
package struct Leaderboard: Sendable, Equatable {
  /// What the search optimises.
  package let metric: Metric
  /// The names of the classes in their order.
  package let classes: [String]
  package var search: SearchState
  /// The best first; trial numbers are unique, and at most one entry has none.
  package private(set) var entries: [LeaderboardEntry] = []

  package init(
    metric: Metric, classes: [String], search: SearchState, entries: [LeaderboardEntry] = []
  ) {
    self.metric = metric
    self.classes = classes
    self.search = search
    for entry in entries { add(entry) }
  }

  /// Puts an entry into its place; O(n).
  ///
  /// - Precondition: there is no entry of the same trial yet, or no other ensemble.
  package mutating func add(_ entry: LeaderboardEntry) {
    precondition(
      !entries.contains { $0.trial == entry.trial }, "\(entry.title) is added twice")
    let place = entries.firstIndex { isRanked(entry, before: $0) } ?? entries.endIndex
    entries.insert(entry, at: place)
    checkInvariants()
  }

  /// Notes the figures of a trial, or with nil those of the ensemble, on the test rows; the order stays.
  ///
  /// - Precondition: the entry is on the leaderboard.
  package mutating func setTest(_ values: MetricValues, trial: Int?) {
    entries[place(of: trial)].test = values
  }

  /// Notes how an entry compares with the best; with nil that is the ensemble.
  ///
  /// - Precondition: the entry is on the leaderboard.
  package mutating func setComparison(_ comparison: PairedComparison, trial: Int?) {
    entries[place(of: trial)].comparison = comparison
  }

  /// Notes that an entry was chosen in place of the best.
  ///
  /// - Precondition: the entry is on the leaderboard.
  package mutating func setChosen(trial: Int?) { entries[place(of: trial)].isChosen = true }

  private func place(of trial: Int?) -> Int {
    guard let place = entries.firstIndex(where: { $0.trial == trial }) else {
      preconditionFailure("\(entryTitle(trial)) is not on the leaderboard")
    }
    return place
  }

  /// The complete entries, of which the first has rank 1.
  package var ranked: ArraySlice<LeaderboardEntry> {
    entries.prefix { $0.status == .complete }
  }

  /// The entries without a rank, in trial order.
  package var unranked: ArraySlice<LeaderboardEntry> {
    entries.dropFirst(ranked.count)
  }

  /// The best complete entry; nil where there is none.
  package var best: LeaderboardEntry? { ranked.first }

  /// The entry whose model is the result: the best, or the smaller one that was chosen in its place.
  package var winner: LeaderboardEntry? { ranked.first(where: \.isChosen) ?? best }

  /// The best complete entry of each model, the best first.
  package var bestOfEachModel: [LeaderboardEntry] {
    var seen: Set<String> = []
    return ranked.filter { seen.insert($0.model).inserted }
  }

  /// Whether entries were compared with the best by paired tests.
  package var hasComparisons: Bool { ranked.contains { $0.comparison != nil } }

  /// The complete entries that can't be told from the best by a paired test, that one included; where there are
  /// no tests, those whose value lies in its interval.
  package var tiedWithBest: [LeaderboardEntry] {
    guard !hasComparisons else {
      return ranked.filter { $0.trial == best?.trial || $0.comparison?.isTie ?? false }
    }
    guard let best, let interval = best.validationInterval else { return Array(ranked.prefix(1)) }
    return ranked.filter { entry in
      entry.trial == best.trial || entry.validation[metric].map(interval.contains) ?? false
    }
  }

  /// Whether one entry stands above another one.
  package func isRanked(_ entry: LeaderboardEntry, before other: LeaderboardEntry) -> Bool {
    let isComplete = (entry.status == .complete, other.status == .complete)
    guard isComplete.0, isComplete.1 else {
      return isComplete.0 == isComplete.1 ? entry.isEarlier(than: other) : isComplete.0
    }
    for metric in [metric, .logLoss] {
      let (value, otherValue) = (
        entry.validation[metric] ?? .nan, other.validation[metric] ?? .nan
      )
      if metric.isBetter(value, than: otherValue) { return true }
      if metric.isBetter(otherValue, than: value) { return false }
    }
    let (size, otherSize) = (entry.trainableParameters, other.trainableParameters)
    if size != otherSize { return size ?? .max < otherSize ?? .max }
    return entry.isEarlier(than: other)
  }
}

extension LeaderboardEntry {
  /// What messages call the entry, such as `trial 17`.
  package var title: String { entryTitle(trial) }

  /// Whether the trial has a lower number; the ensemble comes after all trials.
  fileprivate func isEarlier(than other: LeaderboardEntry) -> Bool {
    trial ?? .max < other.trial ?? .max
  }
}

/// What messages call an entry by its trial.
private func entryTitle(_ trial: Int?) -> String { trial.map { "trial \($0)" } ?? "the ensemble" }

extension Leaderboard {
  #if CHECK_INVARIANTS
    /// Verifies that no entry belongs above the one before it; O(n) on every insertion.
    private func checkInvariants() {
      for (above, below) in zip(entries, entries.dropFirst()) {
        precondition(!isRanked(below, before: above), "\(below.title) is ranked too low")
      }
    }
  #else
    @inline(__always) private func checkInvariants() {}
  #endif
}
