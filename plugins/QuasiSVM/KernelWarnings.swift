import MarginHeads
import PluginKit

extension RandomFourierFeatures {
  /// What a person should know about the kernel on these rows, in whole sentences.
  ///
  /// Judged by the exact kernel on 200 random pairs of rows.
  func kernelWarnings(for rows: FeatureMatrix, seed: Seed) -> [String] {
    guard rows.rowCount > 1 else { return [] }
    var generator = seed.keyed("kernel-pairs").generator()
    let width =
      scale / kernel.standardDeviation(columnCount: columnCount, featureCount: featureCount)
    let values = (0..<200).map { _ in
      let first = generator.index(below: rows.rowCount)
      let second = (first + 1 + generator.index(below: rows.rowCount - 1)) % rows.rowCount
      return kernel.value(rows.row(first), rows.row(second), width: width)
    }
    return MarginHeads.kernelWarnings(values: values)
  }
}
