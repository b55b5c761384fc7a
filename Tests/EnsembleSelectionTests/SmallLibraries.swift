import EnsembleSelection
import PluginKit

/// A library whose models give these probabilities of class 1 of 2.
func binaryLibrary(
  labels: [Int32], weights: [Float]? = nil, ofClass1 models: [[Float]]
) -> EnsembleLibrary {
  EnsembleLibrary(
    classCount: 2, labels: labels, weights: weights,
    probabilities: models.map { $0.flatMap { [1 - $0, $0] } })
}

/// Models that know the label more or less: their probabilities lean to the true class by `skill`, at random.
func randomLibrary(
  models: Int, rows: Int, classCount: Int = 3, skill: Double, seed: UInt64, weighted: Bool = false
) -> EnsembleLibrary {
  var generator = Seed(seed).keyed("library").generator()
  let labels = (0..<rows).map { _ in Int32(generator.index(below: classCount)) }
  let probabilities = (0..<models).map { _ in
    labels.flatMap { label in
      var own = (0..<classCount).map { kind in
        generator.uniform() + (kind == Int(label) ? skill : 0) + 1e-3
      }
      let sum = own.reduce(0, +)
      for kind in own.indices { own[kind] /= sum }
      return own.map { Float($0) }
    }
  }
  let weights = (0..<rows).map { _ in Float(generator.index(below: 4)) }
  return EnsembleLibrary(
    classCount: classCount, labels: labels, weights: weighted ? weights : nil,
    probabilities: probabilities)
}

/// The share of rows whose class has the largest score.
func accuracy(_ scores: ScoreMatrix, _ labels: [Int32]) -> Double {
  let correct = labels.indices.count { row in
    let own = Array(scores.row(row))
    return own.firstIndex(of: own.max() ?? 0) == Int(labels[row])
  }
  return Double(correct) / Double(labels.count)
}
