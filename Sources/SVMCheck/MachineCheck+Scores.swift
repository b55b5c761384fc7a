import MarginHeads
package import PluginKit

extension MachineCheck {
  /// Says how far the scores of a model made elsewhere stand from the best exact SVM on the same rows.
  ///
  /// - Parameters:
  ///   - scores: A row of scores for each row of the check, a column for each class.
  ///   - name: What the scores are called.
  ///   - reference: What an exact machine decides on the rows.
  /// - Returns: Agreement and margins; what was minimised is not known.
  package func check(
    scores: ScoreMatrix, name: String, against reference: ReferenceMachine
  ) -> ModelCheck {
    precondition(
      scores.rowCount == rows.count && scores.columnCount == rows.data.classCount,
      "scores of \(rows.count) rows and \(rows.data.classCount) classes are needed, got "
        + "\(scores.rowCount) x \(scores.columnCount)")
    let labels = rows.data.labels
    let agreement = Agreement(
      with: "the best exact kernel SVM of a small search", model: scores.largestColumns(),
      exact: reference.decisions, labels: labels)
    let areProbabilities = scores.holdsProbabilities
    let warning =
      "All scores are in 0 to 1 and those of a row sum to 1: they are probabilities, which show no "
      + "margin; scores from before the softmax would say more."
    return ModelCheck(
      name: name, trial: nil, original: nil, plugin: nil,
      verdict: Verdict(kind: .unknown, sentence: agreement.sentence), problem: nil, solution: nil,
      kernel: nil, agreement: agreement, noAgreement: nil, accuracy: agreement.accuracy,
      margins: MarginFigures(
        scores: scores, labels: labels, loss: areProbabilities ? nil : .hinge),
      warnings: areProbabilities ? [warning] : [])
  }
}

extension Agreement {
  /// Where a model of unknown make stands beside the reference.
  fileprivate var sentence: String {
    let difference = accuracy - otherAccuracy
    let standing =
      mcNemar >= 0.05
      ? "the two can't be told apart by their accuracy"
      : "it is right on \(percent(abs(difference))) \(difference > 0 ? "more" : "fewer") of them"
    return
      "It decides as the best exact SVM on \(percent(share)) of rows, and \(standing); what it "
      + "minimised can't be read off scores."
  }
}

extension FeatureMatrix {
  /// Whether each row is a distribution over the columns.
  fileprivate var holdsProbabilities: Bool {
    (0..<rowCount).allSatisfy { row in
      let values = self.row(row)
      let sum = values.reduce(0.0) { $0 + Double($1) }
      return abs(sum - 1) < 1e-3 && values.allSatisfy { $0 >= 0 && $0 <= 1 }
    }
  }
}
