/// How rows are divided into training, validation and test rows: the `split:` section of a pipeline.
package struct SplitPlan: Sendable, Equatable {
  /// What decides on which side a row falls.
  package enum Method: String, Sendable, CaseIterable {
    /// Each part has the classes in the same shares.
    case stratified
    case random
    /// Rows with the same value of a column stay together.
    case group
    /// The latest rows are the test rows, the ones before them the validation rows.
    case time
  }

  package var method: Method
  /// The share of all rows to validate on, in 0..<1; 0 with folds.
  package var validation: Double
  /// The share of all rows to test on, in 0..<1.
  package var test: Double
  /// The number of folds of cross-validation, 2 or more; nil holds out `validation` instead.
  package var folds: Int?
  /// How often cross-validation is repeated with other folds, 1 or more.
  package var repeats: Int
  /// The column of groups or times, which is no feature.
  package var by: ColumnReference?

  package init(
    method: Method = .stratified, validation: Double = 0.2, test: Double = 0.2, folds: Int? = nil,
    repeats: Int = 1, by: ColumnReference? = nil
  ) {
    self.method = method
    self.validation = validation
    self.test = test
    self.folds = folds
    self.repeats = repeats
    self.by = by
  }
}
