import CBaselineKernels
import CKernels
import PluginKit
import Testing

/// Every kernel of this machine's path beside the same source without clones for AVX, which is what machines
/// without it run: sums may differ in their last bits, by fused multiply-adds, and by nothing else.

private func normal(_ count: Int, _ seed: UInt64, zeros: Double = 0) -> [Float] {
  var generator = SeededGenerator(seed: seed)
  return (0..<count).map { _ in
    let value = Float(generator.normal())
    return generator.uniform() < zeros ? 0 : value
  }
}

private func positive(_ count: Int, _ seed: UInt64) -> [Float] { normal(count, seed).map(abs) }

/// Whether two results are the same but for rounding; a NaN where the other has one.
private func agree<Value: BinaryFloatingPoint>(
  _ fast: [Value], _ baseline: [Value], within reach: Double = 2e-5
) -> Bool {
  fast.count == baseline.count
    && zip(fast, baseline).allSatisfy { a, b in
      a == b || a.isNaN && b.isNaN
        || abs(Double(a) - Double(b)) <= reach * max(1, abs(Double(b)))
    }
}

/// Sizes that no group, lane or tile divides.
private let sizes = [(1, 1, 1), (3, 7, 2), (9, 33, 5), (21, 530, 11)]

@Suite struct BaselineTests {
  @Test(arguments: sizes)
  func headsOfPlainRows(rows: Int, columns: Int, classes: Int) {
    let z = normal(rows * columns, 1)
    let (w, b) = (normal(classes * columns, 2), normal(classes, 3))
    let listed = (0..<Int32(rows)).reversed().map { $0 }
    let zeros = [Float](repeating: 0, count: rows * classes)
    let long = [Double](repeating: 0, count: rows * classes)
    var (fast, slow) = (zeros, zeros)
    kernels_head_scores(z, rows, columns, w, b, classes, &fast)
    baseline_head_scores(z, rows, columns, w, b, classes, &slow)
    #expect(agree(fast, slow))
    kernels_head_listed_scores(z, columns, listed, rows, w, classes, &fast)
    baseline_head_listed_scores(z, columns, listed, rows, w, classes, &slow)
    #expect(agree(fast, slow))
    kernels_batch_scores(z, columns, listed, rows, w, b, classes, &fast)
    baseline_batch_scores(z, columns, listed, rows, w, b, classes, &slow)
    #expect(agree(fast, slow))
    var (fastLong, slowLong) = (long, long)
    kernels_head_long_scores(z, rows, columns, w, classes, &fastLong)
    baseline_head_long_scores(z, rows, columns, w, classes, &slowLong)
    #expect(agree(fastLong, slowLong))
    kernels_head_exact_scores(z, rows, columns, w, classes, &fastLong)
    baseline_head_exact_scores(z, rows, columns, w, classes, &slowLong)
    #expect(agree(fastLong, slowLong, within: 1e-12))
  }

  @Test(arguments: sizes)
  func gradientsOfHeads(rows: Int, columns: Int, classes: Int) {
    let z = normal(rows * columns, 4)
    let factors = normal(rows * classes, 5)
    let listed = (0..<Int32(rows)).reversed().map { $0 }
    let start = normal(classes * columns, 6)
    var (fast, slow) = (start, start)
    kernels_head_accumulate(z, columns, listed, rows, factors, classes, &fast)
    baseline_head_accumulate(z, columns, listed, rows, factors, classes, &slow)
    #expect(agree(fast, slow))
    let (direction, biases) = (normal(classes * columns, 7), normal(classes, 8))
    let (curvatures, couplings) = (positive(rows * classes, 9), positive(rows, 10))
    var (fastSteps, slowSteps) = (factors, factors)
    var (fastFactors, slowFactors) = (factors, factors)
    kernels_head_curvature(
      z, columns, listed, rows, direction, biases, classes, curvatures, couplings, &fastSteps,
      &fastFactors, &fast)
    baseline_head_curvature(
      z, columns, listed, rows, direction, biases, classes, curvatures, couplings, &slowSteps,
      &slowFactors, &slow)
    #expect(agree(fastSteps, slowSteps))
    #expect(agree(fastFactors, slowFactors, within: 1e-4))
    #expect(agree(fast, slow, within: 1e-3))
  }

