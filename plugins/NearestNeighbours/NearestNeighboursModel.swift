#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import PluginKit

/// The training rows, and the rule by which they vote.
///
/// The score of class k is log((m pₖ + 1/K) / (m + 1)) for the share pₖ of the votes and the weight m of the
/// voters: one voter more who is undecided, so that a class without votes has a finite score.
struct NearestNeighboursModel: TrainedModel {
  let rule: NeighbourRule
  let rows: FeatureMatrix
  let labels: [Int32]
  /// 1 for all rows where training had no weights.
  let weights: [Float]
  let classCount: Int
  private let search: NeighbourSearch

  init(
    rule: NeighbourRule, rows: FeatureMatrix, labels: [Int32], weights: [Float]?, classCount: Int
  ) {
    let weights = weights ?? Array(repeating: 1, count: labels.count)
    self.rule = rule
    self.rows = rows
    self.labels = labels
    self.weights = weights
    self.classCount = classCount
    let tree = NeighbourTree(rows)
    search = NeighbourSearch(
      tree: tree, rule: rule, labels: tree.order.map { labels[$0] },
      weights: tree.order.map { weights[$0] })
  }

  var featureCount: Int { rows.columnCount }
  /// What was learnt are the rows themselves.
  var trainableParameterCount: Int { rows.values.count + labels.count }

  func scores(for features: FeatureMatrix) -> ScoreMatrix {
    var search = search
    var values: [Float] = []
    values.reserveCapacity(features.rowCount * classCount)
    for row in 0..<features.rowCount {
      var votes = [Double](repeating: 0, count: classCount)
      let voters = search.vote(NeighbourTree.padded(features, row: row), into: &votes)
      let sum = votes.reduce(0, +)
      for vote in votes {
        let share = (voters * vote / sum + 1 / Double(classCount)) / (voters + 1)
        values.append(Float(log(share)))
      }
    }
    return ScoreMatrix(rowCount: features.rowCount, columnCount: classCount, values: values)
  }

  func state() -> ModelState {
    ModelState(
      tensors: [
        NamedTensor("rows", shape: [rows.rowCount, rows.columnCount], values: rows.values),
        NamedTensor("labels", shape: [rows.rowCount], values: labels.map { Float($0) }),
        NamedTensor("weights", shape: [rows.rowCount], values: weights),
      ],
      attributes: .object([
        ("neighbours", .integer(rule.count)),
        ("weighting", .string(rule.weighting.rawValue)),
        ("distance", .string(rule.distance.rawValue)),
        ("rows", .integer(rows.rowCount)),
        ("features", .integer(featureCount)),
        ("classes", .integer(classCount)),
      ]))
  }
}

extension NearestNeighboursModel {
  /// Takes a model out of its state.
  init(_ state: ModelState) throws(ModelStateError) {
    let (rowCount, columnCount) = (try state.count("rows"), try state.count("features"))
    let classCount = try state.count("classes")
    let count = try state.count("neighbours")
    guard rowCount > 0, count > 0 else {
      throw ModelStateError("the model's 'rows' or 'neighbours' is 0")
    }
    let labels = try state.tensor("labels", shape: [rowCount])
    guard labels.allSatisfy({ (0..<Float(classCount)).contains($0) && $0 == $0.rounded() }) else {
      throw ModelStateError(
        "the tensor 'labels' holds what is no class from 0 to \(classCount - 1)")
    }
    let values = try state.tensor("rows", shape: [rowCount, columnCount])
    let weights = try state.tensor("weights", shape: [rowCount])
    guard values.allSatisfy(\.isFinite), weights.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw ModelStateError("the tensors 'rows' and 'weights' hold numbers that no training gives")
    }
    self.init(
      rule: NeighbourRule(
        count: count, weighting: try state.word("weighting"), distance: try state.word("distance")),
      rows: FeatureMatrix(rowCount: rowCount, columnCount: columnCount, values: values),
      labels: labels.map { Int32($0) }, weights: weights, classCount: classCount)
  }
}

extension ModelState {
  /// An attribute that is a word of an enumeration.
  fileprivate func word<Word: RawRepresentable<String>>(
    _ name: String
  ) throws(ModelStateError) -> Word {
    let text = try text(name)
    guard let word = Word(rawValue: text) else {
      throw ModelStateError("the model's \(name) '\(text)' is not known")
    }
    return word
  }
}
