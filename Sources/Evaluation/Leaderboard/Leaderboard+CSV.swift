import PluginKit

extension Leaderboard {
  /// The contents of `leaderboard.csv`: the members of the JSON's entries, nested ones joined by dots.
  ///
  /// Quoting is that of RFC 4180, lines end with a line feed; what is null is empty. Hyperparameters are
  /// one column of JSON, and so are the members where there is an ensemble.
  package var csv: String {
    let metrics = Metric.allCases.filter { metric in
      entries.contains { $0.validation[metric] != nil || $0.test?[metric] != nil }
    }
    let hasEnsemble = entries.contains { !$0.members.isEmpty }
    let header =
      ["rank", "trial", "model", "plugin", "status", "reason"]
      + metrics.map { "validation.\($0.rawValue)" }
      + ["validation_interval.low", "validation_interval.high"]
      + metrics.map { "test.\($0.rawValue)" }
      + (hasComparisons ? LeaderboardEntry.comparisonColumns : [])
      + ["parameters"] + (hasEnsemble ? ["members"] : [])
      + [
        "trainable_parameters", "fit_seconds", "predict_microseconds_per_row",
        "model_bytes",
      ]
    let rows = entries.enumerated().map { place, entry in
      entry.cells(
        rank: entry.status == .complete ? place + 1 : nil, metrics: metrics,
        hasMembers: hasEnsemble, hasComparisons: hasComparisons)
    }
    return ([header] + rows)
      .map { $0.map(quoted).joined(separator: ",") + "\n" }
      .joined()
  }

  private func quoted(_ cell: String) -> String {
    let needsQuotes = cell.utf8.contains { byte in
      byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == 0x0A || byte == 0x0D
    }
    guard needsQuotes else { return cell }
    return "\""
      + cell.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}

extension LeaderboardEntry {
  fileprivate func cells(rank: Int?, metrics: [Metric], hasMembers: Bool, hasComparisons: Bool)
    -> [String]
  {
    [cell(rank), cell(trial), model, plugin, status.rawValue, reason ?? ""]
      + metrics.map { cell(validation[$0]) }
      + [cell(validationInterval?.low), cell(validationInterval?.high)]
      + metrics.map { cell(test?[$0]) }
      + (hasComparisons ? comparisonCells : [])
      + [parameters.text] + (hasMembers ? [membersCell] : [])
      + [
        cell(trainableParameters), cell(fitSeconds),
        cell(predictMicrosecondsPerRow), cell(modelBytes),
      ]
  }

  fileprivate static let comparisonColumns = ["test", "difference", "p", "tie"]
    .map { "comparison.\($0)" }

  private var comparisonCells: [String] {
    guard let comparison else { return Self.comparisonColumns.map { _ in "" } }
    return [
      comparison.test.rawValue, cell(comparison.difference), cell(comparison.p),
      "\(comparison.isTie)",
    ]
  }

  /// JSON, as that of the hyperparameters; empty for trials.
  private var membersCell: String {
    members.isEmpty ? "" : JSONValue.array(members.map(\.json)).text
  }

  private func cell(_ value: Int?) -> String { value.map(String.init) ?? "" }

  private func cell(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "" }
    return value.description
  }
}