  @Test(arguments: sizes)
  func headsOfRoundedRows(rows: Int, columns: Int, classes: Int) {
    let features = normal(rows * columns, 11).map { max(-1, min(1, $0)) }
    var (fastRows, slowRows) = (
      [Int16](repeating: 0, count: features.count), [Int16](repeating: 0, count: features.count)
    )
    kernels_round_features(features, features.count, 32_767, &fastRows)
    baseline_round_features(features, features.count, 32_767, &slowRows)
    // A fused multiply-add may round a middle the other way.
    #expect(zip(fastRows, slowRows).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
    let (w, b) = (normal(classes * columns, 12), normal(classes, 13))
    let listed = (0..<Int32(rows)).reversed().map { $0 }
    var (fast, slow) = (normal(rows * classes, 14), normal(rows * classes, 14))
    let factors = fast
    kernels_rounded_scores(fastRows, 3e-5, columns, listed, rows, w, b, classes, &fast)
    baseline_rounded_scores(fastRows, 3e-5, columns, listed, rows, w, b, classes, &slow)
    #expect(agree(fast, slow))
    var (fastSums, slowSums) = (w, w)
    kernels_rounded_accumulate(
      fastRows, 3e-5, columns, listed, rows, factors, classes, &fastSums)
    baseline_rounded_accumulate(
      fastRows, 3e-5, columns, listed, rows, factors, classes, &slowSums)
    #expect(agree(fastSums, slowSums))
  }

  @Test(arguments: [(1, 1, 1), (5, 3, 31), (66, 20, 64), (7, 90, 100)], [0, 1])
  func randomFeatures(size: (Int, Int, Int), paired: Int32) {
    let (rows, columns, count) = size
    let projections = paired == 1 ? (count + 1) / 2 : count
    let padded = (projections + 15) / 16 * 16
    // Arguments of some thousand half turns in the last row; zeros, a denormal number and a NaN before it.
    var x = normal(rows * columns, 15, zeros: 0.7)
    for j in 0..<columns { x[(rows - 1) * columns + j] *= 3_000 }
    if rows > 4 {
      x[columns] = .leastNonzeroMagnitude
      x[2 * columns] = .nan
    }
    let (panels, phases) = (normal(padded * columns, 16), normal(padded, 17))
    let zeros = [Float](repeating: 0, count: rows * count)
    var (fast, slow) = (zeros, zeros)
    kernels_fourier_features(x, rows, columns, panels, phases, paired, 0.5, &fast, count)
    baseline_fourier_features(x, rows, columns, panels, phases, paired, 0.5, &slow, count)
    let last = (rows - 1) * count
    #expect(agree(Array(fast[..<last]), Array(slow[..<last])))
    // What Float leaves of a projection of a few thousand half turns.
    #expect(agree(Array(fast[last...]), Array(slow[last...]), within: 2e-2))
    #expect(fast.allSatisfy { abs($0) <= 0.500001 })
    var places = [Int32](repeating: 0, count: x.count + 1)
    var values = [Float](repeating: 0, count: x.count + 1)
    var starts = [0]
    for row in 0..<rows {
      let own = Array(x[row * columns..<(row + 1) * columns])
      var (ownPlaces, ownValues) = (
        [Int32](repeating: 0, count: columns + 1), [Float](repeating: 0, count: columns + 1)
      )
      let listed = kernels_list_nonzero(own, columns, &ownPlaces, &ownValues)
      #expect(listed == baseline_count_nonzero(own, columns))
      places.replaceSubrange(starts[row]..<starts[row] + listed, with: ownPlaces.prefix(listed))
      values.replaceSubrange(starts[row]..<starts[row] + listed, with: ownValues.prefix(listed))
      starts.append(starts[row] + listed)
    }
    var again = zeros
    baseline_listed_fourier_features(
      rows, columns, starts, places, values, panels, phases, paired, 0.5, &again, count)
    #expect(agree(again, slow, within: 0))
  }

