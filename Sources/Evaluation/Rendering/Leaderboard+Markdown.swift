extension Leaderboard {
  /// The leaderboard as a Markdown table with all entries, and the remarks below.
  package var markdown: String {
    let titles = [
      "rank", "trial", "model", "plugin", "validation \(metric.title)", "95 % interval",
      "test \(metric.title)", "parameters", "trainable", "fit", "status",
    ]
    let best = Set(bestOfEachModel.map(\.trial))
    let varied = VariedParameters(of: ranked)
    let rows = entries.enumerated().map { place, entry in
      cells(of: entry, place: place, isBest: best.contains(entry.trial), varied)
    }
    let alignments =
      ["---:", "---:", ":---", ":---", "---:", ":---:", "---:", ":---"]
      + ["---:", "---:", ":---"]
    let lines = ([titles, alignments] + rows).map { "| " + $0.joined(separator: " | ") + " |" }
    return lines.map { $0 + "\n" }.joined() + remarks.map { "\n" + escaped($0) + "\n" }.joined()
  }

  private func cells(
    of entry: LeaderboardEntry, place: Int, isBest: Bool, _ varied: VariedParameters
  ) -> [String] {
    let interval = entry.validationInterval.map {
      "\(FigureFormat.fixed($0.low, digits: 4)) to \(FigureFormat.fixed($0.high, digits: 4))"
    }
    let model =
      escaped(entry.model) + (isBest ? " \\*" : "")
      + (entry.comparison?.isTie ?? false ? " =" : "")
    return [
      entry.status == .complete ? "\(place + 1)" : "",
      entry.trial.map { "\($0)" } ?? "",
      place == 0 && isBest ? "**\(model)**" : model,
      escaped(entry.plugin),
      entry.validation[metric].map { FigureFormat.fixed($0, digits: 4) } ?? "",
      interval ?? "",
      entry.test?[metric].map { FigureFormat.fixed($0, digits: 4) } ?? "",
      escaped(varied.text(for: entry)),
      entry.trainableParameters.map { FigureFormat.grouped($0) } ?? "",
      entry.fitSeconds.map { FigureFormat.duration($0) } ?? "",
      escaped(entry.status.rawValue + (entry.reason.map { ": \($0)" } ?? "")),
    ]
  }

  /// A text in which nothing is taken for Markdown, on one line.
  private func escaped(_ text: String) -> String {
    var escaped = ""
    for character in text {
      if "\\|*_`<[]".contains(character) { escaped += "\\" }
      escaped.append(character.isNewline ? " " : character)
    }
    return escaped
  }
}
