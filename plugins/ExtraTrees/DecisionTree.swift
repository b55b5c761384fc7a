import PluginKit

/// One tree: nodes in the order in which they were grown, each followed by its first child.
struct DecisionTree: Sendable, Equatable {
  /// A split, or a leaf.
  struct Node: Sendable, Equatable {
    /// The column that is compared; -1 for a leaf.
    var column: Int32
    /// Rows up to this value go to the first child.
    var threshold: Float
    /// The second child of a split; for a leaf the number of its class shares.
    var next: Int32
    /// Whether rows without a value go to the first child.
    var missingGoesFirst: Bool

    static func leaf(_ shares: Int) -> Node {
      Node(column: -1, threshold: 0, next: Int32(shares), missingGoesFirst: false)
    }
  }

  var nodes: [Node] = []
  /// For each leaf the shares of the classes among its training rows.
  var shares: [Float] = []

  var splitCount: Int { nodes.count { $0.column >= 0 } }

  /// Adds the shares of the leaf that a row comes to.
  @inline(__always)
  func add(
    _ row: UnsafePointer<Float>, to sums: UnsafeMutablePointer<Float>, classCount: Int
  ) {
    nodes.withUnsafeBufferPointer { nodes in
      var place = 0
      while nodes[place].column >= 0 {
        let node = nodes[place]
        let value = row[Int(node.column)]
        let goesFirst = value <= node.threshold || (value.isNaN && node.missingGoesFirst)
        place = goesFirst ? place + 1 : Int(node.next)
      }
      let first = Int(nodes[place].next) * classCount
      for index in 0..<classCount { sums[index] += shares[first + index] }
    }
  }
}