  @Test(arguments: [(1, 1, 1), (7, 19, 5), (70, 300, 33)], [0, 1])
  func denseLayers(size: (Int, Int, Int), rectify: Int32) {
    let (rows, depth, columns) = size
    let (a, b, bias) = (normal(rows * depth, 18), normal(depth * columns, 19), normal(columns, 20))
    let zeros = [Float](repeating: 0, count: rows * columns)
    var (fast, slow) = (zeros, zeros)
    kernels_matrix_product(
      rows, columns, depth, a, depth, 1, b, columns, 1, bias, rectify, &fast)
    baseline_matrix_product(
      rows, columns, depth, a, depth, 1, b, columns, 1, bias, rectify, &slow)
    #expect(agree(fast, slow))
    var (fastKept, slowKept) = (a, a)
    kernels_keep_where_positive(a.count, normal(a.count, 21), &fastKept)
    baseline_keep_where_positive(a.count, normal(a.count, 21), &slowKept)
    #expect(fastKept == slowKept)
    let start = [Float](repeating: 0, count: depth * depth)
    var (fastGram, slowGram) = (start, start)
    kernels_gram_add(a, rows, depth, depth, &fastGram, depth)
    baseline_gram_add(a, rows, depth, depth, &slowGram, depth)
    for i in 0..<depth {
      let lower = i * depth...i * depth + i
      #expect(agree(Array(fastGram[lower]), Array(slowGram[lower])))
    }
  }

  @Test(arguments: [1, 17, 100])
  func stepsOfAdam(count: Int) {
    let gradient = normal(count, 22)
    var fast = (normal(count, 23), normal(count, 24), positive(count, 25))
    var slow = fast
    kernels_adam(count, &fast.0, gradient, &fast.1, &fast.2, 0.1, 1e-3, 0.1, 1e-3, 1e-7)
    baseline_adam(count, &slow.0, gradient, &slow.1, &slow.2, 0.1, 1e-3, 0.1, 1e-3, 1e-7)
    #expect(agree(fast.0, slow.0) && agree(fast.1, slow.1) && agree(fast.2, slow.2))
  }

  @Test(arguments: [(1, 1), (5, 9), (37, 130)])
  func gramMatricesAndTheirSystems(rows: Int, columns: Int) {
    let z = normal(rows * columns, 26)
    let all = (0..<Int32(rows)).map { $0 }
    let zeros = [Float](repeating: 0, count: rows * rows)
    var (fast, slow) = (zeros, zeros)
    kernels_gram(z, columns, all, rows, all, rows, &fast, rows)
    baseline_gram(z, columns, all, rows, all, rows, &slow, rows)
    #expect(agree(fast, slow))
    let diagonal = [Float](repeating: Float(columns), count: rows)
    var (fastSystem, slowSystem) = (zeros, zeros)
    kernels_gram_system(fast, rows, all, rows, diagonal, &fastSystem, rows)
    baseline_gram_system(fast, rows, all, rows, diagonal, &slowSystem, rows)
    #expect(agree(fastSystem, slowSystem, within: 0))
    kernels_cholesky(&fastSystem, rows, rows, 1e-3)
    baseline_cholesky(&slowSystem, rows, rows, 1e-3)
    #expect(agree(fastSystem, slowSystem))
    var (fastX, slowX) = (normal(rows, 27), normal(rows, 27))
    kernels_cholesky_solve(fastSystem, rows, rows, &fastX)
    baseline_cholesky_solve(slowSystem, rows, rows, &slowX)
    #expect(agree(fastX, slowX))
  }

