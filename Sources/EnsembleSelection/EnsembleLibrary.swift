/// What the models that an ensemble may be made of say about the rows that judge them.
package struct EnsembleLibrary: Sendable {
  /// The number of classes K, at least 2.
  package let classCount: Int
  /// The true class of each row, in `0..<classCount`.
  package let labels: [Int32]
  /// How much each row counts; nil means that all count the same.
  package let weights: [Float]?
  /// For each model, the best first, K probabilities a row, row by row.
  package let probabilities: [[Float]]

  /// Takes the probabilities of at least one model.
  ///
  /// - Precondition: there are K probabilities for each row and model, and one weight if there are any.
  package init(
    classCount: Int, labels: [Int32], weights: [Float]? = nil, probabilities: [[Float]]
  ) {
    precondition(!probabilities.isEmpty, "an ensemble needs a model to begin with")
    for own in probabilities {
      precondition(
        own.count == labels.count * classCount,
        "\(labels.count) rows of \(classCount) probabilities are needed, got \(own.count)")
    }
    precondition(
      weights.map { $0.count == labels.count } ?? true,
      "\(labels.count) weights are needed, got \(weights?.count ?? 0)")
    self.classCount = classCount
    self.labels = labels
    self.weights = weights
    self.probabilities = probabilities
  }

  /// The number of rows.
  package var rowCount: Int { labels.count }

  /// How much a row counts.
  func weight(_ row: Int) -> Double { weights.map { Double($0[row]) } ?? 1 }
}
