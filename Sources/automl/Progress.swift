import Engine
import Evaluation
import PluginKit
import StudyStore
import Synchronization

/// Tells a person how a run goes: one line that changes on a terminal, few plain lines elsewhere.
final class Progress: Sendable {
  private struct State {
    var line: ProgressLine?
    var metric = Metric.accuracy
    var searchStart = ContinuousClock.now
    /// The trials that earlier starts finished, the baseline apart.
    var finishedBefore = 0
    /// Whether the terminal shows the line at the moment.
    var isShown = false
    var lastDraw: ContinuousClock.Instant?
    var lastFinish = ContinuousClock.now
    /// The tenths of the search that were told of in plain lines.
    var tenthsTold = 0
  }

  private let terminal: Terminal
  private let isQuiet: Bool
  private let state = Mutex(State())

  init(terminal: Terminal, isQuiet: Bool) {
    self.terminal = terminal
    self.isQuiet = isQuiet
  }

  /// Shows an event; warnings are shown even if the rest is not wanted.
  func show(_ event: RunEvent) {
    state.withLock { state in
      if case .warning(let text) = event { print("warning: \(text)", &state) }
      guard !isQuiet else { return }
      switch event {
      case .warning: break
      case .note(let text): print(text, &state)
      case .resumed(let finished, let best): resume(finished, best, &state)
      case .prepared(let overview): begin(overview, &state)
      case .finished(let record, _, let best): finish(record, best, &state)
      case .epoch(let trial, let report):
        // Of short trials nobody wants to know the epoch.
        guard ContinuousClock.now - state.lastFinish > .seconds(2) else { return }
        state.line?.epoch = (trial, report.epoch)
        drawIfDue(&state)
      case .refitting(let models):
        guard models > 0, terminal.isDecorated else { return }
        let what = models == 1 ? "the best model" : "the best \(models) models"
        draw("Training \(what) once more …", &state)
      }
    }
  }

  /// Removes the progress line.
  func end() { state.withLock { clear(&$0) } }

  // MARK: Events

  private func begin(_ overview: RunOverview, _ state: inout State) {
    print(overview.sentence, &state)
    state.metric = overview.metric
    state.searchStart = .now
    state.lastFinish = .now
    state.line = ProgressLine(trials: overview.trials - 1)
    drawIfDue(&state)
  }

  private func resume(_ finished: Int, _ best: LeaderboardEntry?, _ state: inout State) {
    let verb = finished == 1 ? "is" : "are"
    print("\(FigureFormat.counted(finished, "trial")) \(verb) finished already", &state)
    state.line?.finished = max(0, finished - 1)
    if let best { state.line?.show(best, state.metric) }
    state.finishedBefore = max(0, finished - 1)
    state.searchStart = .now
    if let line = state.line { state.tenthsTold = 10 * line.finished / max(1, line.trials) }
    drawIfDue(&state)
  }

  private func finish(_ record: TrialRecord, _ best: LeaderboardEntry?, _ state: inout State) {
    guard var line = state.line else { return }
    if record.number > 0 { line.finished += 1 }
    if record.result == nil { line.failed += 1 }
    let isNewBest = best?.trial == record.number
    if isNewBest, let best { line.show(best, state.metric) }
    line.epoch = nil
    line.secondsLeft = secondsLeft(line, state)
    state.lastFinish = .now
    state.line = line
    let tenths = 10 * line.finished / max(1, line.trials)
    if terminal.isDecorated {
      drawIfDue(&state)
    } else if tenths > state.tenthsTold || (isNewBest && record.number > 0) {
      print(line.plainText, &state)
    }
    state.tenthsTold = max(state.tenthsTold, tenths)
  }

  private func secondsLeft(_ line: ProgressLine, _ state: State) -> Double? {
    let finished = line.finished - state.finishedBefore
    guard finished > 1, line.finished < line.trials else { return nil }
    let elapsed = (ContinuousClock.now - state.searchStart) / .seconds(1)
    return elapsed / Double(finished) * Double(line.trials - line.finished)
  }

  // MARK: Drawing

  /// Drawing ten times a second is enough for eyes.
  private func drawIfDue(_ state: inout State) {
    guard terminal.isDecorated, let line = state.line else { return }
    if let last = state.lastDraw, ContinuousClock.now - last < .milliseconds(100) { return }
    // The last cell stays free, and the two before it for the ^C that a terminal echoes.
    draw(line.text(width: terminal.width - 3), &state)
    state.lastDraw = .now
  }

  private func print(_ text: String, _ state: inout State) {
    clear(&state)
    terminal.writeLine(text)
  }

  private func draw(_ text: String, _ state: inout State) {
    terminal.write("\r\u{1B}[K" + text)
    state.isShown = true
  }

  private func clear(_ state: inout State) {
    if state.isShown { terminal.write("\r\u{1B}[K") }
    state.isShown = false
  }
}

extension ProgressLine {
  /// Takes over the best entry.
  fileprivate mutating func show(_ entry: LeaderboardEntry, _ metric: Metric) {
    guard let value = entry.validation[metric], let trial = entry.trial else { return }
    best = .init(metric: metric, value: value, model: entry.model, trial: trial)
  }
}

extension RunOverview {
  /// What is run on, such as `2,000 rows of 7 columns in 4 classes: 1,200 to train on, …`.
  fileprivate var sentence: String {
    var parts = ["\(FigureFormat.grouped(trainingRows)) to train on"]
    parts.append("\(FigureFormat.grouped(validationRows)) to validate on")
    if fits > 1 {
      parts = ["\(FigureFormat.grouped(trainingRows + validationRows)) in \(fits) fits a trial"]
    }
    if testRows > 0 { parts.append("\(FigureFormat.grouped(testRows)) to test on") }
    return
      "\(FigureFormat.counted(rowCount, "row")) of \(FigureFormat.counted(featureCount, "column")) "
      + "in \(FigureFormat.counted(classes.count, "class", "classes")): "
      + parts.joined(separator: ", ")
  }
}
