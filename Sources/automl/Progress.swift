import Engine
import Evaluation
import PluginKit
import StudyStore
import Synchronization

/// Tells a person how a run goes: one line that changes on a terminal, plain lines elsewhere.
final class Progress: Sendable {
  private struct State {
    var overview: RunOverview?
    var finished = 0
    var best: LeaderboardEntry?
    var linesShown = 0
    var hasLine = false
    var lastDraw: ContinuousClock.Instant?
  }

  private let terminal: Terminal
  private let isQuiet: Bool
  private let start = ContinuousClock.now
  private let state = Mutex(State())

  init(terminal: Terminal, isQuiet: Bool) {
    self.terminal = terminal
    self.isQuiet = isQuiet
  }

  /// Shows an event; warnings are shown even if the rest is not wanted.
  func show(_ event: RunEvent) {
    state.withLock { state in
      switch event {
      case .warning(let text): print("warning: \(text)", &state)
      case .prepared(let overview):
        state.overview = overview
        if !isQuiet { print(opening(overview), &state) }
      case .finished(let record, let count, let best):
        showFinished(record, count, best, &state)
      case .epoch(let trial, let report): showEpoch(trial, report, &state)
      case .refitting(let models):
        guard !isQuiet else { return }
        let what = models == 1 ? "the best model" : "the best \(models) models"
        if terminal.isInteractive { draw("Training \(what) again on all rows …", &state) }
      }
    }
  }

  /// Removes the progress line.
  func end() { state.withLock { clear(&$0) } }

  private func opening(_ overview: RunOverview) -> String {
    let parts =
      overview.fits > 1
      ? "\(overview.fits) fits a trial" : "\(overview.validationRows) to validate on"
    let test = overview.testRows > 0 ? ", \(overview.testRows) to test on" : ""
    return "\(overview.rowCount) rows, \(overview.featureCount) columns, "
      + "\(overview.classes.count) classes; \(overview.trainingRows) rows to train on, \(parts)\(test)"
  }

  private func showFinished(
    _ record: TrialRecord, _ count: Int, _ best: LeaderboardEntry?, _ state: inout State
  ) {
    let isNewBest = best?.trial == record.number && best?.trial != state.best?.trial
    state.finished = count
    state.best = best
    guard !isQuiet, let overview = state.overview else { return }
    if terminal.isInteractive {
      if isDue(&state) { draw(line(overview, state), &state) }
    } else if isNewBest || count % max(1, overview.trials / 10) == 0 {
      print(line(overview, state), &state)
    }
  }

  private func showEpoch(_ trial: Int, _ report: EpochReport, _ state: inout State) {
    guard !isQuiet, terminal.isInteractive, let overview = state.overview, isDue(&state) else {
      return
    }
    draw(line(overview, state) + " · trial \(trial) in epoch \(report.epoch)", &state)
  }

  /// Drawing ten times a second is enough for eyes.
  private func isDue(_ state: inout State) -> Bool {
    if let last = state.lastDraw, ContinuousClock.now - last < .milliseconds(100) { return false }
    state.lastDraw = .now
    return true
  }

  private func line(_ overview: RunOverview, _ state: State) -> String {
    var parts = ["\(state.finished) of \(overview.trials) trials"]
    if let best = state.best, let value = best.validation[overview.metric] {
      parts.append(
        "best \(overview.metric.title) \(figure(value)) (\(best.model), trial \(best.trial))")
    }
    if terminal.isInteractive, state.finished > 1, state.finished < overview.trials {
      let elapsed = ContinuousClock.now - start
      let seconds =
        Double(elapsed.components.seconds) + 1e-18 * Double(elapsed.components.attoseconds)
      let left = seconds / Double(state.finished) * Double(overview.trials - state.finished)
      parts.append("about \(duration(left)) left")
    }
    return parts.joined(separator: " · ")
  }

  private func print(_ text: String, _ state: inout State) {
    clear(&state)
    terminal.write(text + "\n")
  }

  private func draw(_ text: String, _ state: inout State) {
    terminal.write("\r\u{1B}[K" + text.prefix(terminal.width - 1))
    state.hasLine = true
  }

  private func clear(_ state: inout State) {
    if state.hasLine { terminal.write("\r\u{1B}[K") }
    state.hasLine = false
  }
}

/// A value with four digits after the point.
func figure(_ value: Double) -> String {
  let scaled = (value * 10_000).rounded()
  guard abs(scaled) < 1e15 else { return "\(value)" }
  let digits = String(Int(abs(scaled)))
  let padded = String(repeating: "0", count: max(0, 5 - digits.count)) + digits
  return (scaled < 0 ? "-" : "") + padded.dropLast(4) + "." + padded.suffix(4)
}

/// A time for people: `8 s`, `3 min`, `2.5 h`.
func duration(_ seconds: Double) -> String {
  if seconds < 100 { return "\(Int(seconds.rounded(.up))) s" }
  if seconds < 6_000 { return "\(Int((seconds / 60).rounded())) min" }
  return "\((seconds / 360).rounded() / 10) h"
}
