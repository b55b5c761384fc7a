import PluginKit

extension ClassifiedRows {
  /// The predictions as CSV: a column `prediction`, then `score_<class>` and `probability_<class>` where
  /// they are asked for.
  ///
  /// Numbers have the fewest digits that read back as the same value.
  package func csv(classes: [String], scores: Bool, probabilities: Bool) -> String {
    var header = ["prediction"]
    if scores { header += classes.map { "score_\($0)" } }
    if probabilities { header += classes.map { "probability_\($0)" } }
    var text = header.map(csvCell).joined(separator: ",") + "\n"
    let names = classes.map(csvCell)
    for (row, label) in predicted.enumerated() {
      text += names[Int(label)]
      if scores { for value in self.scores.row(row) { text += ",\(value)" } }
      if probabilities {
        let start = row * classes.count
        for value in self.probabilities[start..<start + classes.count] { text += ",\(value)" }
      }
      text += "\n"
    }
    return text
  }
}

/// A cell of a table, in quotes where RFC 4180 needs them.
package func csvCell(_ cell: String) -> String {
  let special: [UInt8] = [0x22, 0x2C, 0x0A, 0x0D]
  guard cell.isEmpty || cell.utf8.contains(where: special.contains) else { return cell }
  return "\""
    + cell.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
    + "\""
}
