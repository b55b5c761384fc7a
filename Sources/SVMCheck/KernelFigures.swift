import MarginHeads
import PluginKit

/// What a kernel says about pairs of rows, and how well random features approximate it.
package struct KernelFigures: Sendable, Equatable {
  /// The error of the products of D random features, over pairs of different rows.
  package struct Error: Sendable, Equatable {
    /// D.
    package let featureCount: Int
    /// √(mean of (z(x)·z(y) - k(x, y))²).
    package let rootMeanSquare: Double
    /// The largest |z(x)·z(y) - k(x, y)|.
    package let largest: Double
  }

  /// The shares whose quantiles are given.
  package static let shares = [0.05, 0.25, 0.5, 0.75, 0.95]

  package let formula: String
  /// `gaussian` or `laplacian`.
  package let form: String
  /// s.
  package let width: Double
  /// The word for the distribution of random projections; nil for the kernel itself.
  package let distribution: String?
  /// D; nil for the kernel itself.
  package let featureCount: Int?
  /// Quantiles of k(x, y) over pairs of different rows.
  package let quantiles: [Double]
  /// At D, 2D and 4D; empty for the kernel itself.
  package let errors: [Error]
  /// What is wrong with the kernel on these rows, in whole sentences.
  package let warnings: [String]
}

extension KernelFigures {
  /// How many pairs of rows are looked at.
  static let pairCount = 2_000

  /// Looks at a kernel; nil for fewer than two rows.
  init?(_ kernel: MarginKernel, features: RandomFeatures?, rows: FeatureMatrix, seed: Seed) {
    guard rows.rowCount > 1 else { return nil }
    let pairs = randomPairs(rows.rowCount, seed: seed.keyed("kernel-pairs"))
    let exact = pairs.map { kernel.value(rows.row($0.0), rows.row($0.1)) }
    form = kernel.form.rawValue
    width = kernel.width
    formula = kernel.form == .gaussian ? "exp(-‖x-y‖²/2s²)" : "exp(-‖x-y‖₁/s)"
    distribution = features?.distribution
    featureCount = features?.count
    quantiles = SVMCheck.quantiles(of: exact, at: Self.shares)
    errors =
      features.map { features in
        [1, 2, 4].map { factor in
          error(
            of: features.projection(factor * features.count), rows: rows, pairs: pairs, exact: exact
          )
        }
      } ?? []
    warnings = kernelWarnings(values: exact) + (features?.warnings(columns: rows.columnCount) ?? [])
  }
}

/// Pairs of different rows.
private func randomPairs(_ count: Int, seed: Seed) -> [(Int, Int)] {
  var generator = seed.generator()
  return (0..<KernelFigures.pairCount).map { _ in
    let first = generator.index(below: count)
    return (first, (first + 1 + generator.index(below: count - 1)) % count)
  }
}

/// The error of a map; the features of few pairs are in memory at a time.
private func error(
  of map: FourierProjection, rows: FeatureMatrix, pairs: [(Int, Int)], exact: [Double]
) -> KernelFigures.Error {
  let block = 50
  var (squares, largest) = (0.0, 0.0)
  for start in stride(from: 0, to: pairs.count, by: block) {
    let part = pairs[start..<min(start + block, pairs.count)]
    let features = map.features(of: rows.selecting(rows: part.flatMap { [$0.0, $0.1] }))
    for place in 0..<part.count {
      let product = zip(features.row(2 * place), features.row(2 * place + 1)).reduce(0.0) {
        $0 + Double($1.0) * Double($1.1)
      }
      let difference = abs(product - exact[start + place])
      squares += difference * difference
      largest = max(largest, difference)
    }
  }
  return KernelFigures.Error(
    featureCount: map.featureCount,
    rootMeanSquare: (squares / Double(pairs.count)).squareRoot(), largest: largest)
}

extension RandomFeatures {
  /// What is to be known about a distribution whose kernel depends on D.
  fileprivate func warnings(columns: Int) -> [String] {
    guard distribution == "glorot-normal" else { return [] }
    let deviation = (2 / Double(columns + count)).squareRoot()
    return [
      "GlorotNormal draws weights with a standard deviation of \(rounded(deviation, 4)) for \(columns) "
        + "columns and \(count) features: the kernel's width, \(rounded(kernel.width, 1)), depends on "
        + "their number and not on the rows."
    ]
  }
}

extension MarginKernel {
  /// The value for two rows.
  func value(_ left: ArraySlice<Float>, _ right: ArraySlice<Float>) -> Double {
    let distance = zip(left, right).reduce(0.0) { sum, pair in
      let difference = Double(pair.0) - Double(pair.1)
      return sum + (form == .gaussian ? difference * difference : abs(difference))
    }
    return exponential(-radial.rate * distance)
  }
}
