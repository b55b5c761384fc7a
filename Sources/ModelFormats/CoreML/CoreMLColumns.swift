import PluginKit

/// Where each column of a model's features comes from, and what is done to it, as Core ML's stages need it: a
/// source, then a number for missing values, then a scale.
struct CoreMLColumns {
  /// What a column holds before it is scaled.
  enum Source: Hashable {
    /// A column of numbers of the table.
    case number(String)
    /// A 0/1 column of the categories that a node encodes.
    case category(node: Int, column: Int)
  }

  /// A column of features: (source or fill - centre) / width.
  struct Column {
    let source: Source
    var fill: Double?
    var centre = 0.0
    var width = 1.0
  }

  private let graph: ModelGraph
  private var columns: [Int: [Column]] = [:]

  init(_ graph: ModelGraph) { self.graph = graph }

  /// The columns of a node of type float64, or of one that rounds them.
  ///
  /// - Throws: ``ModelFormatError`` if a step has no counterpart.
  mutating func columns(of node: Int) throws(ModelFormatError) -> [Column] {
    if let known = columns[node] { return known }
    var inputs: [[Column]] = []
    if !graph.nodes[node].isSource {
      for input in graph.nodes[node].inputs { inputs.append(try columns(of: input.node)) }
    }
    let result = try columns(of: node, from: inputs)
    columns[node] = result
    return result
  }

  private func columns(
    of node: Int, from inputs: [[Column]]
  ) throws(ModelFormatError) -> [Column] {
    switch graph.nodes[node].operation {
    case .numberColumn(let name): return [Column(source: .number(name))]
    case .encodedCategory(let encoding):
      return (0..<encoding.width).map { Column(source: .category(node: node, column: $0)) }
    case .filledGaps(let fills):
      try checkCategories(of: inputs[0])
      return zip(inputs[0], fills).map { column, fill in
        guard column.fill == nil, let fill else { return column }
        var filled = column
        filled.fill = fill * column.width + column.centre
        return filled
      }
    case .scaled(let centres, let widths):
      return zip(inputs[0], zip(centres, widths)).map { column, scale in
        var scaled = column
        scaled.centre += scale.0 * column.width
        scaled.width *= scale.1
        return scaled
      }
    case .joined: return inputs.flatMap { $0 }
    case .selected(let places): return places.map { inputs[0][$0] }
    case .rounded(let allowsGaps):
      if allowsGaps { try checkCategories(of: inputs[0]) }
      return inputs[0]
    case .markedGaps:
      throw ModelFormatError(
        "Core ML has no stage that marks missing values: train without 'indicator: true' of impute")
    default: preconditionFailure("node \(node) holds no columns of a table")
    }
  }
}

extension CoreMLColumns {
  /// Throws if a missing text is missing in all its 0/1 columns, and this matters here.
  private func checkCategories(of columns: [Column]) throws(ModelFormatError) {
    for column in columns {
      guard case .category(let node, _) = column.source,
        case .encodedCategory(let encoding) = graph.nodes[node].operation,
        encoding.missing == .missing
      else { continue }
      throw ModelFormatError(
        "Core ML has no stage that leaves the 0/1 columns of a missing category without values: "
          + "train with impute before one-hot")
    }
  }
}

extension ModelGraph.Node {
  /// Whether columns begin here.
  fileprivate var isSource: Bool {
    switch operation {
    case .numberColumn, .encodedCategory: true
    default: false
    }
  }
}
