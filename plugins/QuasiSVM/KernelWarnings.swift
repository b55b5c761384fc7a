import PluginKit

extension RandomFourierFeatures {
  /// What a person should know about the kernel on these rows, in whole sentences.
  ///
  /// A kernel that is almost constant, or almost 0 between different rows, tells no classes apart, however
  /// well the head is solved. Judged by the exact kernel on 200 random pairs of rows.
  func kernelWarnings(for rows: FeatureMatrix, seed: Seed) -> [String] {
    guard rows.rowCount > 1 else { return [] }
    let values = kernelValues(rows, pairCount: 200, seed: seed).sorted()
    let low = values[values.count / 20]
    let high = values[values.count - 1 - values.count / 20]
    if low > 0.95 {
      return [
        "The kernel is almost constant: nine tenths of its values between pairs of training rows lie "
          + "in \(rounded(low)) to \(rounded(high)); a smaller scale would tell rows apart."
      ]
    }
    if high < 0.01 {
      return [
        "The kernel is almost the identity: nineteen twentieths of its values between different "
          + "training rows lie below 0.01; a larger scale would relate rows to each other."
      ]
    }
    return []
  }

  private func kernelValues(_ rows: FeatureMatrix, pairCount: Int, seed: Seed) -> [Double] {
    var generator = seed.keyed("kernel-pairs").generator()
    let width =
      scale / kernel.standardDeviation(columnCount: columnCount, featureCount: featureCount)
    return (0..<pairCount).map { _ in
      let first = generator.index(below: rows.rowCount)
      let second = (first + 1 + generator.index(below: rows.rowCount - 1)) % rows.rowCount
      return kernel.value(rows.row(first), rows.row(second), width: width)
    }
  }

  private func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
