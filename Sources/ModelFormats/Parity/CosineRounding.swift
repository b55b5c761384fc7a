package import PluginKit
package import TableColumns

extension PredictionGraph {
  /// How far scores may be off because the arguments of cosines are rounded to Float32, to first order.
  ///
  /// A sum w·x + b of d products is off by (d + 1) 2⁻²⁴ (Σ |wⱼ xⱼ| + |b|) at most, in the program and in an export,
  /// and so is its cosine; behind it each weight of a head passes on its own share. Where the cosine is that
  /// of x turns, x times 2π.
  ///
  /// - Parameter rows: The columns that the graph reads.
  /// - Returns: For each row the largest bound of its scores; 0 where there are no cosines.
  /// - Throws: `GraphRefusal` where the graph refuses a row.
  func cosineRounding(_ rows: GraphRows) throws(GraphRefusal) -> [Double] {
    let hasCosines = graph.nodes.contains { $0.operation.isOfTurns }
    guard hasCosines else { return Array(repeating: 0, count: rows.rowCount) }
    let bounds = RoundingBounds(graph, try graph.evaluate(rows), rowCount: rows.rowCount)
    let width = classes.count
    guard let scores = bounds.bounds[scores.node] else {
      return Array(repeating: 0, count: rows.rowCount)
    }
    return (0..<rows.rowCount).map { row in
      scores[row * width..<(row + 1) * width].max() ?? 0
    }
  }
}

extension ModelGraph.Operation {
  fileprivate var isOfTurns: Bool {
    switch self {
    case .elementwise(.cosineOfTurns), .elementwise(.sineOfTurns): true
    default: false
    }
  }
}

/// Bounds on the way through a graph, node after node.
private struct RoundingBounds {
  let graph: ModelGraph
  let values: [GraphValues]
  let rowCount: Int
  /// For each node its bounds, row by row; nil where nothing is off.
  private(set) var bounds: [[Double]?] = []

  init(_ graph: ModelGraph, _ values: [GraphValues], rowCount: Int) {
    self.graph = graph
    self.values = values
    self.rowCount = rowCount
    for place in graph.nodes.indices { bounds.append(bound(at: place)) }
  }

  private func bound(at place: Int) -> [Double]? {
    let node = graph.nodes[place]
    let inputs = node.inputs.map { bounds[$0.node] }
    if node.operation.isOfTurns { return ofTurns(node.inputs[0]).map { 2 * .pi * $0 } }
    guard inputs.contains(where: { $0 != nil }) else { return nil }
    let widths = node.inputs.map { graph.type(of: $0).width }
    let parts = zip(inputs, widths).map { $0 ?? Array(repeating: 0, count: rowCount * $1) }
    switch node.operation {
    case .joined:
      return (0..<rowCount).flatMap { row in
        zip(parts, widths).flatMap { $0[row * $1..<(row + 1) * $1] }
      }
    case .selected(let columns):
      return (0..<rowCount).flatMap { row in columns.map { parts[0][row * widths[0] + $0] } }
    case .affine(let weights, _): return products(parts[0], with: weights)
    case .rescaled(let factor, _): return parts[0].map { $0 * Double(abs(factor)) }
    case .sum: return zip(parts[0], parts[1]).map { $0 + $1 }
    case .clamped: return parts[0]
    case .softmax(let beta):
      // The derivative of pₖ by the scores: β pₖ (δₖₗ - pₗ).
      return numbers(place).enumerated().map { position, share in
        let row = position / widths[0]
        let largest = parts[0][row * widths[0]..<(row + 1) * widths[0]].max() ?? 0
        return 2 * beta * largest * Double(share)
      }
    case .elementwise(.log):
      return zip(parts[0], numbers(node.inputs[0].node)).map {
        $0 / Double(max($1, .leastNormalMagnitude))
      }
    default: return nil
    }
  }

  /// The bounds of sums in turns that are the result of a node, or a part of one.
  private func ofTurns(_ value: ModelGraph.Value) -> [Double] {
    let node = graph.nodes[value.node]
    let width = node.type.width
    switch node.operation {
    case .selected(let columns):
      let whole = ofTurns(node.inputs[0])
      let wholeWidth = graph.type(of: node.inputs[0]).width
      return (0..<rowCount).flatMap { row in columns.map { whole[row * wholeWidth + $0] } }
    case .affine(let weights, let biases):
      let sizes = numbers(node.inputs[0].node).map { Double(abs($0)) }
      let unit = 2 * Double(weights.rowCount + 1) * 0x1p-24
      return products(sizes, with: weights).enumerated().map { place, sum in
        unit * (sum + Double(abs(biases[place % width])))
      }
    default: return Array(repeating: 0, count: rowCount * width)
    }
  }

  /// Rows times the sizes of weights.
  private func products(_ rows: [Double], with weights: FeatureMatrix) -> [Double] {
    let (depth, width) = (weights.rowCount, weights.columnCount)
    var result = [Double](repeating: 0, count: rowCount * width)
    for row in 0..<rowCount {
      for column in 0..<depth {
        let factor = rows[row * depth + column]
        for k in 0..<width {
          result[row * width + k] += factor * Double(abs(weights.values[column * width + k]))
        }
      }
    }
    return result
  }

  /// The Float32 numbers of a node, row by row.
  private func numbers(_ place: Int) -> [Float] {
    if case .float32(let matrix) = values[place] { matrix.values } else { [] }
  }
}

extension GraphRows {
  /// The columns of a table.
  package init(_ table: Table) {
    self.init(rowCount: table.rowCount)
    for column in table.columns {
      switch column.values {
      case .numeric(let values): numbers[column.name] = values
      case .categorical(let codes, let categories):
        texts[column.name] = codes.map { $0 < 0 ? nil : categories[Int($0)] }
      }
    }
  }
}
