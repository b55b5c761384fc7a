#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import PluginKit
import Testing

private func normalRows(_ rows: Int, _ columns: Int, seed: UInt64, scale: Double = 1)
  -> FeatureMatrix
{
  var generator = SeededGenerator(seed: seed)
  return FeatureMatrix(
    rowCount: rows, columnCount: columns,
    values: (0..<rows * columns).map { _ in Float(scale * generator.normal()) })
}

/// The definition, in Double.
private func distance(
  _ left: ArraySlice<Float>, _ right: ArraySlice<Float>, _ distance: RadialKernel.Distance
) -> Double {
  zip(left, right).reduce(0) { sum, pair in
    let difference = Double(pair.0) - Double(pair.1)
    return sum + (distance == .absolute ? abs(difference) : difference * difference)
  }
}

/// Sizes around groups of rows, panels of 16 rows and blocks of 16 panels.
private let sizes = [(1, 1), (2, 0), (3, 7), (16, 2), (17, 5), (35, 33), (300, 4)]
private let distances = [RadialKernel.Distance.squaredEuclidean, .absolute]

@Suite struct RadialKernelTests {
  @Test(arguments: sizes, distances)
  func gramMatricesAreThoseOfTheDefinition(
    size: (Int, Int), kind: RadialKernel.Distance
  ) {
    let rows = normalRows(size.0, size.1, seed: 1)
    let kernel = RadialKernel(kind, rate: 0.3)
    let found = RadialKernel.distances(of: rows, kind, checkpoint: {})
    let gram = kernel.gram(ofDistances: found, checkpoint: {})
    let direct = kernel.gram(of: rows, checkpoint: {})
    for a in 0..<size.0 {
      for b in 0..<size.0 {
        let expected = distance(rows.row(a), rows.row(b), kind)
        #expect(abs(Double(found[a, b]) - expected) <= 1e-5 * expected)
        #expect(abs(Double(gram[a, b]) - expm1(-0.3 * expected)) < 3e-7)
        #expect(gram[a, b].bitPattern == gram[b, a].bitPattern)
        #expect(gram[a, b].bitPattern == direct[a, b].bitPattern)
      }
      #expect(gram[a, a] == 0)
    }
  }

  /// A wide kernel less 1 is -rate · distance, to the accuracy of Float and not of 1 - 10⁻⁸.
  @Test func wideKernelsKeepTheirDigits() {
    let rows = normalRows(20, 3, seed: 2)
    let gram = RadialKernel(.squaredEuclidean, rate: 1e-8).gram(of: rows, checkpoint: {})
    for a in 0..<20 {
      for b in 0..<a {
        let expected = expm1(-1e-8 * distance(rows.row(a), rows.row(b), .squaredEuclidean))
        #expect(abs(Double(gram[a, b]) - expected) <= -1e-6 * expected)
      }
    }
  }

  @Test(arguments: [0, Float.leastNonzeroMagnitude, 1e-38, 1e-20, 1, 1e4, 1e20, 3e38], distances)
  func valuesOfAnyFiniteRowsAreFinite(magnitude: Float, kind: RadialKernel.Distance) {
    let rows = FeatureMatrix(
      rowCount: 3, columnCount: 2,
      values: [magnitude, -magnitude, -magnitude, magnitude, 0, magnitude])
    for rate in [1e-12, 1, 1e12] {
      let gram = RadialKernel(kind, rate: rate).gram(of: rows, checkpoint: {})
      for a in 0..<3 {
        for b in 0..<3 {
          let expected = expm1(-rate * distance(rows.row(a), rows.row(b), kind))
          #expect((-1...0).contains(gram[a, b]))
          #expect(abs(Double(gram[a, b]) - expected) <= 1e-5 * -expected + 1e-30)
        }
      }
    }
  }

