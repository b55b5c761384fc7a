import Evaluation
import PluginKit

/// Predictions that put nearly all probability on given classes.
func predictions(
  _ labels: [Int32], _ predicted: [Int32], classCount: Int = 3, weights: [Float]? = nil
) -> Predictions {
  let share = 0.1 / Double(classCount - 1)
  let probabilities = predicted.flatMap { prediction in
    (0..<Int32(classCount)).map { $0 == prediction ? 0.9 : share }
  }
  return Predictions(
    labels: labels, probabilities: probabilities, classCount: classCount, weights: weights)
}

/// Labels and probabilities that have something to do with each other; the last class never occurs.
func randomPredictions(
  rows: Int, classCount: Int, weighted: Bool, seed: UInt64
) -> Predictions {
  var generator = SeededGenerator(seed: seed)
  let labels = (0..<rows).map { _ in Int32(generator.index(below: classCount - 1)) }
  let probabilities = labels.flatMap { label in
    let masses = (0..<classCount).map { index in
      generator.uniform() + (index == Int(label) ? 0.5 : 0)
    }
    return masses.map { $0 / masses.reduce(0, +) }
  }
  let weights = weighted ? (0..<rows).map { _ in Float(generator.index(below: 4)) } : nil
  return Predictions(
    labels: labels, probabilities: probabilities, classCount: classCount, weights: weights)
}

/// Normally distributed scores, larger by `signal` at the true class.
func randomScores(
  labels: [Int32], classCount: Int, signal: Double, seed: UInt64
) -> ScoreMatrix {
  var generator = SeededGenerator(seed: seed)
  let values = labels.flatMap { label in
    (0..<classCount).map { index in
      Float(generator.normal() + (index == Int(label) ? signal : 0))
    }
  }
  return ScoreMatrix(rowCount: labels.count, columnCount: classCount, values: values)
}