  @Test(arguments: [(1, 1), (16, 3), (37, 7)], [0, 1])
  func radialKernels(size: (Int, Int), absolute: Int32) {
    let (rows, columns) = size
    let x = normal(rows * columns, 28)
    let stride = (rows + 15) / 16 * 16
    var panels = [Float](repeating: 0, count: stride * columns)
    for row in 0..<rows {
      for j in 0..<columns {
        panels[row / 16 * 16 * columns + j * 16 + row % 16] = x[row * columns + j]
      }
    }
    var fast = [Float](repeating: 0, count: stride * stride)
    var slow = fast
    for block in 0..<stride / 16 {
      kernels_distances(x, rows, columns, panels, absolute, block, &fast, stride)
      baseline_distances(x, rows, columns, panels, absolute, block, &slow, stride)
    }
    #expect(agree(fast, slow))
    let distances = fast
    kernels_radial(distances.count, distances, -0.3, &fast)
    baseline_radial(distances.count, distances, -0.3, &slow)
    #expect(agree(fast, slow, within: 1e-6))
    let coefficients = normal(stride * 3, 29)
    var (fastScores, slowScores) = (normal(rows * 3, 30), normal(rows * 3, 30))
    kernels_radial_scores(
      x, rows, columns, panels, stride / 16, coefficients, 3, absolute, -0.3, &fastScores)
    baseline_radial_scores(
      x, rows, columns, panels, stride / 16, coefficients, 3, absolute, -0.3, &slowScores)
    #expect(agree(fastScores, slowScores))
  }

  /// The same pairs are chosen, and moved by the same steps.
  @Test func sequentialMinimalOptimisation() {
    let (rows, columns) = (48, 5)
    let z = normal(rows * columns, 31)
    let all = (0..<Int32(rows)).map { $0 }
    var gram = [Float](repeating: 0, count: rows * rows)
    kernels_gram(z, columns, all, rows, all, rows, &gram, rows)
    let ridge = [Double](repeating: 0.5, count: rows)
    let diagonal = (0..<rows).map { gram[$0 * rows + $0] + 0.5 }
    let signs = (0..<rows).map { $0.isMultiple(of: 3) ? 1.0 : -1.0 }
    let lower = signs.map { $0 > 0 ? 0 : -1.0 }
    let upper = signs.map { $0 > 0 ? 1 : 0.0 }
    func solve(
      _ run: (inout [Double], inout [Double], inout [Double], inout [Float], inout Double) -> Int
    ) -> (count: Int, coefficients: [Double], residuals: [Double]) {
      var coefficients = [Double](repeating: 0, count: rows)
      var residuals = signs
      var rise = residuals
      var fall = [Float](repeating: 0, count: rows)
      var violation = 0.0
      let count = run(&coefficients, &residuals, &rise, &fall, &violation)
      return (count, coefficients, residuals)
    }
    let fast = solve {
      kernels_smo(
        rows, gram, rows, diagonal, ridge, lower, upper, &$0, &$1, &$2, &$3, 1_000, 1e-6, &$4)
    }
    let slow = solve {
      baseline_smo(
        rows, gram, rows, diagonal, ridge, lower, upper, &$0, &$1, &$2, &$3, 1_000, 1e-6, &$4)
    }
    #expect(fast.count > 10 && fast.count < 1_000 && abs(fast.count - slow.count) < 10)
    #expect(agree(fast.coefficients, slow.coefficients, within: 1e-5))
    var (fastLeft, slowLeft) = (signs, signs)
    kernels_smo_residuals(rows, gram, rows, all, rows, fast.coefficients, &fastLeft)
    baseline_smo_residuals(rows, gram, rows, all, rows, fast.coefficients, &slowLeft)
    #expect(agree(fastLeft, slowLeft, within: 1e-12))
  }

  @Test func limits() {
    let values = normal(100, 32) + [3]
    for limit: Float in [2, 3, 10] {
      #expect(
        kernels_within(values, values.count, limit) == baseline_within(values, values.count, limit))
    }
    #expect(baseline_within(values + [.nan], 102, 10) == 0)
  }
}
