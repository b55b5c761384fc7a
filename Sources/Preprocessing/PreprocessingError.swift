/// Why a table cannot be made into a feature matrix.
package enum PreprocessingError: Error, Equatable {
  /// Columns still have missing values, and the model takes none.
  case missingValues(columns: [String])
  /// Columns are still categorical after the last step.
  case categoricalColumns([String])
  /// The table lacks columns of the training table.
  case absentColumns([String])
  /// A column of numbers at training holds words now; `example` is one of them.
  case notNumeric(column: String, example: String)
  /// A column of categories at training holds numbers now.
  case notCategorical(column: String)
  /// A category that no training row has, where `unseen: error` refuses it.
  case unseenCategory(column: String, category: String, known: [String])
  /// A value that does not fit into 32 bits after the last step.
  case outOfRange(column: String, value: Double)
  /// A stored state that no preprocessor of this program wrote.
  case damagedState(String)
}

extension PreprocessingError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missingValues(let columns):
      "\(named(columns)) \(columns.count == 1 ? "has" : "have") missing values, which the model "
        + "does not accept: add '- use: impute' to preprocess"
    case .categoricalColumns(let columns):
      "\(named(columns)) \(columns.count == 1 ? "is" : "are") categorical, and models take "
        + "numbers: add '- use: one-hot' to preprocess"
    case .absentColumns(let columns):
      "the table lacks \(named(columns)) of the training table"
    case .notNumeric(let column, let example):
      "the column '\(column)' is numeric in the training table, but holds '\(example)' here"
    case .notCategorical(let column):
      "the column '\(column)' is categorical in the training table, but numeric here"
    case .unseenCategory(let column, let category, let known):
      "the column '\(column)' holds '\(category)', which no training row has; known are "
        + "\(listed(known)); 'unseen: ignore' or 'unseen: other' of one-hot would accept it"
    case .outOfRange(let column, let value):
      "the column '\(column)' gives the value \(value), which is beyond 32-bit numbers (3.4e38)"
    case .damagedState(let reason):
      "the stored preprocessing is damaged: \(reason)"
    }
  }

  private func named(_ columns: [String]) -> String {
    (columns.count == 1 ? "the column " : "the columns ") + listed(columns)
  }

  /// The first five names in quotes, and how many more there are.
  private func listed(_ names: [String]) -> String {
    let shown = names.prefix(5).map { "'\($0)'" }
    if names.count > 5 {
      return shown.joined(separator: ", ") + " and \(names.count - 5) more"
    }
    guard let last = shown.last, shown.count > 1 else { return shown.first ?? "none" }
    return shown.dropLast().joined(separator: ", ") + " and " + last
  }
}
