import PluginKit

/// Rows in a tree of boxes, so that a search need not look at all of them.
///
/// Each node splits its rows in two halves along the coordinate in which they are spread most; a leaf has at
/// most 32 rows. Rows are padded with zeros to whole vectors. Building costs O(n log n) comparisons besides
/// O(n d log n) for the boxes.
///
/// Reference: J. H. Friedman, J. L. Bentley and R. A. Finkel, "An algorithm for finding best matches in
/// logarithmic expected time", ACM TOMS 3(3), 1977, doi:10.1145/355744.355745.
struct NeighbourTree: Sendable {
  /// Positions of the nodes' rows, and where the second child is; the first is the next node.
  struct Node: Sendable {
    let rows: Range<Int>
    /// 0 for a leaf.
    var secondChild: Int
  }

  /// Vectors of eight columns for each row.
  let width: Int
  /// The rows in the order of the leaves.
  private(set) var rows: [SIMD8<Float>]
  /// For each place in this order the number of the row.
  private(set) var order: [Int]
  private(set) var nodes: [Node] = []
  /// The least and the largest coordinates of each node.
  private(set) var lows: [SIMD8<Float>] = []
  private(set) var highs: [SIMD8<Float>] = []

  private static let leafSize = 32

  init(_ matrix: FeatureMatrix) {
    width = max(1, (matrix.columnCount + 7) / 8)
    order = Array(0..<matrix.rowCount)
    rows = []
    split(0..<matrix.rowCount, matrix)
    rows.reserveCapacity(matrix.rowCount * width)
    for row in order { rows += Self.padded(matrix, row: row) }
  }

  /// A row as whole vectors.
  static func padded(_ matrix: FeatureMatrix, row: Int) -> [SIMD8<Float>] {
    var vectors = [SIMD8<Float>](
      repeating: .zero, count: max(1, (matrix.columnCount + 7) / 8))
    for (column, value) in matrix.row(row).enumerated() { vectors[column / 8][column % 8] = value }
    return vectors
  }

  private mutating func split(_ range: Range<Int>, _ matrix: FeatureMatrix) {
    let node = nodes.count
    nodes.append(Node(rows: range, secondChild: 0))
    let (low, high) = box(of: range, matrix)
    lows += low
    highs += high
    guard range.count > Self.leafSize, let column = widest(low, high, matrix.columnCount) else {
      return
    }
    let middle = range.lowerBound + range.count / 2
    select(middle, in: range) { matrix[$0, column] }
    split(range.lowerBound..<middle, matrix)
    nodes[node].secondChild = nodes.count
    split(middle..<range.upperBound, matrix)
  }

  private func box(
    of range: Range<Int>, _ matrix: FeatureMatrix
  ) -> (low: [SIMD8<Float>], high: [SIMD8<Float>]) {
    guard let first = range.first else {
      let nothing = [SIMD8<Float>](repeating: .zero, count: width)
      return (nothing, nothing)
    }
    var low = Self.padded(matrix, row: order[first])
    var high = low
    for place in range.dropFirst() {
      for (column, value) in matrix.row(order[place]).enumerated() {
        low[column / 8][column % 8] = min(low[column / 8][column % 8], value)
        high[column / 8][column % 8] = max(high[column / 8][column % 8], value)
      }
    }
    return (low, high)
  }

  /// The column of the largest spread; nil if all rows are the same.
  private func widest(_ low: [SIMD8<Float>], _ high: [SIMD8<Float>], _ columnCount: Int) -> Int? {
    var best: (column: Int, spread: Float)?
    for column in 0..<columnCount {
      let spread = high[column / 8][column % 8] - low[column / 8][column % 8]
      if spread > best?.spread ?? 0 { best = (column, spread) }
    }
    return best?.column
  }

  /// Orders a range so that nothing before `place` is larger, and nothing after it smaller (Hoare's quickselect).
  private mutating func select(_ place: Int, in range: Range<Int>, key: (Int) -> Float) {
    var (first, last) = (range.lowerBound, range.upperBound - 1)
    while first < last {
      let pivot = median(
        key(order[first]), key(order[first + (last - first) / 2]), key(order[last]))
      var (left, right) = (first, last)
      while left <= right {
        while key(order[left]) < pivot { left += 1 }
        while key(order[right]) > pivot { right -= 1 }
        guard left <= right else { break }
        order.swapAt(left, right)
        left += 1
        right -= 1
      }
      if place <= right { last = right } else if place >= left { first = left } else { return }
    }
  }
}

private func median(_ a: Float, _ b: Float, _ c: Float) -> Float {
  max(min(a, b), min(max(a, b), c))
}
