/// How far a search has come.
package struct SearchState: Sendable, Equatable {
  /// Whether, and why, a search has ended.
  package enum State: String, Sendable, CaseIterable {
    case running
    case complete
    case interrupted
    case timeLimit = "time-limit"
  }

  package var state: State
  /// How many trials have ended, the baseline apart.
  package var trials: Int
  /// Whether the same pipeline and data give the same leaderboard again; false where a time limit struck.
  package var deterministic: Bool

  package init(state: State, trials: Int, deterministic: Bool = true) {
    self.state = state
    self.trials = trials
    self.deterministic = deterministic
  }
}
