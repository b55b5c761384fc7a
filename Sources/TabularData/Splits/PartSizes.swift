/// How many rows of each class a part gets.
///
/// Both functions give the totals that were asked for, and for each class a count that differs by
/// less than one from its exact share, as far as the limits allow.
enum PartSizes {
  /// The rows to hold out of each class for testing and for validation.
  ///
  /// Shares are rounded down, and the rows that then lack in total go to the classes that lost most
  /// (largest remainders, ties to the lower class). A class always keeps `reserved` rows for
  /// training.
  ///
  /// - Parameters:
  ///   - counts: The rows of each class.
  ///   - test: The share of rows to test on.
  ///   - validation: The share of rows to validate on.
  ///   - reserved: The rows of each class that must not be held out.
  /// - Returns: The rows of each class to test on, and those to validate on.
  static func holdOut(
    _ counts: [Int], test: Double, validation: Double, reserved: [Int]
  ) -> (test: [Int], validation: [Int]) {
    let limits = zip(counts, reserved).map { max(0, $0 - $1) }
    let testSizes = sizes(counts, share: test, limits: limits, priority: { _ in 0 })
    let rest = zip(limits, testSizes).map { $0 - $1 }
    let validationSizes = sizes(counts, share: validation, limits: rest) { kind in
      // Training keeps its share, too, if classes with too few test rows are rounded up here.
      let excess = Double(testSizes[kind]) - Double(counts[kind]) * test
      let fraction = (Double(counts[kind]) * validation).fraction
      if fraction - excess >= 1 { return 1 }
      return 1 - fraction + excess >= 1 ? -1 : 0
    }
    return (testSizes, validationSizes)
  }

  /// The rows of each class in each of `folds` parts: `[class][fold]`.
  ///
  /// Rows are dealt out class after class, each class going on where the one before ended, so that
  /// the parts differ by at most one row in total and in each class.
  static func folds(_ counts: [Int], _ folds: Int) -> [[Int]] {
    var next = 0
    return counts.map { count in
      var sizes = [Int](repeating: count / folds, count: folds)
      for _ in 0..<count % folds {
        sizes[next] += 1
        next = (next + 1) % folds
      }
      return sizes
    }
  }

  private static func sizes(
    _ counts: [Int], share: Double, limits: [Int], priority: (Int) -> Int
  ) -> [Int] {
    let total = Int((Double(counts.reduce(0, +)) * share).rounded())
    var sizes = counts.indices.map { min(limits[$0], Int(Double(counts[$0]) * share)) }
    let order = counts.indices.sorted { a, b in
      if priority(a) != priority(b) { return priority(a) > priority(b) }
      let (fractionA, fractionB) = (
        (Double(counts[a]) * share).fraction, (Double(counts[b]) * share).fraction
      )
      return fractionA != fractionB ? fractionA > fractionB : a < b
    }
    var lacking = total - sizes.reduce(0, +)
    for kind in order where lacking > 0 && sizes[kind] < limits[kind] {
      sizes[kind] += 1
      lacking -= 1
    }
    return sizes
  }
}

extension Double {
  /// The part after the point of a number that is not negative.
  fileprivate var fraction: Double { self - rounded(.down) }
}
