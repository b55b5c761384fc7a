import PluginKit

/// Random Fourier features z(x), with z(x)·z(y) close to a kernel k(x, y).
///
/// Each projection w gives the pair √(2/D) (cos(w·x/s), sin(w·x/s)), so that ‖z(x)‖ = 1; an odd D ends with
/// one √(2/D) cos(w·x/s + b), b uniform in [0, 2π). For Keras' initializers all features are of the latter
/// kind. Keras has no factor √(2/D); with it, D and the penalty can be tuned apart.
///
/// Draws depend on the seed only, and those for a smaller D are the first of those for a larger one.
///
/// References: A. Rahimi and B. Recht, "Random features for large-scale kernel machines", NIPS 2007;
/// F. X. Yu, A. T. Suresh, K. Choromanski, D. Holtmann-Rice and S. Kumar, "Orthogonal random features",
/// NIPS 2016. Pairs have less variance than cosines with phases for the Gaussian kernel: D. J. Sutherland
/// and J. Schneider, "On the error of random Fourier features", UAI 2015.
struct RandomFourierFeatures: Sendable {
  let kernel: FourierKernel
  /// D.
  let featureCount: Int
  /// d.
  let columnCount: Int
  /// s.
  let scale: Double
  /// One row of d numbers for each projection.
  let weights: [Float]
  /// In radians; 0 for projections that give a pair.
  let phases: [Float]
  let projection: FourierProjection

  init(
    kernel: FourierKernel, featureCount: Int, columnCount: Int, scale: Double, weights: [Float],
    phases: [Float]
  ) {
    self.kernel = kernel
    self.featureCount = featureCount
    self.columnCount = columnCount
    self.scale = scale
    self.weights = weights
    self.phases = phases
    projection = FourierProjection(
      weights: weights, phases: phases, columnCount: columnCount, scale: scale,
      amplitude: Self.amplitude(featureCount), featureCount: featureCount,
      isPaired: kernel.isPaired)
  }

  /// Draws projections.
  init(
    kernel: FourierKernel, draw: FourierDraw, featureCount: Int, columnCount: Int, scale: Double,
    seed: Seed
  ) {
    let count = RandomFourierFeatures.projectionCount(kernel, featureCount)
    let seed = seed.keyed("random-features")
    let deviation = kernel.standardDeviation(columnCount: columnCount, featureCount: featureCount)
    let weights =
      draw == .orthogonal
      ? orthogonalDraw(count: count, dimension: columnCount, seed: seed)
      : plainDraw(kernel, count: count, dimension: columnCount, seed: seed)
    var generator = seed.keyed("phases").generator()
    let drawn = (0..<count).map { _ in Float(2 * .pi * generator.uniform()) }
    let pairCount = kernel.isPaired ? featureCount / 2 : 0
    self.init(
      kernel: kernel, featureCount: featureCount, columnCount: columnCount, scale: scale,
      weights: weights.map { Float($0 * deviation) },
      phases: drawn.indices.map { $0 < pairCount ? 0 : drawn[$0] })
  }

  /// √(2/D), by which cosines and sines are multiplied.
  var amplitude: Double { Self.amplitude(featureCount) }

  private static func amplitude(_ featureCount: Int) -> Double {
    (2 / Double(featureCount)).squareRoot()
  }

  /// How many projections give `featureCount` features.
  static func projectionCount(_ kernel: FourierKernel, _ featureCount: Int) -> Int {
    kernel.isPaired ? (featureCount + 1) / 2 : featureCount
  }
}

private func plainDraw(
  _ kernel: FourierKernel, count: Int, dimension: Int, seed: Seed
) -> [Double] {
  var generator = seed.keyed(kernel.rawValue).generator()
  return (0..<count * dimension).map { _ in kernel.draw(&generator) }
}

/// Blocks of d orthogonal directions with the lengths that normal vectors have.
///
/// Gram and Schmidt's method, twice over for accuracy, turns normal vectors into uniformly distributed
/// orthonormal ones. Costs O(count d²).
private func orthogonalDraw(count: Int, dimension: Int, seed: Seed) -> [Double] {
  guard dimension > 0 else { return [] }
  var generator = seed.keyed("orthogonal").generator()
  var lengths = seed.keyed("lengths").generator()
  var rows: [[Double]] = []
  for position in 0..<count {
    let blockStart = position / dimension * dimension
    var row = (0..<dimension).map { _ in generator.normal() }
    for _ in 0..<2 {
      for earlier in rows[blockStart..<position] {
        let share = product(row, earlier)
        for j in 0..<dimension { row[j] -= share * earlier[j] }
      }
    }
    let norm = product(row, row).squareRoot()
    rows.append(row.map { $0 / norm })
  }
  return rows.flatMap { row -> [Double] in
    let length = (0..<dimension).reduce(0.0) { sum, _ in
      let value = lengths.normal()
      return sum + value * value
    }
    return row.map { $0 * length.squareRoot() }
  }
}

private func product(_ left: [Double], _ right: [Double]) -> Double {
  var lanes = SIMD8<Double>()
  var j = 0
  while j + 8 <= left.count {
    for lane in 0..<8 { lanes[lane] += left[j + lane] * right[j + lane] }
    j += 8
  }
  var sum = lanes.sum()
  while j < left.count {
    sum += left[j] * right[j]
    j += 1
  }
  return sum
}
