import MarginHeads
import PluginKit

/// Taking the mean of each column away while a head is trained.
///
/// With a free bias this changes nothing but the bias, b = b' - w·mean, and it spares the solver the near
/// dependence of columns that lie far from 0 on the bias.
struct ColumnCentring {
  let means: [Float]
  /// Columns after padding with zeros to the vector width, so that kernels have no rest to handle.
  private let paddedCount: Int

  /// Finds the means of columns, each row counting as much as its weight.
  init(_ features: FeatureMatrix, weights: [Float]?) {
    let width = features.columnCount
    var sums = [Double](repeating: 0, count: width)
    var total = 0.0
    for row in 0..<features.rowCount {
      let weight = Double(weights?[row] ?? 1)
      guard weight > 0 else { continue }
      total += weight
      for j in 0..<width { sums[j] += weight * Double(features[row, j]) }
    }
    means = sums.map { Float($0 / total) }
    paddedCount = (width + 15) / 16 * 16
  }

  /// The features less the means, with columns of zeros at the end.
  func apply(to features: FeatureMatrix) -> FeatureMatrix {
    var centred = FeatureMatrix(rowCount: features.rowCount, columnCount: paddedCount)
    for row in 0..<features.rowCount {
      for j in 0..<means.count {
        centred.values[row * paddedCount + j] = features[row, j] - means[j]
      }
    }
    return centred
  }

  /// A head for the features themselves, from one for centred features.
  func undone(_ head: LinearHead) -> LinearHead {
    var weights: [Float] = []
    var biases: [Float] = []
    for k in 0..<head.classCount {
      let row = head.weights[k * paddedCount..<k * paddedCount + means.count]
      let shift = zip(row, means).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      weights += row
      biases.append(Float(Double(head.biases[k]) - shift))
    }
    return LinearHead(
      classCount: head.classCount, featureCount: means.count, weights: weights, biases: biases)
  }
}
