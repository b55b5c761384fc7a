import PluginKit

extension Leaderboard {
  /// The leaderboard for a terminal.
  ///
  /// The best of each model is marked, and shown also where it stands below the limit. Columns that matter
  /// less are left out where the width does not suffice; no row is wrapped.
  ///
  /// - Parameters:
  ///   - width: The characters of a line, 40 or more.
  ///   - limit: How many entries are shown from the top; nil shows all.
  ///   - emphasis: Adds colour to finished lines; nil leaves plain text.
  /// - Returns: Lines that each end with a line feed.
  package func table(
    width: Int = 100, limit: Int? = 15, emphasis: Emphasize? = nil
  ) -> String {
    var lines = summary.wrapped(to: width).map { emphasis?(.title, $0) ?? $0 } + [""]
    if !ranked.isEmpty {
      lines += rankedTable(limit: limit).lines(width: width, emphasis: emphasis)
    }
    if !unranked.isEmpty {
      if !ranked.isEmpty { lines.append("") }
      lines += unrankedTable(limit: limit).lines(width: width, emphasis: emphasis)
    }
    lines.append("")
    lines += remarks.flatMap { $0.wrapped(to: width) }
    return lines.map { $0 + "\n" }.joined()
  }

  private var summary: String {
    let first = metric.direction == .maximize ? "highest" : "lowest"
    let counts = LeaderboardEntry.Status.allCases.map { status in
      (status.rawValue, entries.filter { $0.status == status }.count)
    }
    let listed = counts.filter { $0.1 > 0 }.map { "\($0.1) \($0.0)" }
    return "Ranked by validation \(metric.title), \(first) first: "
      + (listed.isEmpty ? "no trial yet" : listed.joined(separator: ", "))
  }
}

extension Leaderboard {
  private func rankedTable(limit: Int?) -> TextTable {
    var table = TextTable(columns: [
      .init(title: "rank" + (hasComparisons ? "   " : "  "), alignsRight: true),
      .init(title: "model"),
      .init(title: "plugin", importance: 3),
      .init(title: "validation ±95 %"),
      .init(title: "test", alignsRight: true, importance: 6),
      .init(title: "fit", alignsRight: true, importance: 4),
      .init(title: "trainable", alignsRight: true, importance: 1),
      .init(title: "trial", alignsRight: true, importance: 2),
      .init(title: "parameters", importance: 5, leastWidth: 24),
    ])
    let best = Set(bestOfEachModel.map(\.trial))
    let varied = VariedParameters(of: ranked)
    let shown = shownPlaces(limit: limit, best)
    let followers = shown.dropFirst() + [ranked.count]
    let lastGap = zip(shown, followers).filter { $1 > $0 + 1 }.last?.0
    for (place, follower) in zip(shown, followers) {
      let entry = entries[place]
      let cells = cells(of: entry, rank: place + 1, isBest: best.contains(entry.trial), varied)
      table.rows.append(.cells(cells, emphasis: place == 0 ? .best : nil))
      if follower > place + 1 {
        let text = omission(follower - place - 1, isLast: place == lastGap)
        table.rows.append(.note(text))
      }
    }
    return withoutEmptyColumns(table)
  }

  /// The places of the first entries and of the best of each model, without gaps of a single entry.
  private func shownPlaces(limit: Int?, _ best: Set<Int?>) -> [Int] {
    let isShown = ranked.enumerated().map { place, entry in
      place < limit ?? .max || best.contains(entry.trial)
    }
    return isShown.indices.filter { place in
      isShown[place]
        || (place > 0 && isShown[place - 1])
          && (place + 1 == isShown.count || isShown[place + 1])
    }
  }

  private func cells(
    of entry: LeaderboardEntry, rank: Int, isBest: Bool, _ varied: VariedParameters
  ) -> [String] {
    let value = entry.validation[metric].map { FigureFormat.fixed($0, digits: 4) } ?? "-"
    let reach = entry.validationInterval.map {
      " ±" + FigureFormat.fixed(($0.high - $0.low) / 2, digits: 4)
    }
    return [
      "\(rank) " + (isBest ? "*" : " ") + (hasComparisons ? tieMark(of: entry) : ""),
      entry.model.cut(to: 24),
      entry.plugin == entry.model ? "" : entry.plugin.cut(to: 24),
      value + (reach ?? ""),
      entry.test?[metric].map { FigureFormat.fixed($0, digits: 4) } ?? "",
      entry.fitSeconds.map { FigureFormat.duration($0) } ?? "",
      entry.trainableParameters.map { FigureFormat.grouped($0) } ?? "",
      entry.trial.map { "\($0)" } ?? "",
      varied.text(for: entry),
    ]
  }

  /// What stands behind the rank of an entry that can't be told from the best.
  private func tieMark(of entry: LeaderboardEntry) -> String {
    entry.comparison?.isTie ?? false ? "=" : " "
  }

  /// The table less the columns in which no row says anything.
  private func withoutEmptyColumns(_ table: TextTable) -> TextTable {
    let filled = table.columns.indices.filter { column in
      table.rows.contains { row in
        if case .cells(let cells, _) = row { !cells[column].isEmpty } else { false }
      }
    }
    let rows = table.rows.map { row -> TextTable.Row in
      guard case .cells(let cells, let emphasis) = row else { return row }
      return .cells(filled.map { cells[$0] }, emphasis: emphasis)
    }
    return TextTable(columns: filled.map { table.columns[$0] }, rows: rows)
  }

  private func unrankedTable(limit: Int?) -> TextTable {
    var table = TextTable(columns: [
      .init(title: "trial", alignsRight: true),
      .init(title: "model"),
      .init(title: "status"),
      .init(title: "reason", leastWidth: 10),
    ])
    let shown = unranked.prefix(limit.map { max(3, $0 / 3) } ?? .max)
    for entry in shown {
      table.rows.append(
        .cells([
          entry.trial.map { "\($0)" } ?? "", entry.model.cut(to: 24), entry.status.rawValue,
          entry.reason ?? "",
        ]))
    }
    let skipped = unranked.count - shown.count
    if skipped > 0 { table.rows.append(.note(omission(skipped, isLast: true))) }
    return table
  }

  private func omission(_ count: Int, isLast: Bool) -> String {
    isLast ? "   … and \(count) more (all with --all)" : "   … \(count) more"
  }
}

/// The hyperparameters that tell the entries of a model apart.
struct VariedParameters {
  private var namesOfModel: [String: Set<String>] = [:]

  /// Compares the entries of each model; of a model with one entry all hyperparameters count.
  init(of entries: some Sequence<LeaderboardEntry>) {
    var first: [String: LeaderboardEntry] = [:]
    for entry in entries {
      guard let other = first[entry.model] else {
        first[entry.model] = entry
        continue
      }
      let names = Self.names(entry.parameters) + Self.names(other.parameters)
      namesOfModel[entry.model, default: []].formUnion(
        names.filter { entry.parameters[$0] != other.parameters[$0] })
    }
  }

  /// Names and values, such as `output_dim=1024 l2=1.2e-5`, in the order of declaration; of the ensemble its
  /// members.
  func text(for entry: LeaderboardEntry) -> String {
    guard entry.members.isEmpty else { return entry.members.text }
    let varied = namesOfModel[entry.model]
    return (entry.parameters.members ?? [])
      .filter { varied?.contains($0.0) ?? true }
      .map { "\($0.0)=\(FigureFormat.parameter($0.1))" }
      .joined(separator: " ")
  }

  private static func names(_ parameters: JSONValue) -> [String] {
    (parameters.members ?? []).map(\.0)
  }
}
