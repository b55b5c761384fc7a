import Evaluation

/// What a person wants to know of a search while it runs, in one line.
struct ProgressLine {
  /// The best entry so far.
  struct Best {
    let metric: Metric
    let value: Double
    let model: String
    let trial: Int
  }

  /// Trials that have ended, the baseline apart.
  var finished = 0
  /// The most trials there will be, the baseline apart.
  var trials: Int
  /// Trials that gave no model.
  var failed = 0
  var best: Best?
  /// Seconds until the search is likely to end.
  var secondsLeft: Double?
  /// The epoch that a long trial is in.
  var epoch: (trial: Int, epoch: Int)?

  /// The line without anything that changes by itself, for files and other programs.
  var plainText: String {
    [count, bestText(.trial), failures].compactMap { $0 }.joined(separator: " · ")
  }

  /// The line for a terminal: what matters least goes first where the width does not suffice.
  ///
  /// - Parameters:
  ///   - width: The most characters.
  ///   - hasColour: Whether the bar has colours.
  /// - Returns: The line; colours take no width.
  func text(width: Int, hasColour: Bool) -> String {
    for level in Detail.allCases {
      let text = text(level)
      let barWidth = level <= .bar ? Self.barCells + 2 : 0
      guard text.count + barWidth > width else {
        return barWidth > 0 ? bar(hasColour: hasColour) + "  " + text : text
      }
    }
    return String(count.prefix(width))
  }

  /// How much is said, from all to little.
  private enum Detail: Int, CaseIterable, Comparable {
    case epoch, bar, noBar, noFailures, noModel, noTime

    static func < (first: Self, second: Self) -> Bool { first.rawValue < second.rawValue }
  }

  private enum BestDetail { case value, model, trial }

  private func text(_ level: Detail) -> String {
    [
      count, bestText(level < .noModel ? .model : .value), level < .noFailures ? failures : nil,
      level < .noTime ? secondsLeft.map { Self.time($0) + " left" } : nil,
      level == .epoch ? epoch.map { "trial \($0.trial) in epoch \($0.epoch)" } : nil,
    ].compactMap { $0 }.joined(separator: " · ")
  }

  private var count: String { "\(finished) of \(trials) trials" }

  private var failures: String? { failed > 0 ? "\(failed) failed" : nil }

  private func bestText(_ detail: BestDetail) -> String? {
    guard let best else { return nil }
    let value = "best \(best.metric.title) \(FigureFormat.fixed(best.value, digits: 4))"
    return switch detail {
    case .value: value
    case .model: "\(value) (\(best.model))"
    case .trial: "\(value) (\(best.model), trial \(best.trial))"
    }
  }

  private static let barCells = 20

  private func bar(hasColour: Bool) -> String {
    let filled = Self.barCells * min(finished, trials) / max(1, trials)
    let done = String(repeating: "━", count: filled)
    let rest = String(repeating: "─", count: Self.barCells - filled)
    return hasColour ? "\u{1B}[32m\(done)\u{1B}[0m\u{1B}[2m\(rest)\u{1B}[0m" : done + rest
  }

  /// A time for people, rounded up: `8 s`, `3 min`, `2.5 h`.
  private static func time(_ seconds: Double) -> String {
    if seconds <= 90 { return "\(Int(seconds.rounded(.up))) s" }
    if seconds <= 5_400 { return "\(Int((seconds / 60).rounded(.up))) min" }
    return "\((seconds / 360).rounded(.up) / 10) h"
  }
}
