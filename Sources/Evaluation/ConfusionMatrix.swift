/// How often rows of each class are taken for each class, as sums of row weights.
package struct ConfusionMatrix: Sendable, Equatable {
  /// The number of classes K.
  package let classCount: Int
  /// K x K sums, row by row: true class in rows, predicted class in columns.
  package let sums: [Double]

  /// Counts rows, each by its weight.
  package init(_ predictions: Predictions) {
    let width = predictions.classCount
    var sums = [Double](repeating: 0, count: width * width)
    for row in 0..<predictions.rowCount {
      let cell = Int(predictions.labels[row]) * width + Int(predictions.predicted[row])
      sums[cell] += predictions.weight(row)
    }
    self.init(classCount: width, sums: sums)
  }

  init(classCount: Int, sums: [Double]) {
    precondition(
      sums.count == classCount * classCount,
      "\(classCount) x \(classCount) sums are needed, got \(sums.count)")
    self.classCount = classCount
    self.sums = sums
  }

  /// The weight of the rows of class `truth` that are taken for class `prediction`.
  package subscript(truth: Int, prediction: Int) -> Double {
    sums[truth * classCount + prediction]
  }

  /// The weight of all rows.
  package var total: Double { sums.reduce(0, +) }
  /// The weight of the rows that are taken for their own class.
  package var correct: Double { (0..<classCount).reduce(0) { $0 + self[$1, $1] } }
  /// The weight of the rows of a class.
  package func support(of truth: Int) -> Double {
    (0..<classCount).reduce(0) { $0 + self[truth, $1] }
  }
  /// The weight of the rows that are taken for a class.
  package func predictedSum(of prediction: Int) -> Double {
    (0..<classCount).reduce(0) { $0 + self[$1, prediction] }
  }

  /// Precision, recall and F1 of every class, in the order of the classes.
  package var perClass: [ClassFigures] {
    (0..<classCount).map {
      ClassFigures(support: support(of: $0), predicted: predictedSum(of: $0), correct: self[$0, $0])
    }
  }
}

/// How well one class is told from the others; a figure without any row to judge by is 0.
package struct ClassFigures: Sendable, Equatable {
  /// The share of the rows taken for this class that are of it.
  package let precision: Double
  /// The share of the rows of this class that are taken for it.
  package let recall: Double
  /// The harmonic mean of precision and recall.
  package let f1: Double
  /// The weight of the rows of this class.
  package let support: Double

  init(support: Double, predicted: Double, correct: Double) {
    self.support = support
    precision = predicted > 0 ? correct / predicted : 0
    recall = support > 0 ? correct / support : 0
    f1 = support + predicted > 0 ? 2 * correct / (support + predicted) : 0
  }
}
