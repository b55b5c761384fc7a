extension RowParts {
  /// The same parts with a warning for each class that is missing from one of them.
  ///
  /// A class without or with a single row in the whole table is not mentioned: that was said when
  /// it was read.
  ///
  /// - Throws: ``TableError`` if a training part has fewer than two classes.
  func checked(_ dataset: Dataset) throws(TableError) -> RowParts {
    let total = RowParts.counts(Array(0..<dataset.rowCount), dataset)
    let classes = total.indices.filter { total[$0] > 1 }
    func missing(_ rows: [Int]) -> [String] {
      let counts = RowParts.counts(rows, dataset)
      return classes.filter { counts[$0] == 0 }.map { quoted(dataset.classes[$0]) }
    }
    var warnings: [String] = []
    for fit in fits {
      let present = RowParts.counts(fit.training, dataset).count { $0 > 0 }
      guard present >= 2 else {
        throw .plan(
          "the training rows of '\(fit.name)' are all of one class; "
            + "use split.method: stratified, or smaller shares")
      }
      let part = fit.name == "train" ? "the training rows" : "the training rows of \(fit.name)"
      warnings += RowParts.warning(missing(fit.training), part, "can't be learnt there")
    }
    let judged = missing(fits.flatMap(\.validation))
    warnings += RowParts.warning(judged, "the validation rows", "can't count in the ranking")
    if !test.isEmpty {
      warnings += RowParts.warning(missing(test), "the test rows", "can't be tested")
    }
    return RowParts(test: test, fits: fits, warnings: self.warnings + warnings)
  }

  private static func counts(_ rows: [Int], _ dataset: Dataset) -> [Int] {
    var counts = [Int](repeating: 0, count: dataset.classes.count)
    for row in rows { counts[Int(dataset.labels[row])] += 1 }
    return counts
  }

  private static func warning(_ missing: [String], _ part: String, _ effect: String) -> [String] {
    guard !missing.isEmpty else { return [] }
    let subject = missing.count == 1 ? "class" : "the classes"
    return [
      "none of \(part) is of \(subject) \(listed(missing, atMost: 6)), which \(effect); "
        + "use split.method: stratified, or other shares"
    ]
  }
}
