import PluginKit

extension ClassifiedRows {
  /// The predictions as CSV: a column `prediction`, then `score_<class>` and `probability_<class>` where
  /// they are asked for.
  ///
  /// Numbers have the fewest digits that read back as the same value.
  package func csv(classes: [String], scores: Bool, probabilities: Bool) -> String {
    let header = Self.csvHeader(classes: classes, scores: scores, probabilities: probabilities)
    return header
      + String(
        decoding: csvLines(classes: classes, scores: scores, probabilities: probabilities),
        as: UTF8.self)
  }

  /// The first line of ``csv(classes:scores:probabilities:)``.
  ///
  /// - Parameters:
  ///   - classes: The classes in their order.
  ///   - scores: Whether there are scores.
  ///   - probabilities: Whether there are probabilities.
  ///   - sets: Whether there are prediction sets: a column `set_<class>` for each class.
  /// - Returns: The line with its end.
  package static func csvHeader(
    classes: [String], scores: Bool, probabilities: Bool, sets: Bool = false
  ) -> String {
    var header = ["prediction"]
    if scores { header += classes.map { "score_\($0)" } }
    if probabilities { header += classes.map { "probability_\($0)" } }
    if sets { header += classes.map { "set_\($0)" } }
    return header.map(csvCell).joined(separator: ",") + "\n"
  }

  /// The other lines of ``csv(classes:scores:probabilities:)``, in UTF-8.
  ///
  /// - Parameters:
  ///   - classes: The classes in their order.
  ///   - scores: Whether there are scores.
  ///   - probabilities: Whether there are probabilities.
  ///   - threshold: The least probability of the classes in a prediction set; nil for no sets.
  /// - Returns: A line for each row.
  package func csvLines(
    classes: [String], scores: Bool, probabilities: Bool, setThreshold threshold: Double? = nil
  ) -> [UInt8] {
    let names = classes.map { Array(csvCell($0).utf8) }
    var text: [UInt8] = []
    for (row, label) in predicted.enumerated() {
      text += names[Int(label)]
      if scores { for value in self.scores.row(row) { text.append(cell: value.description) } }
      if probabilities {
        let start = row * classes.count
        for value in self.probabilities[start..<start + classes.count] {
          text.append(cell: value.description)
        }
      }
      if let threshold {
        for isMember in predictionSet(row, threshold: threshold) {
          text.append(cell: isMember ? "1" : "0")
        }
      }
      text.append(UInt8(ascii: "\n"))
    }
    return text
  }
}

extension ClassifiedRows {
  /// Which classes are in the prediction set of a row: those whose probability reaches a threshold, and the
  /// most probable class.
  package func predictionSet(_ row: Int, threshold: Double) -> [Bool] {
    let own = probabilities[row * scores.columnCount..<(row + 1) * scores.columnCount]
    let bound = min(threshold, own.max() ?? 0)
    return own.map { $0 >= bound }
  }
}

extension [UInt8] {
  fileprivate mutating func append(cell: String) {
    append(UInt8(ascii: ","))
    append(contentsOf: cell.utf8)
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
