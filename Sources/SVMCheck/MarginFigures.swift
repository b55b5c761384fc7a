import MarginHeads
import PluginKit

/// Where rows lie beside the margins of a model.
package struct MarginFigures: Sendable, Equatable {
  /// The shares whose quantiles are given.
  package static let shares = KernelFigures.shares

  /// For each class the quantiles of f_y - max f_j over its rows; nil for a class without rows.
  package let quantiles: [[Double]?]
  /// How many rows each class has.
  package let rowCounts: [Int]
  /// How many rows are on or inside some margin; nil where the loss knows no margin.
  package let supportCount: Int?
  /// The same for the machine of each class, or for the rows of each class where the loss couples the
  /// classes.
  package let supportCounts: [Int]?
  /// The share of rows whose wrong scores are all negative.
  package let shareWithNegativeRivals: Double
}

extension MarginFigures {
  /// A row counts as on the margin up to this distance: solutions have a gap.
  static let tolerance = 1e-3

  /// Looks at the scores of rows.
  ///
  /// - Parameters:
  ///   - scores: A row of scores for each label.
  ///   - labels: The classes.
  ///   - loss: Says what a margin is; nil where scores are not those that a margin loss sees.
  init(scores: ScoreMatrix, labels: [Int32], loss: MarginLoss?) {
    let classCount = scores.columnCount
    var margins = [[Double]](repeating: [], count: classCount)
    var counts = [Int](repeating: 0, count: classCount)
    var (support, negative) = (0, 0)
    for (row, label) in labels.enumerated() {
      let own = scores.row(row).map(Double.init)
      let rival = own.indices.filter { $0 != label }.reduce(-Double.infinity) { max($0, own[$1]) }
      margins[Int(label)].append(own[Int(label)] - rival)
      if rival < 0 { negative += 1 }
      guard let loss else { continue }
      let machines = loss.machinesThatNeed(own, label: Int(label), rival: rival)
      for machine in machines { counts[machine] += 1 }
      if !machines.isEmpty { support += 1 }
    }
    quantiles = margins.map { $0.isEmpty ? nil : SVMCheck.quantiles(of: $0, at: Self.shares) }
    rowCounts = margins.map(\.count)
    supportCount = loss.map { _ in support }
    supportCounts = loss.map { _ in counts }
    shareWithNegativeRivals = labels.isEmpty ? 0 : Double(negative) / Double(labels.count)
  }
}

extension MarginLoss {
  /// The machines for which a row is a support vector: those whose margin it is on or inside.
  fileprivate func machinesThatNeed(_ scores: [Double], label: Int, rival: Double) -> [Int] {
    let limit = 1 + MarginFigures.tolerance
    switch self {
    case .hinge, .squaredHinge:
      return scores.indices.filter { ($0 == label ? scores[$0] : -scores[$0]) <= limit }
    case .crammerSinger: return scores[label] - rival <= limit ? [label] : []
    case .categoricalHinge: return scores[label] - max(0, rival) <= limit ? [label] : []
    case .softmax: return []
    }
  }
}
