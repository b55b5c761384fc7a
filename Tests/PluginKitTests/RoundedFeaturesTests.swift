import PluginKit
import Testing

private func normal(_ count: Int, seed: UInt64, zeros: Double = 0) -> [Float] {
  var generator = SeededGenerator(seed: seed)
  return (0..<count).map { _ in
    let value = Float(generator.normal())
    return generator.uniform() < zeros ? 0 : value
  }
}

/// Sizes around the groups of rows, pairs of classes, lanes and tiles of the kernels.
private let sizes = [(1, 1, 1), (3, 7, 2), (8, 16, 4), (9, 33, 3), (21, 515, 10), (5, 1030, 21)]

@Suite struct RoundedFeaturesTests {
  /// Dense rows and rows of mostly zeros, more than a tile of them, in an order of their own.
  @Test(arguments: [(70, 5, 33), (3, 80, 64), (130, 90, 7)], [0, 0.9])
  func featuresAreRoundedToTheNearestStep(size: (Int, Int, Int), zeros: Double) throws {
    let (rows, columns, count) = size
    let x = FeatureMatrix(
      rowCount: rows, columnCount: columns, values: normal(rows * columns, seed: 1, zeros: zeros))
    let projection = FourierProjection(
      weights: normal(count * columns, seed: 2), phases: normal(count, seed: 3),
      columnCount: columns, scale: 3, amplitude: 0.25, featureCount: count, isPaired: false)
    let features = projection.features(of: x)
    let rounded = projection.rounded(x, checkpoint: {})
    #expect(rounded.rowCount == rows && rounded.columnCount == count)
    #expect(rounded.step == 0.25 / 32_767)
    for (place, value) in rounded.values.enumerated() {
      let steps = Double(features.values[place]) / Double(rounded.step)
      #expect(abs(Double(value) - steps) < 0.51)
    }
    let order = (0..<Int32(rows)).reversed().map { $0 }
    var scratch = FourierScratch()
    var listed = [Int16](repeating: 0, count: rows * count)
    listed.withUnsafeMutableBufferPointer {
      projection.writeRounded(rows: order, of: x, scratch: &scratch, into: $0.baseAddress!)
    }
    for row in 0..<rows {
      let from = (rows - 1 - row) * count
      #expect(listed[from..<from + count] == rounded.values[row * count..<(row + 1) * count])
    }
  }

  @Test(arguments: sizes)
  func headsReadRowsAsTheirDefinitionSays(rows: Int, columns: Int, classes: Int) {
    var generator = SeededGenerator(seed: 4)
    let values = (0..<rows * columns).map { _ in Int16(generator.index(below: 65_535) - 32_767) }
    let step: Float = 1e-5
    let weights = normal(classes * columns, seed: 5)
    let biases = normal(classes, seed: 6)
    let factors = normal(rows * classes, seed: 7)
    let listed = (0..<Int32(rows)).reversed().map { $0 }
    var scores = [Float](repeating: .nan, count: rows * classes)
    var sums = normal(classes * columns, seed: 8)
    let before = sums
    values.withUnsafeBufferPointer { values in
      let head = HeadRows.rounded(values.baseAddress!, step: step)
      head.writeScores(
        columnCount: columns, rows: listed, weights: weights, biases: biases,
        classCount: classes, into: &scores)
      head.accumulate(
        columnCount: columns, rows: listed, factors: factors, classCount: classes, into: &sums)
    }
    func z(_ row: Int32, _ j: Int) -> Double {
      Double(step) * Double(values[Int(row) * columns + j])
    }
    for (place, row) in listed.enumerated() {
      for k in 0..<classes {
        let expected = (0..<columns).reduce(Double(biases[k])) {
          $0 + z(row, $1) * Double(weights[k * columns + $1])
        }
        #expect(abs(Double(scores[place * classes + k]) - expected) < 1e-4)
      }
    }
    for k in 0..<classes {
      for j in 0..<columns {
        let expected = listed.enumerated().reduce(Double(before[k * columns + j])) {
          $0 + Double(factors[$1.offset * classes + k]) * z($1.element, j)
        }
        #expect(abs(Double(sums[k * columns + j]) - expected) < 1e-4)
      }
    }
  }
}
