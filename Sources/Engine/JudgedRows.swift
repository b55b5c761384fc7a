import PluginKit
import TabularData

/// The rows that judge trials, in the order of their scores: those of one fit after the other.
struct JudgedRows: Sendable {
  /// Rows of the data set; with repeats each stands there several times.
  let rows: [Int]
  let labels: [Int32]
  /// How much each row counts; nil where all count the same.
  let weights: [Float]?
}

extension StudyRows {
  /// The rows that judge every trial.
  var judged: JudgedRows {
    let weights = parts.fits.compactMap { self.weights($0.validation, training: $0.training) }
    let rows = parts.fits.flatMap(\.validation)
    return JudgedRows(
      rows: rows, labels: labels(rows),
      weights: weights.count == parts.fits.count ? weights.flatMap { $0 } : nil)
  }

  /// A fold for each judged row, so that a choice among trials can be judged by rows that had no say in it.
  ///
  /// With cross-validation these are its folds, of the first repeat; a hold-out is parted in five as the
  /// split's method parts rows. A row has the same fold in all repeats.
  ///
  /// - Parameters:
  ///   - judged: The rows.
  ///   - seed: Decides on the parts of a hold-out.
  /// - Returns: A number for each judged row.
  func choiceFolds(_ judged: JudgedRows, seed: Seed) -> [Int] {
    var foldOfRow = [Int](repeating: 0, count: dataset.rowCount)
    let folds =
      parts.fits.count > 1
      ? parts.fits.prefix(parts.fits.count / repeats).map(\.validation)
      : partedHoldOut(judged, seed: seed)
    for (fold, rows) in folds.enumerated() {
      for row in rows { foldOfRow[row] = fold }
    }
    return judged.rows.map { foldOfRow[$0] }
  }

  private func partedHoldOut(_ judged: JudgedRows, seed: Seed) -> [[Int]] {
    let count = 5
    // Rows of a hold-out by time are the latest ones; among themselves their order matters less.
    let plan = SplitPlan(
      method: method == .time ? .stratified : method, validation: 0, test: 0, folds: count)
    let split = try? RowSplitter.split(plan: plan, dataset: dataset, seed: seed, hasTestFile: false)
    // Too few groups or rows for folds: parts of what is there.
    return split?.fits.map(\.validation)
      ?? (0..<count).map { part in
        judged.rows.enumerated().filter { $0.offset % count == part }.map(\.element)
      }
  }
}
