import PluginKit
import Testing

private func normal(_ count: Int, seed: UInt64) -> [Float] {
  var generator = SeededGenerator(seed: seed)
  return (0..<count).map { _ in Float(generator.normal()) }
}

/// Sizes around the groups of rows, lanes and tiles of the kernels.
private let sizes = [(1, 1), (3, 7), (8, 16), (9, 33), (17, 515), (40, 1030)]

@Suite struct GramKernelTests {
  @Test(arguments: sizes)
  func productsAreDotProducts(rows: Int, columns: Int) {
    let z = FeatureMatrix(
      rowCount: rows, columnCount: columns, values: normal(rows * columns, seed: 1))
    let order = (0..<rows).map { Int32($0 * 7 % rows) }
    let left = order.suffix((rows + 1) / 2)
    let stride = rows + 2
    let untouched: Float = 77
    var gram = [Float](repeating: untouched, count: (left.count + 1) * stride)
    GramKernels.products(z, of: left, with: order[...], into: &gram, firstRow: 1, stride: stride)
    for (i, a) in left.enumerated() {
      for (j, b) in order.enumerated() {
        let expected = (0..<columns).reduce(0.0) {
          $0 + Double(z[Int(a), $1]) * Double(z[Int(b), $1])
        }
        let error = abs(Double(gram[(i + 1) * stride + j]) - expected)
        #expect(error < 1e-6 * max(100, abs(expected)))
      }
      #expect(gram[(i + 1) * stride + rows] == untouched)
    }
    let isBeforeUntouched = gram[..<stride].allSatisfy { $0 == untouched }
    #expect(isBeforeUntouched)
  }

  /// An entry must not depend on what is asked for with it: features that are shared, or paths of
  /// penalties, may ask in another order.
  @Test func productsAreTheSameOneByOneAndTheOtherWayRound() {
    let z = FeatureMatrix(rowCount: 21, columnCount: 1030, values: normal(21 * 1030, seed: 2))
    let rows = (0..<21).map(Int32.init)
    var all = [Float](repeating: 0, count: 21 * 21)
    GramKernels.products(z, of: rows[...], with: rows[...], into: &all, firstRow: 0, stride: 21)
    for a in 0..<21 {
      for b in 0...a {
        var one: [Float] = [0]
        GramKernels.products(
          z, of: rows[b...b], with: rows[a...a], into: &one, firstRow: 0, stride: 1)
        #expect(one[0] == all[a * 21 + b])
        #expect(one[0] == all[b * 21 + a])
      }
    }
  }

  @Test(arguments: [1, 2, 7, 8, 9, 31, 64, 65, 150])
  func factorsSolveTheirSystems(size: Int) {
    let columns = 40
    let rows = 200
    let z = FeatureMatrix(
      rowCount: rows, columnCount: columns, values: normal(rows * columns, seed: 3))
    let order = (0..<Int32(rows)).map { $0 }
    var gram = [Float](repeating: 0, count: rows * rows)
    GramKernels.products(
      z, of: order[...], with: order[...], into: &gram, firstRow: 0, stride: rows)
    // The upper triangle must not be read.
    for i in 0..<rows { for j in i + 1..<max(rows, i + 1) { gram[i * rows + j] = .nan } }
    let places = (0..<size).map { Int32(($0 * 37 + 11) % rows) }
    let diagonal = (0..<size).map { 1 + Float($0 % 5) }
    let factor = GramKernels.factor(
      gram, stride: rows, places: places, diagonal: diagonal)
    let right = normal(size, seed: 4)
    var x = right
    GramKernels.solve(factor, &x)
    for i in 0..<size {
      var sum = Double(diagonal[i]) * Double(x[i])
      for j in 0..<size {
        let (p, q) = (Int(places[i]), Int(places[j]))
        sum += Double(gram[max(p, q) * rows + min(p, q)]) * Double(x[j])
      }
      #expect(abs(sum - Double(right[i])) < 2e-3)
    }
  }

  /// Two equal rows without a diagonal have no factor; the raised pivot keeps all numbers finite.
  @Test func singularSystemsStayFinite() {
    let factor = GramKernels.factor(
      [1, 1, 1, 1], stride: 2, places: [0, 1], diagonal: [0, 0])
    var x: [Float] = [1, 1]
    GramKernels.solve(factor, &x)
    let isFinite = x.allSatisfy { $0.isFinite }
    #expect(isFinite)
  }
}
