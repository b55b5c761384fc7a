import PluginKit
import Synchronization

/// Normal clouds around centres on a circle, with class k in row k, k + K, ….
func blobs(rows: Int = 60, columns: Int = 3, classes: Int = 3, seed: UInt64 = 5) -> TrainingData {
  var generator = Seed(seed).keyed("blobs").generator()
  var values: [Float] = []
  for row in 0..<rows {
    for column in 0..<columns {
      let centre = Double((row % classes + column) % classes)
      values.append(Float(1.5 * centre + generator.normal()))
    }
  }
  return TrainingData(
    features: FeatureMatrix(rowCount: rows, columnCount: columns, values: values),
    labels: (0..<rows).map { Int32($0 % classes) }, classCount: classes)
}

/// Narrow clouds far apart, one for each label: whoever learns anything tells them from each other.
func distantClouds(labels: [Int32], classCount: Int) -> TrainingData {
  var generator = Seed(6).keyed("clouds").generator()
  var values: [Float] = []
  for label in labels {
    let angle = Int(label) % 4
    values.append(Float([10, 0, -10, 0][angle] + generator.normal()))
    values.append(Float([0, 10, 0, -10][angle] + generator.normal()))
  }
  return TrainingData(
    features: FeatureMatrix(rowCount: labels.count, columnCount: 2, values: values),
    labels: labels, classCount: classCount)
}

extension TrainingData {
  /// The same rows with other features.
  func replacing(_ features: FeatureMatrix) -> TrainingData {
    TrainingData(features: features, labels: labels, classCount: classCount, weights: weights)
  }

  /// The same rows with weights.
  func weighted(_ weight: (Int) -> Float) -> TrainingData {
    TrainingData(
      features: features, labels: labels, classCount: classCount,
      weights: labels.indices.map(weight))
  }
}

/// Counts from any thread.
final class Counter: Sendable {
  private let state = Atomic<Int>(0)

  func next() -> Int { state.add(1, ordering: .relaxed).newValue }
  var value: Int { state.load(ordering: .relaxed) }
}
