import PluginKit

/// Passes over the features for several blocks of a head at once, so that each row is read once for all.
struct HeadPasses {
  let features: FeatureMatrix
  /// Called every few million values; throws to end the training.
  let checkpoint: () throws -> Void

  /// Rows whose sums are taken in Float before they are added in Double.
  private static let chunk = 256

  /// Brings the gradients of some blocks up to date with their slopes.
  func updateGradients(_ blocks: inout [HeadBlock], _ chosen: [Int]) throws {
    let rows = listRows(blocks, chosen) { block, place in block.slopes[place] != 0 }
    let factors = pack(blocks, chosen, rows, \.slopes)
    let classes = chosen.reduce(0) { $0 + blocks[$1].width }
    let sums = try sum(rows, classes) { places, sums in
      HeadKernels.accumulate(
        features, rows: rows, places: places, factors: factors, classCount: classes, into: &sums)
    }
    var from = 0
    for index in chosen {
      let size = blocks[index].weights.count
      let scale = 2 * blocks[index].penalty
      for j in 0..<size {
        blocks[index].gradient[j] = scale * blocks[index].weights[j] + sums[from + j]
      }
      from += size
    }
  }

  /// The scores of directions, block by block, without the bias, for directions whose values are those of
  /// Float.
  ///
  /// To the accuracy of Double where rounding decides about slopes, which is where a loss is smoothed, and where
  /// a gap may close to it, which is behind ``HeadDualStart``.
  func scores(
    of directions: [[Double]], _ blocks: [HeadBlock], _ chosen: [Int]
  ) throws -> [[Double]] {
    var result = chosen.map { [Double](repeating: 0, count: blocks[$0].scores.count) }
    let exact = chosen.indices.filter {
      let block = blocks[chosen[$0]]
      return block.loss.isSmoothed || block.hasSeenDual
    }
    let long = chosen.indices.filter { !exact.contains($0) }
    for (positions, isExact) in [(exact, true), (long, false)] where !positions.isEmpty {
      try writeScores(of: directions, blocks, chosen, positions, isExact: isExact, into: &result)
    }
    return result
  }

  /// Writes the scores of the directions at some positions of `chosen`.
  private func writeScores(
    of directions: [[Double]], _ blocks: [HeadBlock], _ chosen: [Int], _ positions: [Int],
    isExact: Bool, into result: inout [[Double]]
  ) throws {
    let weights = positions.flatMap { directions[$0].map(Float.init) }
    let classes = positions.reduce(0) { $0 + blocks[chosen[$1]].width }
    for places in chunks(features.rowCount, rows: 4096) {
      try checkpoint()
      let scores =
        isExact
        ? HeadKernels.exactScores(features, rows: places, weights: weights, classCount: classes)
        : HeadKernels.longScores(features, rows: places, weights: weights, classCount: classes)
      var from = 0
      for position in positions {
        let width = blocks[chosen[position]].width
        for row in places {
          for k in 0..<width {
            result[position][row * width + k] =
              scores[(row - places.lowerBound) * classes + from + k]
          }
        }
        from += width
      }
    }
  }

  /// The second derivatives of some blocks' losses, packed for repeated products.
  struct Curvature {
    let chosen: [Int]
    let rows: [Int32]
    let curvatures: [Float]
    let couplings: [Float]
    let classCount: Int
  }

  /// Packs the rows that have any curvature.
  func curvature(_ blocks: [HeadBlock], _ chosen: [Int]) -> Curvature {
    let rows = listRows(blocks, chosen) { block, place in block.curvatures[place] != 0 }
    // Blocks of one class have no coupling, and a coupled loss has one block only.
    let couplings = chosen.first.map { first in rows.map { blocks[first].couplings[Int($0)] } }
    return Curvature(
      chosen: chosen, rows: rows, curvatures: pack(blocks, chosen, rows, \.curvatures),
      couplings: couplings ?? [], classCount: chosen.reduce(0) { $0 + blocks[$1].width })
  }

  /// The products of the packed second derivatives with directions (weights of all classes, and biases),
  /// in the same layout.
  func product(
    _ curvature: Curvature, weights: [Float], biases: [Float]
  ) throws -> (weights: [Double], biases: [Double]) {
    let classes = curvature.classCount
    var steps = [Float](repeating: 0, count: curvature.rows.count * classes)
    var factors = steps
    let sums = try sum(curvature.rows, classes) { places, sums in
      HeadKernels.accumulateCurvature(
        features, rows: curvature.rows, places: places, direction: weights, biases: biases,
        curvatures: curvature.curvatures, couplings: curvature.couplings, steps: &steps,
        factors: &factors, into: &sums)
    }
    var biasSums = [Double](repeating: 0, count: classes)
    for row in 0..<curvature.rows.count {
      for k in 0..<classes { biasSums[k] += Double(factors[row * classes + k]) }
    }
    return (sums, biasSums)
  }

  private func sum(
    _ rows: [Int32], _ classes: Int, _ add: (Range<Int>, inout [Float]) -> Void
  ) throws -> [Double] {
    let size = classes * features.columnCount
    var total = [Double](repeating: 0, count: size)
    var part = [Float](repeating: 0, count: size)
    for places in chunks(of: rows) {
      try checkpoint()
      add(places, &part)
      for j in 0..<size {
        total[j] += Double(part[j])
        part[j] = 0
      }
    }
    return total
  }

  private func listRows(
    _ blocks: [HeadBlock], _ chosen: [Int], _ takesPart: (HeadBlock, Int) -> Bool
  ) -> [Int32] {
    var marks = [Bool](repeating: false, count: features.rowCount)
    for index in chosen {
      let width = blocks[index].width
      for place in 0..<marks.count * width where takesPart(blocks[index], place) {
        marks[place / width] = true
      }
    }
    return marks.indices.filter { marks[$0] }.map(Int32.init)
  }

  private func pack(
    _ blocks: [HeadBlock], _ chosen: [Int], _ rows: [Int32], _ values: KeyPath<HeadBlock, [Float]>
  ) -> [Float] {
    let classes = chosen.reduce(0) { $0 + blocks[$1].width }
    var packed = [Float](repeating: 0, count: rows.count * classes)
    var from = 0
    for index in chosen {
      let width = blocks[index].width
      let source = blocks[index][keyPath: values]
      for (place, row) in rows.enumerated() {
        for k in 0..<width { packed[place * classes + from + k] = source[Int(row) * width + k] }
      }
      from += width
    }
    return packed
  }

  /// Parts of a list of rows that begin at whole multiples of the chunk, so that a row's part does not depend on
  /// which other rows are listed.
  private func chunks(of rows: [Int32]) -> [Range<Int>] {
    var chunks: [Range<Int>] = []
    var from = 0
    while from < rows.count {
      let limit = (Int(rows[from]) / Self.chunk + 1) * Self.chunk
      var to = from + 1
      while to < rows.count, Int(rows[to]) < limit { to += 1 }
      chunks.append(from..<to)
      from = to
    }
    return chunks
  }

  private func chunks(_ count: Int, rows: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: rows).map { $0..<min($0 + rows, count) }
  }
}
