import PluginKit

/// A head's classes that are solved together, at some weights.
struct StreamedPoint {
  let classes: Range<Int>
  let loss: SmoothedLoss
  /// Weights class by class, then biases; values of Float, so that kernels see the point itself.
  let values: [Double]
  let featureCount: Int

  var width: Int { classes.count }
  var weights: ArraySlice<Double> { values[..<(width * featureCount)] }
  var biases: ArraySlice<Double> { values[(width * featureCount)...] }
}

/// The losses at a ``StreamedPoint``, without the penalty, over the rows of a pass.
struct StreamedSums {
  /// Σᵢ sᵢ ℓ(fᵢ), and the same of the smoothed loss.
  var value = 0.0
  var smoothed = 0.0
  var slack = 0.0
  /// The derivative of `smoothed` by weights, class by class, and then by biases.
  var gradient: [Double]
  /// For one score: Σ sᵢ |pᵢ| over the rows that push it up (0) and down (1), and Σ sᵢ pᵢ² / 4.
  var pushes = [0.0, 0.0]
  var squares = [0.0, 0.0]
}

/// Passes over streamed rows: features are computed tile by tile, used and forgotten.
struct StreamedPass {
  let rows: StreamedRows
  /// Called for every tile; throws to end the training.
  let checkpoint: () throws -> Void

  /// Rows whose sums are taken in Float before they are added in Double.
  private static let chunk = 512

  /// Evaluates some points over a sample of the rows, or over all.
  ///
  /// Memory is that of a tile and O(D K); costs O(n D (d + K)).
  func evaluate(_ points: [StreamedPoint], over sample: ArraySlice<Int32>?) throws
    -> [StreamedSums]
  {
    let classCount = points.reduce(0) { $0 + $1.width }
    let weights = points.flatMap { $0.weights.map { Float($0) } }
    let biases = points.flatMap { $0.biases.map { Float($0) } }
    let total = rows.weightSum(sample)
    let tiles = StreamedTiles(rows)
    var slopes = TileSlopes(points, classCount: classCount, capacity: tiles.mostRows)
    var part = [Float](repeating: 0, count: classCount * rows.featureCount)
    var sums = [Double](repeating: 0, count: part.count)
    var position = 0
    var waiting = 0
    while let next = tiles.advance(sample, from: position) {
      try checkpoint()
      tiles.writeScores(weights: weights, biases: biases, into: &slopes.scores)
      slopes.evaluate(tiles, total: total)
      tiles.accumulate(
        slopes.positions, factors: slopes.factors, classCount: classCount, into: &part)
      waiting += next - position
      position = next
      if waiting >= Self.chunk {
        move(&part, to: &sums)
        waiting = 0
      }
    }
    move(&part, to: &sums)
    return slopes.results(sums, featureCount: rows.featureCount)
  }

  private func move(_ part: inout [Float], to sums: inout [Double]) {
    part.withUnsafeMutableBufferPointer { part in
      sums.withUnsafeMutableBufferPointer { sums in
        for j in 0..<part.count {
          sums[j] += Double(part[j])
          part[j] = 0
        }
      }
    }
  }

  /// The second derivatives at some points, from as many rows of a sample as it takes to find `most` rows
  /// with curvature for each class.
  ///
  /// - Returns: One preconditioner for each class of the points, in order.
  func preconditioners(
    at points: [StreamedPoint], sample: ArraySlice<Int32>, penalty: Double, most: Int,
    blockWidth: Int
  ) throws -> [StreamedPreconditioner] {
    let classCount = points.reduce(0) { $0 + $1.width }
    let weights = points.flatMap { $0.weights.map { Float($0) } }
    let biases = points.flatMap { $0.biases.map { Float($0) } }
    let total = rows.weightSum(sample)
    let tiles = StreamedTiles(rows)
    var slopes = TileSlopes(points, classCount: classCount, capacity: tiles.mostRows)
    var sums = (0..<classCount).map { _ in
      StreamedCurvature(columnCount: rows.featureCount, blockWidth: blockWidth)
    }
    var shares = [Double](repeating: 0, count: classCount)
    var position = 0
    while sums.contains(where: { $0.rowCount < most }),
      let next = tiles.advance(sample, from: position)
    {
      try checkpoint()
      tiles.writeScores(weights: weights, biases: biases, into: &slopes.scores)
      slopes.evaluate(tiles, total: total)
      for row in 0..<tiles.rowCount {
        let share = rows.weight(Int(tiles.listed[row])) / total
        for k in 0..<classCount where sums[k].rowCount < most {
          shares[k] += share
          let curvature = slopes.curvatures[row * classCount + k]
          if curvature > 0 { sums[k].add(tiles.row(row), curvature: share * curvature) }
        }
      }
      position = next
    }
    return (0..<classCount).map { k in
      sums[k].preconditioner(penalty: penalty, share: shares[k] > 0 ? shares[k] : 1)
    }
  }
}

