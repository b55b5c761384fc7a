import PluginKit

// Models that hold training rows or trees.
extension CStatements {
  mutating func radial(
    _ node: Int, _ x: String, _ y: String, _ kernel: RadialKernel, _ rows: FeatureMatrix
  ) {
    let values = table("float", "rows", node, rows.columnwise.map(CText.float))
    let arguments = "\(x), \(rows.columnCount), \(values), \(rows.rowCount), \(y)"
    switch kernel.distance {
    case .squaredEuclidean: call(.squaredDistances, "squared_distances(\(arguments));")
    case .absolute: call(.absoluteDistances, "absolute_distances(\(arguments));")
    }
    // The exponentials are powers of 2.
    let rate = Float(max(-kernel.rate * 1.442695040888963407, -1e38))
    call(.powerLessOne, "power_less_one(\(y), \(rows.rowCount), \(CText.float(rate)));")
  }

  mutating func neighbours(
    _ node: Int, _ x: String, _ y: String, _ votes: ModelGraph.NeighbourVotes
  ) {
    let rows = table("float", "rows", node, votes.rows.values.map(CText.float))
    let weights = table("float", "row_weights", node, votes.weights.map(CText.float))
    let labels = table("unsigned short", "labels", node, votes.labels.map { "\($0)" })
    tables.append(
      """
      static const neighbours neighbours_\(node) = {
        \(votes.rows.rowCount), \(votes.rows.columnCount), \(votes.classCount), \
      \(votes.distance == .absolute ? 1 : 0), \(votes.importance == .nearness ? 1 : 0),
        \(votes.count).0, \(CText.double(votes.voterWeight)),
        \(rows), \(weights), \(labels)
      };

      """)
    let scratch = storage.scratch(node).map(expression).joined(separator: ", ")
    call(.votes, "neighbour_votes(&neighbours_\(node), \(x), \(scratch), \(y));")
  }

  mutating func trees(
    _ node: Int, _ x: String, _ y: String, _ ensemble: ModelGraph.TreeEnsemble
  ) {
    var (nodes, missing, roots): ([String], [String], [String]) = ([], [], [])
    for tree in ensemble.trees {
      let root = nodes.count
      roots.append("\(root)")
      for part in tree {
        if let column = part.column {
          nodes.append(
            "{\(CText.float(part.threshold)), \(column), \(root + part.first), \(root + part.second)}"
          )
        } else {
          nodes.append("{0.0f, -1, \(part.first), 0}")
        }
        missing.append(part.missingGoesFirst ? "1" : "0")
      }
    }
    let splits = table("tree_node", "nodes", node, nodes)
    let gaps = table("unsigned char", "missing_first", node, missing)
    let starts = table("int32_t", "roots", node, roots)
    let leaves = table("float", "leaves", node, ensemble.leaves.values.map(CText.float))
    let sums = storage.scratch(node).first.map(expression) ?? ""
    call(
      .trees,
      "sum_of_trees(\(x), \(splits), \(gaps), \(starts), \(roots.count), \(leaves), "
        + "\(ensemble.leaves.columnCount), \(sums), \(y));")
  }
}

extension FeatureMatrix {
  /// The values column after column.
  var columnwise: [Float] {
    (0..<columnCount).flatMap { column in (0..<rowCount).map { self[$0, column] } }
  }
}
