package import PluginKit

/// What a model says about rows whose classes are known.
package struct Predictions: Sendable {
  /// The number of classes K, at least 2.
  package let classCount: Int
  /// The true class of each row, in `0..<classCount`.
  package let labels: [Int32]
  /// The predicted class of each row, in `0..<classCount`.
  package let predicted: [Int32]
  /// Row by row, K probabilities each, which sum to 1.
  package let probabilities: [Double]
  /// How much each row counts, 0 or more with a positive sum; nil means that all rows count 1.
  package let weights: [Float]?
  /// What wrong predictions cost, which decides what is predicted; nil where all cost the same.
  package let costs: DecisionCosts?

  /// The number of rows, at least 1.
  package var rowCount: Int { labels.count }

  /// Takes the most probable class of each row as the predicted one, or where mistakes have costs the one that
  /// costs least; ties go to the lower class.
  ///
  /// - Precondition: one label, K probabilities and one weight, if there are any, for each row.
  package init(
    labels: [Int32], probabilities: [Double], classCount: Int, weights: [Float]? = nil,
    costs: DecisionCosts? = nil
  ) {
    precondition(
      !labels.isEmpty && probabilities.count == labels.count * classCount,
      "\(labels.count) rows of \(classCount) probabilities are needed, got \(probabilities.count)")
    precondition(
      weights.map { $0.count == labels.count } ?? true,
      "\(labels.count) weights are needed, got \(weights?.count ?? 0)")
    self.classCount = classCount
    self.labels = labels
    self.probabilities = probabilities
    self.weights = weights
    self.costs = costs
    predicted = costs?.predictions(probabilities) ?? Self.mostProbable(probabilities, classCount)
  }

  private static func mostProbable(_ probabilities: [Double], _ classCount: Int) -> [Int32] {
    (0..<probabilities.count / classCount).map { row in
      let own = probabilities[row * classCount..<(row + 1) * classCount]
      var best = own.startIndex
      for place in own.indices where own[place] > own[best] { best = place }
      return Int32(best - own.startIndex)
    }
  }

  /// Turns decision scores into probabilities by a fitted calibration.
  package init(
    labels: [Int32], scores: ScoreMatrix, calibration: Calibration, weights: [Float]? = nil,
    costs: DecisionCosts? = nil
  ) {
    self.init(
      labels: labels, probabilities: calibration.probabilities(of: scores),
      classCount: scores.columnCount, weights: weights, costs: costs)
  }

  /// How much a row counts.
  func weight(_ row: Int) -> Double { weights.map { Double($0[row]) } ?? 1 }
}
