extension RowParts {
  /// The same parts with a warning for each class that is missing from one of them, and for rows
  /// that share their features with rows of another part.
  ///
  /// A class without or with a single row in the whole table is not mentioned: that was said when
  /// it was read.
  ///
  /// - Parameters:
  ///   - dataset: The rows that were split.
  ///   - method: How they were split.
  /// - Returns: The parts with all warnings.
  /// - Throws: ``TableError`` if a training part has fewer than two classes.
  func checked(
    _ dataset: Dataset, _ method: SplitPlan.Method
  ) throws(TableError) -> RowParts {
    let total = RowParts.counts(Array(0..<dataset.rowCount), dataset)
    let classes = total.indices.filter { total[$0] > 1 }
    func warning(_ part: String, _ rows: [Int], _ effect: String) -> [String] {
      let counts = RowParts.counts(rows, dataset)
      let missing = classes.filter { counts[$0] == 0 }.map { quoted(dataset.classes[$0]) }
      return missing.isEmpty ? [] : [method.warning(missing, in: part, effect)]
    }
    var warnings: [String] = []
    for fit in fits {
      guard RowParts.counts(fit.training, dataset).count(where: { $0 > 0 }) >= 2 else {
        throw .plan(
          "the training rows of '\(fit.name)' are all of one class; \(method.moreClasses)")
      }
      let part = fit.name == "train" ? "the training rows" : "the training rows of \(fit.name)"
      warnings += warning(part, fit.training, "can't be learnt there")
    }
    warnings += warning(
      "the validation rows", fits.flatMap(\.validation), "can't count in the ranking")
    if !test.isEmpty { warnings += warning("the test rows", test, "can't be tested") }
    warnings += duplicateWarnings(dataset.features, method)
    return RowParts(test: test, fits: fits, warnings: self.warnings + warnings)
  }

  private static func counts(_ rows: [Int], _ dataset: Dataset) -> [Int] {
    var counts = [Int](repeating: 0, count: dataset.classes.count)
    for row in rows { counts[Int(dataset.labels[row])] += 1 }
    return counts
  }
}

extension SplitPlan.Method {
  /// What to do about training rows of a single class.
  fileprivate var moreClasses: String {
    self == .stratified
      ? "add rows of other classes, or use smaller shares"
      : "use split.method: stratified, or smaller shares"
  }

  /// The warning for quoted classes that are missing from a part.
  fileprivate func warning(_ missing: [String], in part: String, _ effect: String) -> String {
    let (subject, object) = missing.count == 1 ? ("class", "it") : ("the classes", "them")
    let remedy =
      self == .stratified
      ? "add rows of \(object), or use larger shares or fewer folds"
      : "use split.method: stratified, or other shares"
    return
      "none of \(part) is of \(subject) \(listed(missing, atMost: 6)), which \(effect); \(remedy)"
  }
}

extension RowParts {
  /// A warning if rows of different parts have the same features.
  ///
  /// Stratified and random splits keep such rows together and need none. O(n · (d + fits)).
  private func duplicateWarnings(_ features: Table, _ method: SplitPlan.Method) -> [String] {
    guard method == .group || method == .time else { return [] }
    let all = RowUnits.duplicates(in: features)
    let units = (0..<all.count).filter { all.size($0) > 1 }.map { all[$0].map(Int.init) }
    var isScattered = [Bool](repeating: false, count: units.count)
    for fit in fits {
      var partOfRow = [Int](repeating: 0, count: features.rowCount)
      for (part, rows) in [fit.training, fit.validation, test].enumerated() {
        for row in rows { partOfRow[row] = part + 1 }
      }
      for (unit, rows) in units.enumerated() where !isScattered[unit] {
        // Folds by time leave later rows out, which are in no part.
        let parts = rows.map { partOfRow[$0] }.filter { $0 > 0 }
        isScattered[unit] = parts.contains { $0 != parts[0] }
      }
    }
    let count = zip(units, isScattered).reduce(0) { $0 + ($1.1 ? $1.0.count : 0) }
    guard count > 0 else { return [] }
    let rule =
      method == .group ? "keeps groups together, not duplicates" : "goes by time, not by duplicates"
    return [
      "\(count) rows with the same features stand in more than one part, since split.method: "
        + "\(method.rawValue) \(rule); the figures may be too good"
    ]
  }
}
