import ModelExport
import PluginKit

/// What a model says of a row.
public struct Prediction: Sendable, Equatable {
  /// The most probable class.
  public let label: String
  /// The place of ``label`` among the classes.
  public let classIndex: Int
  /// Decision scores in the order of the classes, as `automl predict --scores` gives them.
  public let scores: [Float]
  /// Probabilities in the order of the classes; they sum to 1.
  public let probabilities: [Double]
}

/// What a model says of several rows, in their order.
public struct Predictions: Sendable, Equatable, RandomAccessCollection {
  /// The classes in the order of scores and probabilities.
  public let classes: [String]
  /// The place among ``classes`` of each row's most probable class.
  public let classIndices: [Int32]
  /// The scores of all rows, row by row.
  public let scores: [Float]
  /// The probabilities of all rows, row by row.
  public let probabilities: [Double]

  init(_ rows: ClassifiedRows, classes: [String]) {
    self.classes = classes
    classIndices = rows.predicted
    scores = rows.scores.values
    probabilities = rows.probabilities
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { classIndices.count }

  public subscript(row: Int) -> Prediction {
    precondition(classIndices.indices.contains(row), "row \(row) of \(count)")
    let places = row * classes.count..<(row + 1) * classes.count
    let best = Int(classIndices[row])
    return Prediction(
      label: classes[best], classIndex: best, scores: Array(scores[places]),
      probabilities: Array(probabilities[places]))
  }
}
