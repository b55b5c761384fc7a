/// Labelled rows that a plugin learns from.
public struct TrainingData: Sendable {
  /// One row per example, already preprocessed.
  public let features: FeatureMatrix
  /// The class of each row, in `0..<classCount`.
  public let labels: [Int32]
  /// The number of classes, at least 2; a class may be absent from `labels`.
  public let classCount: Int
  /// How much each row counts, 0 or more with a positive sum; nil means that all rows count 1.
  public let weights: [Float]?
  /// What each feature column is; as many as `features` has columns.
  public let columns: [FeatureColumn]
  /// Rows that are watched while training, for learning curves only: nothing is learnt from them.
  public let monitor: LabelledRows?

  /// Makes training data.
  ///
  /// Without `columns` the features are named `x1`, `x2`, ….
  public init(
    features: FeatureMatrix, labels: [Int32], classCount: Int, weights: [Float]? = nil,
    columns: [FeatureColumn]? = nil, monitor: LabelledRows? = nil
  ) {
    precondition(
      labels.count == features.rowCount,
      "\(features.rowCount) labels are needed, got \(labels.count)")
    precondition(
      weights.map { $0.count == labels.count } ?? true,
      "\(labels.count) weights are needed, got \(weights?.count ?? 0)")
    self.features = features
    self.labels = labels
    self.classCount = classCount
    self.weights = weights
    self.columns =
      columns
      ?? (0..<features.columnCount).map { FeatureColumn(name: "x\($0 + 1)", origin: "x\($0 + 1)") }
    self.monitor = monitor
  }

  /// The same rows with another set of them to watch.
  public func monitoring(_ monitor: LabelledRows?) -> TrainingData {
    TrainingData(
      features: features, labels: labels, classCount: classCount, weights: weights,
      columns: columns, monitor: monitor)
  }

  /// Some of the rows, in the order of `rows`, without rows to watch.
  public func selecting(rows: [Int]) -> TrainingData {
    TrainingData(
      features: features.selecting(rows: rows), labels: rows.map { labels[$0] },
      classCount: classCount, weights: weights.map { weights in rows.map { weights[$0] } },
      columns: columns)
  }
}

/// Rows with their classes.
public struct LabelledRows: Sendable {
  /// One row per example, preprocessed as the training rows are.
  public let features: FeatureMatrix
  /// The class of each row.
  public let labels: [Int32]

  public init(features: FeatureMatrix, labels: [Int32]) {
    precondition(labels.count == features.rowCount)
    self.features = features
    self.labels = labels
  }
}

/// What a column of a feature matrix is.
public struct FeatureColumn: Sendable, Equatable {
  /// What the values mean.
  public enum Kind: String, Sendable {
    /// A measured number.
    case numeric
    /// 0 or 1: a category, or whether a value was missing.
    case indicator
  }

  /// A name for people, unique in its matrix, such as `floor=2`.
  public let name: String
  /// What the values mean.
  public let kind: Kind
  /// The column of the table that it comes from.
  public let origin: String

  public init(name: String, kind: Kind = .numeric, origin: String) {
    self.name = name
    self.kind = kind
    self.origin = origin
  }
}
