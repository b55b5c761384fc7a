/// Which rows train, validate and test.
///
/// Rows are those of the data set, ascending in each part.
package struct RowParts: Sendable, Equatable {
  /// One training and the rows that judge it.
  package struct Fit: Sendable, Equatable {
    /// `train` for a hold-out, `fold-1`, … for cross-validation, and `repeat-2/fold-1` if it is
    /// repeated.
    package let name: String
    package let training: [Int]
    package let validation: [Int]
  }

  /// The rows that are tested on once, at the end; empty if there are none.
  package let test: [Int]
  /// One for a hold-out, otherwise one for each fold and repeat.
  package let fits: [Fit]
  /// Whole sentences for people, such as that a class is missing from a part.
  package let warnings: [String]

  /// All rows that are not tested on, ascending: what a refit trains on.
  package var development: [Int] {
    // The last fit holds them all: folds by time grow until then.
    fits.last.map { ($0.training + $0.validation).sorted() } ?? []
  }

  /// The split as CSV: `row,part`, rows counted from 0 in the file without its header.
  ///
  /// A hold-out has the parts `train`, `validation` and `test`. With folds the part is the name of
  /// the fit that validates the row, so that repeats give a line for each; a row that is never
  /// validated is `train`.
  package func csv(dataset: Dataset) -> String {
    var parts = [[String]](repeating: [], count: dataset.rowCount)
    for row in test { parts[row].append("test") }
    for fit in fits {
      for row in fit.validation { parts[row].append(fit.name == "train" ? "validation" : fit.name) }
    }
    var text = "row,part\n"
    for (row, names) in parts.enumerated() {
      for name in names.isEmpty ? ["train"] : names {
        text += "\(dataset.sourceRows[row]),\(name)\n"
      }
    }
    return text
  }
}