/// The losses of the rows of a tile.
private struct TileSlopes {
  private let points: [StreamedPoint]
  private let classCount: Int
  var scores: [Float]
  /// Unweighted second derivatives of each row and class.
  private(set) var curvatures: [Double]
  /// The rows of the tile with any slope, and sᵢ times their slopes.
  private(set) var positions: [Int32] = []
  private(set) var factors: [Float] = []
  private var sums: [StreamedSums]
  private var biasSums: [Double]

  init(_ points: [StreamedPoint], classCount: Int, capacity: Int) {
    self.points = points
    self.classCount = classCount
    scores = Array(repeating: 0, count: capacity * classCount)
    curvatures = Array(repeating: 0, count: capacity * classCount)
    sums = points.map { _ in StreamedSums(gradient: []) }
    biasSums = Array(repeating: 0, count: classCount)
  }

  /// Evaluates the losses at the scores of a tile and adds up what needs no features.
  mutating func evaluate(_ tiles: StreamedTiles, total: Double) {
    positions.removeAll(keepingCapacity: true)
    factors.removeAll(keepingCapacity: true)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * classCount) { scratch in
      let f = UnsafeMutableBufferPointer(rebasing: scratch[..<classCount])
      let p = UnsafeMutableBufferPointer(rebasing: scratch[classCount...])
      for row in 0..<tiles.rowCount {
        let listed = Int(tiles.listed[row])
        evaluateRow(row, share: tiles.rows.weight(listed) / total, tiles.rows.labels[listed], f, p)
      }
    }
  }

  @inline(__always)
  private mutating func evaluateRow(
    _ row: Int, share: Double, _ label: Int32, _ f: UnsafeMutableBufferPointer<Double>,
    _ p: UnsafeMutableBufferPointer<Double>
  ) {
    var isActive = false
    var from = 0
    for index in points.indices {
      let width = points[index].width
      let place = from..<from + width
      for k in place { f[k] = Double(scores[row * classCount + k]) }
      let loss = points[index].loss
      let isBinary = loss.loss.isOneVersusRest
      let target =
        isBinary ? (Int(label) == points[index].classes.lowerBound ? 0 : 1) : Int(label)
      let terms = curvatures.withUnsafeMutableBufferPointer { curvatures in
        loss.evaluate(
          UnsafeMutableBufferPointer(rebasing: f[place]), target: target,
          slopes: UnsafeMutableBufferPointer(rebasing: p[place]),
          curvatures: UnsafeMutableBufferPointer(
            rebasing: curvatures[row * classCount + from..<row * classCount + from + width]))
      }
      sums[index].value += share * terms.value
      sums[index].smoothed += share * terms.smoothed
      sums[index].slack += share * terms.slack
      for k in place where p[k] != 0 {
        isActive = true
        biasSums[k] += share * p[k]
      }
      if isBinary, p[from] != 0 {
        sums[index].pushes[target] += share * abs(p[from])
        sums[index].squares[target] += share * p[from] * p[from] / 4
      }
      from += width
    }
    guard isActive, share > 0 else { return }
    positions.append(Int32(row))
    for k in 0..<classCount { factors.append(Float(share * p[k])) }
  }

  /// Puts the sums of each point together; `gradients` holds those by weights, class by class.
  func results(_ gradients: [Double], featureCount: Int) -> [StreamedSums] {
    var from = 0
    return points.indices.map { index in
      var result = sums[index]
      let width = points[index].width
      result.gradient =
        Array(gradients[from * featureCount..<(from + width) * featureCount])
        + biasSums[from..<from + width]
      from += width
      return result
    }
  }
}
