import PluginKit
import Testing

private func draws(_ count: Int, _ seed: UInt64, zeros: Double = 0) -> [Float] {
  var generator = Seed(seed).generator()
  return (0..<count).map { _ in
    let value = Float(generator.normal())
    return generator.uniform() < zeros ? 0 : value
  }
}

/// Sizes around the 64 and 16 columns that are taken at once.
private let sizes: [(rows: Int, width: Int, columns: Int)] = [
  (1, 29, 1), (5, 40, 15), (7, 33, 16), (12, 100, 63), (9, 65, 64), (20, 80, 129), (3, 50, 80),
]

/// Rows whose zeros are left out, with rows of nothing, denormal, huge and negative values.
private func sparseRows(_ rows: Int, _ width: Int) -> FeatureMatrix {
  var x = FeatureMatrix(
    rowCount: rows, columnCount: width, values: draws(rows * width, 1, zeros: 0.8))
  x.values[0] = Float.leastNonzeroMagnitude * 1_000
  x.values[1] = -1e4
  if rows > 2 { for j in 0..<width { x[2, j] = 0 } }
  return x
}

@Test(arguments: sizes)
func productsOfListedRowsHaveTheBitsOfDenseOnes(size: (rows: Int, width: Int, columns: Int)) throws
{
  let x = sparseRows(size.rows, size.width)
  let weights = draws(size.width * size.columns, 2)
  let bias = draws(size.columns, 3)
  let listed = try #require(ListedRows(x))
  let chosen = (0..<size.rows).reversed().map(Int32.init)
  let picked = x.selecting(rows: chosen.map(Int.init))
  for rectified in [false, true] {
    var found = [Float](repeating: .nan, count: size.rows * size.columns)
    listed.affine(
      rows: chosen, weights: weights, columns: size.columns, bias: bias, rectified: rectified,
      into: &found)
    #expect(
      found
        == MatrixProduct.affine(picked, weights: weights, bias: bias, rectified: rectified).values)
  }

  let s = draws(size.rows * size.columns, 4)
  var scratch = ListedRows.Scratch()
  var found = [Float](repeating: .nan, count: size.width * size.columns)
  var expected = found
  listed.transposed(
    rows: chosen, times: s, columns: size.columns, scratch: &scratch, into: &found)
  MatrixProduct.transposed(
    picked.values, rows: size.rows, stride: size.width, width: size.width, times: s,
    columns: size.columns, into: &expected)
  #expect(found == expected)
}

@Test func onlyRowsOfMostlyZerosAreListed() throws {
  let half = FeatureMatrix(rowCount: 2, columnCount: 4, values: [1, 0, 2, 0, 0, 3, 0, 4])
  #expect(ListedRows(half) == nil)
  let few = FeatureMatrix(rowCount: 2, columnCount: 4, values: [0, 0, 2, 0, 0, .nan, 0, 0])
  #expect(try #require(ListedRows(few)).valueCount([1, 0, 1]) == 3)
}

@Test func aMissingNumberInAListedRowReachesItsResults() throws {
  let x = FeatureMatrix(rowCount: 2, columnCount: 4, values: [0, 0, 2, 0, 0, .nan, 0, 0])
  var found = [Float](repeating: 0, count: 2)
  try #require(ListedRows(x)).affine(
    rows: [0, 1], weights: [1, 2, 3, 4], columns: 1, bias: [1], rectified: true, into: &found)
  #expect(found[0] == 7 && found[1].isNaN)
}

/// Rows of zeros go through lists, other rows do not: a row's features must not tell.
@Test func featuresOfSparseRowsHaveTheBitsOfDenseOnes() {
  let x = sparseRows(70, 90)
  let projection = FourierProjection(
    weights: draws(83 * 90, 5), phases: draws(83, 6), columnCount: 90, scale: 3, amplitude: 0.5,
    featureCount: 165, isPaired: true)
  let together = projection.features(of: x)
  var dense = FeatureMatrix(rowCount: 2, columnCount: 90, values: draws(180, 7))
  for row in 0..<70 {
    for j in 0..<90 { dense[1, j] = x[row, j] }
    #expect(projection.features(of: dense).row(1) == together.row(row))
  }
}

@Test func scoresOfUnstoredFeaturesAreThoseOfStoredOnes() {
  let x = FeatureMatrix(rowCount: 75, columnCount: 7, values: draws(75 * 7, 8).map { 1e4 * $0 })
  for (features, classes) in [(64, 4), (1023, 3), (33_000, 7)] {
    let projection = FourierProjection(
      weights: draws((features + 1) / 2 * 7, 9), phases: draws((features + 1) / 2, 10),
      columnCount: 7, scale: 2, amplitude: 0.1, featureCount: features, isPaired: true)
    let weights = draws(classes * features, 11)
    let biases = draws(classes, 12)
    let scores = projection.scores(of: x, weights: weights, biases: biases)
    let stored = HeadKernels.scores(projection.features(of: x), weights: weights, biases: biases)
    let size = Float(features).squareRoot()
    for (a, b) in zip(scores, stored) { #expect(abs(a - b) < 1e-6 * size * 4) }
    let alone = projection.scores(
      of: x.selecting(rows: [74]), weights: weights, biases: biases)
    #expect(alone == Array(scores.suffix(classes)))
  }
}

/// Sizes around the pairs of rows, five classes, 8 lanes and 1,024 columns that are taken at once.
@Test(arguments: [(1, 1, 1), (3, 7, 2), (8, 16, 4), (9, 33, 5), (21, 1031, 10), (5, 2050, 43)])
func scoresOfListedRowsAreDotProducts(rows: Int, columns: Int, classes: Int) {
  let z = draws((rows + 4) * columns, 13)
  let weights = draws(classes * columns, 14)
  let biases = draws(classes, 15)
  let listed = (0..<rows).map { Int32((3 * $0 + 1) % (rows + 4)) }
  var scores = [Float](repeating: .nan, count: rows * classes)
  HeadKernels.writeScores(
    z, columnCount: columns, rows: listed, weights: weights, biases: biases, classCount: classes,
    into: &scores)
  for (place, row) in listed.enumerated() {
    for k in 0..<classes {
      let expected = (0..<columns).reduce(Double(biases[k])) {
        $0 + Double(z[Int(row) * columns + $1]) * Double(weights[k * columns + $1])
      }
      #expect(abs(Double(scores[place * classes + k]) - expected) < 2e-4)
    }
  }
  var alone = [Float](repeating: .nan, count: classes)
  HeadKernels.writeScores(
    z, columnCount: columns, rows: [listed[rows - 1]], weights: weights, biases: biases,
    classCount: classes, into: &alone)
  #expect(alone == Array(scores.suffix(classes)))
}

@Test(arguments: [(1, 1), (5, 17), (256, 40), (30, 100)])
func gramMatricesAreSumsOfProducts(rows: Int, columns: Int) {
  let stride = columns + 3
  let z = draws(rows * stride, 16)
  let start = draws(columns * (columns + 1), 17)
  var sums = start
  MatrixProduct.addGram(
    z, rows: rows, columns: columns, stride: stride, into: &sums, sumStride: columns + 1)
  for i in 0..<columns {
    for j in 0...i {
      let expected = (0..<rows).reduce(Double(start[i * (columns + 1) + j])) {
        $0 + Double(z[$1 * stride + i]) * Double(z[$1 * stride + j])
      }
      #expect(abs(Double(sums[i * (columns + 1) + j]) - expected) < 1e-6 * Double(rows + 10))
    }
  }
}
