#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
package import PluginKit

/// The weighted mean of what several models say about the same rows.
///
/// The score of class k in row i is
///
///     sᵢₖ = log max(Σⱼ wⱼ pᵢₖ(j), 10⁻³⁰)
///
/// for the probabilities p(j) of model j and weights that sum to 1: softmax gives the mean probabilities back,
/// and a temperature can sharpen them. Sums are in Double and in the order in which models are added; a row's
/// scores do not depend on the other rows.
package struct MeanProbabilities: Sendable {
  private let classCount: Int
  private var sums: [Double]

  /// Begins without any model.
  package init(rowCount: Int, classCount: Int) {
    self.classCount = classCount
    sums = Array(repeating: 0, count: rowCount * classCount)
  }

  /// Adds a model's probabilities, K for each row.
  package mutating func add(_ probabilities: [Double], weight: Double) {
    precondition(
      probabilities.count == sums.count,
      "\(sums.count) probabilities are needed, got \(probabilities.count)")
    for place in sums.indices { sums[place] += weight * probabilities[place] }
  }

  /// The scores of all rows, finite.
  package var scores: ScoreMatrix {
    ScoreMatrix(
      rowCount: sums.count / classCount, columnCount: classCount,
      values: sums.map { Float(log(max($0, 1e-30))) })
  }
}