  @Test(
    arguments: [(1, 1, 1, 1), (5, 3, 16, 2), (9, 7, 33, 4), (66, 20, 300, 65), (7, 0, 3, 2)],
    distances)
  func sumsAreThoseOfTheDefinition(
    size: (Int, Int, Int, Int), kind: RadialKernel.Distance
  ) {
    let (count, columns, supports, outputs) = size
    let x = normalRows(count, columns, seed: 3)
    let rows = normalRows(supports, columns, seed: 4)
    let coefficients = normalRows(supports, outputs, seed: 5)
    let kernel = RadialKernel(kind, rate: 0.2)
    let expansion = KernelExpansion(rows: rows, coefficients: coefficients)
    let sums = kernel.sums(of: x, rows: 0..<count, with: expansion)
    for row in 0..<count {
      let values = (0..<supports).map { expm1(-0.2 * distance(x.row(row), rows.row($0), kind)) }
      for k in 0..<outputs {
        let expected = (0..<supports).reduce(0) { $0 + values[$1] * Double(coefficients[$1, k]) }
        #expect(abs(Double(sums[row * outputs + k]) - expected) < 2e-5)
      }
      #expect(
        kernel.sums(of: x, rows: row..<row + 1, with: expansion)
          == Array(sums[row * outputs..<(row + 1) * outputs]))
    }
  }
}

@Suite struct PairIterationsTests {
  /// Rows 0 and 1 with K = [[2, 1], [1, 3]], targets ±1: β = (2/3, -2/3) without bounds.
  @Test func twoRowsAreSolvedInOneStep() {
    let gram = GramMatrix(rowCount: 2) { values in
      values.initialize(repeating: 0)
      for (place, value) in [(0, 2), (1, 1), (16, 1), (17, 3)] { values[place] = Float(value) }
    }
    var free = PairIterations(
      gram: gram, targets: [1, -1], ridge: [0, 0], lower: [0, -.infinity], upper: [.infinity, 0])
    #expect(free.run(limit: 10, tolerance: 1e-12).count == 1)
    #expect(Array(free.coefficients[..<2]) == [2.0 / 3, -2.0 / 3])
    var bounded = PairIterations(
      gram: gram, targets: [1, -1], ridge: [0, 0], lower: [0, -0.25], upper: [0.5, 0])
    #expect(bounded.run(limit: 10).count == 1)
    #expect(Array(bounded.coefficients[..<2]) == [0.25, -0.25])
    #expect(bounded.run(limit: 10) == (0, 0))
  }

  /// The sum of the coefficients stays 0, bounds hold, and residuals are those of the definition.
  @Test(arguments: [1, 15, 16, 40])
  func coefficientsStayFeasible(count: Int) {
    let gram = RadialKernel(.squaredEuclidean, rate: 0.5).gram(
      of: normalRows(count, 3, seed: 6), checkpoint: {})
    let targets = (0..<count).map { $0 % 3 == 0 ? 1.0 : -1 }
    let ridge = (0..<count).map { 0.01 * Double($0) }
    let upper = targets.map { max(0, 3 * $0) }
    let lower = targets.map { min(0, 3 * $0) }
    var pairs = PairIterations(
      gram: gram, targets: targets, ridge: ridge, lower: lower, upper: upper)
    let outcome = pairs.run(limit: 10_000, tolerance: 1e-6)
    #expect(outcome.violation <= 1e-6)
    let beta = pairs.coefficients
    #expect(abs(beta.reduce(0, +)) < 1e-12)
    for row in 0..<count {
      #expect(beta[row] >= lower[row] && beta[row] <= upper[row])
      let image = (0..<count).reduce(ridge[row] * beta[row]) {
        $0 + Double(gram[row, $1]) * beta[$1]
      }
      #expect(abs(pairs.residuals[row] - (targets[row] - image)) < 1e-11)
    }
  }

  /// How much work a problem takes is a fact that does not depend on the machine's speed.
  @Test func iterationsAreFew() {
    let rows = normalRows(400, 4, seed: 7)
    let gram = RadialKernel(.squaredEuclidean, rate: 0.125).gram(of: rows, checkpoint: {})
    let targets = (0..<400).map { rows[$0, 0] * rows[$0, 1] > 0 ? 1.0 : -1 }
    var pairs = PairIterations(
      gram: gram, targets: targets, ridge: Array(repeating: 0, count: 400),
      lower: targets.map { min(0, 10 * $0) }, upper: targets.map { max(0, 10 * $0) })
    let outcome = pairs.run(limit: 100_000, tolerance: 1e-3)
    #expect(outcome.count < 2_500)
  }
}
