#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import PluginKit

/// A forest.
///
/// The score of class k is log((T pₖ + 1/K) / (T + 1)) for the mean pₖ of the leaves' class shares over T trees: one
/// tree more that is undecided, so that a class without rows has a finite score.
struct ExtraTreesModel: TrainedModel, Equatable {
  let trees: [DecisionTree]
  let featureCount: Int
  let classCount: Int

  /// The thresholds of the splits and the class shares of the leaves.
  var trainableParameterCount: Int {
    trees.reduce(0) { $0 + $1.splitCount + $1.shares.count }
  }

  func scores(for features: FeatureMatrix) -> ScoreMatrix {
    var sums = [Float](repeating: 0, count: features.rowCount * classCount)
    features.values.withUnsafeBufferPointer { rows in
      sums.withUnsafeMutableBufferPointer { sums in
        guard let rows = rows.baseAddress, let sums = sums.baseAddress else { return }
        // A tree stays in the processor's cache while a block of rows goes through it.
        for block in stride(from: 0, to: features.rowCount, by: Self.blockSize) {
          for tree in trees {
            for row in block..<min(block + Self.blockSize, features.rowCount) {
              tree.add(
                rows + row * featureCount, to: sums + row * classCount, classCount: classCount)
            }
          }
        }
      }
    }
    let undecided = 1 / Double(classCount)
    let scores = sums.map {
      Float(log((Double($0) + undecided) / Double(trees.count + 1)))
    }
    return ScoreMatrix(rowCount: features.rowCount, columnCount: classCount, values: scores)
  }

  private static let blockSize = 512

  func state() -> ModelState {
    let nodes = trees.flatMap(\.nodes)
    return ModelState(
      tensors: [
        tensor("columns", nodes.map { Float($0.column) }),
        tensor("thresholds", nodes.map(\.threshold)),
        tensor("next", nodes.map { Float($0.next) }),
        tensor("missing_goes_first", nodes.map { $0.missingGoesFirst ? 1 : 0 }),
        tensor("shares", trees.flatMap(\.shares)),
        tensor("tree_nodes", trees.map { Float($0.nodes.count) }),
      ],
      attributes: .object([
        ("trees", .integer(trees.count)),
        ("nodes", .integer(nodes.count)),
        ("leaves", .integer(nodes.count { $0.column < 0 })),
        ("features", .integer(featureCount)),
        ("classes", .integer(classCount)),
      ]))
  }

  private func tensor(_ name: String, _ values: [Float]) -> NamedTensor {
    NamedTensor(name, shape: [values.count], values: values)
  }
}

extension ExtraTreesModel {
  /// Takes a model out of its state.
  init(_ state: ModelState) throws(ModelStateError) {
    featureCount = try state.count("features")
    classCount = try state.count("classes")
    let (treeCount, nodeCount) = (try state.count("trees"), try state.count("nodes"))
    guard treeCount > 0 else { throw ModelStateError("the model's 'trees' is 0") }
    let leafCount = try state.count("leaves")
    let columns = try state.indices("columns", count: nodeCount, in: -1..<featureCount)
    let thresholds = try state.tensor("thresholds", shape: [nodeCount])
    let next = try state.indices("next", count: nodeCount, in: 0..<max(1, nodeCount))
    let missing = try state.indices("missing_goes_first", count: nodeCount, in: 0..<2)
    let shares = try state.tensor("shares", shape: [leafCount * classCount])
    let sizes = try state.indices("tree_nodes", count: treeCount, in: 1..<nodeCount + 1)
    guard sizes.reduce(0, +) == nodeCount, shares.allSatisfy({ (0...1).contains($0) }) else {
      throw ModelStateError("the model's trees do not fit together")
    }
    var trees: [DecisionTree] = []
    var (node, share) = (0, 0)
    for size in sizes {
      var tree = DecisionTree()
      for place in node..<node + size {
        tree.nodes.append(
          .init(
            column: Int32(columns[place]), threshold: thresholds[place], next: Int32(next[place]),
            missingGoesFirst: missing[place] == 1))
      }
      let leaves = tree.nodes.count { $0.column < 0 }
      guard share + leaves * classCount <= shares.count, tree.isWhole(leafCount: leaves) else {
        throw ModelStateError("tree \(trees.count + 1) of the model leads nowhere")
      }
      tree.shares = Array(shares[share..<share + leaves * classCount])
      trees.append(tree)
      node += size
      share += leaves * classCount
    }
    self.trees = trees
  }
}

extension DecisionTree {
  /// Whether every split leads to two later nodes, and every leaf to shares: then each row comes to an end.
  fileprivate func isWhole(leafCount: Int) -> Bool {
    nodes.indices.allSatisfy { place in
      let next = Int(nodes[place].next)
      return nodes[place].column < 0
        ? next < leafCount : next > place + 1 && next < nodes.count
    }
  }
}

extension ModelState {
  /// A tensor of whole numbers in a range.
  fileprivate func indices(
    _ name: String, count: Int, in range: Range<Int>
  ) throws(ModelStateError) -> [Int] {
    let values = try tensor(name, shape: [count])
    guard
      values.allSatisfy({
        $0 >= Float(range.lowerBound) && $0 < Float(range.upperBound) && $0 == $0.rounded()
      })
    else {
      throw ModelStateError(
        "the tensor '\(name)' holds what is no whole number from \(range.lowerBound) to "
          + "\(range.upperBound - 1)")
    }
    return values.map { Int($0) }
  }
}
