#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import PluginKit
import Testing

private func normal(_ count: Int, seed: UInt64) -> [Float] {
  var generator = SeededGenerator(seed: seed)
  return (0..<count).map { _ in Float(generator.normal()) }
}

/// Sizes around the groups of rows, pairs of classes, lanes and tiles of the kernels.
private let sizes = [(1, 1, 1), (3, 7, 2), (8, 16, 4), (9, 33, 3), (21, 515, 10), (5, 1030, 9)]

@Suite struct KernelTests {
  @Test(arguments: sizes)
  func scoresAreDotProducts(rows: Int, columns: Int, classes: Int) {
    let z = FeatureMatrix(
      rowCount: rows, columnCount: columns, values: normal(rows * columns, seed: 1))
    let weights = normal(classes * columns, seed: 2)
    let biases = normal(classes, seed: 3)
    let scores = HeadKernels.scores(z, weights: weights, biases: biases)
    for row in 0..<rows {
      for k in 0..<classes {
        let expected = (0..<columns).reduce(Double(biases[k])) {
          $0 + Double(z[row, $1]) * Double(weights[k * columns + $1])
        }
        #expect(abs(Double(scores[row * classes + k]) - expected) < 1e-4)
      }
    }
  }

  /// The long sum knows of no rounding of Float beyond its tiles; the exact one of none at all.
  @Test(arguments: sizes)
  func longScoresAreMoreAccurateThanFloat(rows: Int, columns: Int, classes: Int) {
    let z = FeatureMatrix(
      rowCount: rows, columnCount: columns, values: normal(rows * columns, seed: 21))
    let weights = normal(classes * columns, seed: 22)
    let long = HeadKernels.longScores(z, rows: 0..<rows, weights: weights, classCount: classes)
    let exact = HeadKernels.exactScores(z, rows: 0..<rows, weights: weights, classCount: classes)
    let listed = HeadKernels.scores(
      z, listed: (0..<Int32(rows)).reversed(), weights: weights, classCount: classes)
    let plain = HeadKernels.scores(
      z, weights: weights, biases: Array(repeating: 0, count: classes))
    for place in exact.indices {
      let (row, k) = (place / classes, place % classes)
      let expected = (0..<columns).reduce(0.0) {
        $0 + Double(z[row, $1]) * Double(weights[k * columns + $1])
      }
      #expect(abs(exact[place] - expected) < 1e-11)
      #expect(abs(long[place] - expected) < 2e-5)
      #expect(abs(listed[(rows - 1 - row) * classes + k] - plain[place]) < 1e-4)
    }
  }

  /// Denormal, zero and huge values keep their meaning, and a NaN stays in its row.
  @Test func scoresOfUnusualValues() {
    let tiny = Float.leastNonzeroMagnitude * 8
    var values = normal(5 * 33, seed: 23)
    for j in 0..<33 {
      values[j] = 0
      values[33 + j] = tiny
      values[66 + j] = 1e4 * (j % 2 == 0 ? 1 : -1)
      values[99 + j] = j == 17 ? .nan : 1
    }
    let z = FeatureMatrix(rowCount: 5, columnCount: 33, values: values)
    let ones = [Float](repeating: 1, count: 2 * 33)
    let scores = HeadKernels.scores(z, weights: ones, biases: [0, 0])
    #expect(scores[0] == 0 && scores[1] == 0)
    #expect(scores[2] == tiny * 33)
    #expect(scores[4] == 1e4)
    #expect(scores[6].isNaN && scores[7].isNaN)
    #expect(scores[8].isFinite)
    let long = HeadKernels.longScores(z, rows: 0..<5, weights: ones, classCount: 2)
    #expect(long[0] == 0 && long[4] == 1e4 && long[6].isNaN && long[8].isFinite)
    var sums = [Float](repeating: 0, count: 33)
    HeadKernels.accumulate(
      z, rows: [2, 1, 0], places: 0..<3, factors: [1e-4, 0, 5], classCount: 1, into: &sums)
    let expected: [Float] = (0..<33).map { $0 % 2 == 0 ? 1 : -1 }
    #expect(sums == expected)
  }

  @Test(arguments: [0, 1, 15, 16, 17, 100])
  func limitsOfValues(count: Int) {
    let plain = FeatureMatrix(
      rowCount: count, columnCount: 1, values: normal(count, seed: 24).map { min(max($0, -2), 2) })
    #expect(HeadKernels.areWithin(2, plain))
    for place in 0..<count {
      for value: Float in [2.5, -2.5, .infinity, .nan] {
        var other = plain
        other.values[place] = value
        #expect(!HeadKernels.areWithin(2, other))
      }
    }
  }

  @Test(arguments: sizes)
  func curvatureProductsAreThoseOfTheirDefinition(rows: Int, columns: Int, classes: Int) {
    let z = FeatureMatrix(
      rowCount: rows, columnCount: columns, values: normal(rows * columns, seed: 4))
    let listed = (0..<rows).filter { $0 % 3 != 1 }.map(Int32.init)
    let direction = normal(classes * columns, seed: 5).map { $0 / Float(columns) }
    let biases = normal(classes, seed: 6)
    let curvatures = normal(listed.count * classes, seed: 7).map { abs($0) }
    let couplings = normal(listed.count, seed: 8)
    var steps = [Float](repeating: 0, count: listed.count * classes)
    var factors = steps
    var sums = [Float](repeating: 0, count: classes * columns)
    HeadKernels.accumulateCurvature(
      z, rows: listed, places: 0..<listed.count, direction: direction, biases: biases,
      curvatures: curvatures, couplings: couplings, steps: &steps, factors: &factors, into: &sums)
    var expected = [Double](repeating: 0, count: classes * columns)
    let t = HeadKernels.scores(z, weights: direction, biases: biases).map(Double.init)
    for (place, row) in listed.enumerated() {
      let c = curvatures[place * classes..<(place + 1) * classes].map(Double.init)
      let mine = (0..<classes).map { t[Int(row) * classes + $0] }
      let mean = zip(c, mine).reduce(0) { $0 + $1.0 * $1.1 } * Double(couplings[place])
      for k in 0..<classes {
        for j in 0..<columns {
          expected[k * columns + j] += c[k] * (mine[k] - mean) * Double(z[Int(row), j])
        }
      }
    }
    for (sum, expected) in zip(sums, expected) {
      #expect(abs(Double(sum) - expected) < 1e-3 * max(1, abs(expected)))
    }
  }

  @Test(arguments: [(1, 1, 1), (5, 3, 31), (9, 7, 33), (66, 20, 64), (7, 4, 100)], [true, false])
  func fourierFeaturesAreCosines(size: (Int, Int, Int), isPaired: Bool) {
    let (rows, columns, count) = size
    let x = FeatureMatrix(
      rowCount: rows, columnCount: columns, values: normal(rows * columns, seed: 9))
    let projections = isPaired ? (count + 1) / 2 : count
    let weights = normal(projections * columns, seed: 10)
    let phases = normal(projections, seed: 11)
    let features = FourierProjection(
      weights: weights, phases: phases, columnCount: columns, scale: 2, amplitude: 0.5,
      featureCount: count, isPaired: isPaired
    ).features(of: x)
    for row in 0..<rows {
      for j in 0..<count {
        let projection = isPaired ? j / 2 : j
        let angle = (0..<columns).reduce(Double(phases[projection])) {
          $0 + Double(x[row, $1]) * Double(weights[projection * columns + $1]) / 2
        }
        let expected = 0.5 * (isPaired && j % 2 == 1 ? sin(angle) : cos(angle))
        #expect(abs(Double(features[row, j]) - expected) < 5e-6)
      }
    }
  }

  /// Arguments up to 10⁴ lose what Float32 leaves of the projection, 10⁴ · 2⁻²⁴ · 2π, and no more; zeros and
  /// denormals give the cosine of 0, and NaN says nothing.
  @Test func fourierFeaturesOfUnusualRows() {
    var generator = SeededGenerator(seed: 25)
    let tiny = Float.leastNonzeroMagnitude
    let rows =
      [0, -0.0, tiny, -tiny] + (0..<200).map { _ in Float(2e4 * generator.uniform() - 1e4) }
    let features = FourierProjection(
      weights: [1], phases: [0], columnCount: 1, scale: 1, amplitude: 1, featureCount: 2,
      isPaired: true
    ).features(of: FeatureMatrix(rowCount: rows.count, columnCount: 1, values: rows))
    for (row, x) in rows.enumerated() {
      let reach = 2e-6 + 2.5e-7 * abs(Double(x))
      #expect(abs(Double(features[row, 0]) - cos(Double(x))) < reach)
      #expect(abs(Double(features[row, 1]) - sin(Double(x))) < reach)
      #expect(abs(features[row, 0]) <= 1.000001 && abs(features[row, 1]) <= 1.000001)
    }
    #expect(features[0, 0] == features[2, 0])
  }

  @Test func fourierFeaturesOfHugeRowsAreFinite() {
    let x = FeatureMatrix(rowCount: 2, columnCount: 2, values: [3e38, -3e38, 1e30, 3e38])
    let features = FourierProjection(
      weights: [3e5, 2e5, 1, -1], phases: [0, 0], columnCount: 2, scale: 1e-3, amplitude: 1,
      featureCount: 4, isPaired: true
    ).features(of: x)
    #expect(features.values.allSatisfy { abs($0) <= 1.00001 })
  }

  /// Pairs give ‖z(x)‖ = 1, and the error of the kernel falls as 1/√D: a 16 times larger D, a quarter.
  @Test func kernelErrorFallsWithTheRootOfTheFeatureCount() {
    let x = FeatureMatrix(rowCount: 60, columnCount: 4, values: normal(240, seed: 12))
    func error(_ count: Int, seed: UInt64) -> Double {
      let features = FourierProjection(
        weights: normal(count / 2 * 4, seed: seed), phases: Array(repeating: 0, count: count / 2),
        columnCount: 4, scale: 1.5, amplitude: (2 / Double(count)).squareRoot(),
        featureCount: count, isPaired: true
      ).features(of: x)
      var sum = 0.0
      for a in 0..<60 {
        for b in 0...a {
          let product = zip(features.row(a), features.row(b)).reduce(0.0) {
            $0 + Double($1.0) * Double($1.1)
          }
          let distance = zip(x.row(a), x.row(b)).reduce(0.0) {
            $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1)
          }
          if a == b { #expect(abs(product - 1) < 2e-6) }
          sum += (product - exp(-distance / 4.5)) * (product - exp(-distance / 4.5))
        }
      }
      return sum
    }
    let small = (1...8).reduce(0) { $0 + error(64, seed: UInt64($1) + 100) }
    let large = (1...8).reduce(0) { $0 + error(1024, seed: UInt64($1) + 200) }
    #expect((small / large).squareRoot() > 3 && (small / large).squareRoot() < 5.3)
  }
}
