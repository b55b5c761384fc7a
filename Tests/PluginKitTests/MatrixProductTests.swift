import PluginKit
import Testing

private func draws(_ count: Int, _ seed: UInt64) -> [Float] {
  var generator = Seed(seed).generator()
  return (0..<count).map { _ in Float(generator.normal()) }
}

/// Sizes around the tiles of 6 x 16, the depth blocks of 256 and the row blocks of 384.
private let sizes: [(rows: Int, depth: Int, columns: Int)] = [
  (1, 1, 1), (5, 3, 16), (6, 7, 17), (7, 256, 15), (13, 257, 33), (390, 40, 10), (3, 600, 32),
  (8, 0, 4),
]

@Test(arguments: sizes)
func affineMapsMatchDoubleSums(size: (rows: Int, depth: Int, columns: Int)) {
  let x = draws(size.rows * size.depth, 1)
  let weights = draws(size.depth * size.columns, 2)
  let bias = draws(size.columns, 3)
  let matrix = FeatureMatrix(rowCount: size.rows, columnCount: size.depth, values: x)
  let plain = MatrixProduct.affine(matrix, weights: weights, bias: bias)
  let rectified = MatrixProduct.affine(matrix, weights: weights, bias: bias, rectified: true)
  for row in 0..<size.rows {
    for column in 0..<size.columns {
      let sum = (0..<size.depth).reduce(Double(bias[column])) {
        $0 + Double(x[row * size.depth + $1]) * Double(weights[$1 * size.columns + column])
      }
      #expect(abs(Double(plain[row, column]) - sum) < 1e-4)
      #expect(rectified[row, column] == max(0, plain[row, column]))
    }
  }
}

@Test(arguments: sizes)
func gradientProductsMatchDoubleSums(size: (rows: Int, depth: Int, columns: Int)) {
  let (rows, depth, columns) = size
  let stride = depth + 3
  let x = draws(rows * stride, 4)
  let s = draws(rows * columns, 5)
  let weights = draws(depth * columns, 6)
  var byWeights = [Float](repeating: .nan, count: depth * columns)
  var byInputs = [Float](repeating: .nan, count: rows * depth)
  var byBias = [Float](repeating: .nan, count: columns)
  MatrixProduct.transposed(
    x, rows: rows, stride: stride, width: depth, times: s, columns: columns, into: &byWeights)
  MatrixProduct.product(
    s, rows: rows, depth: columns, timesTransposed: weights, columns: depth, into: &byInputs)
  MatrixProduct.columnSums(s, rows: rows, columns: columns, into: &byBias)
  for k in 0..<depth {
    for column in 0..<columns {
      let sum = (0..<rows).reduce(0.0) {
        $0 + Double(x[$1 * stride + k]) * Double(s[$1 * columns + column])
      }
      #expect(abs(Double(byWeights[k * columns + column]) - sum) < 1e-4)
    }
    for row in 0..<rows {
      let sum = (0..<columns).reduce(0.0) {
        $0 + Double(s[row * columns + $1]) * Double(weights[k * columns + $1])
      }
      #expect(abs(Double(byInputs[row * depth + k]) - sum) < 1e-4)
    }
  }
  for column in 0..<columns {
    let sum = (0..<rows).reduce(0.0) { $0 + Double(s[$1 * columns + column]) }
    #expect(abs(Double(byBias[column]) - sum) < 1e-4)
  }
}

@Test(arguments: sizes)
func anOutputHasTheSameBitsWhateverElseIsComputed(size: (rows: Int, depth: Int, columns: Int)) {
  let (rows, depth, columns) = size
  let matrix = FeatureMatrix(
    rowCount: rows, columnCount: depth, values: draws(rows * depth, 7))
  let weights = FeatureMatrix(
    rowCount: depth, columnCount: columns, values: draws(depth * columns, 8))
  let bias = draws(columns, 9)
  let all = MatrixProduct.affine(matrix, weights: weights.values, bias: bias)
  for row in 0..<rows {
    let alone = MatrixProduct.affine(
      matrix.selecting(rows: row..<row + 1), weights: weights.values, bias: bias)
    #expect(alone.values == Array(all.row(row)))
  }
  for column in 0..<columns {
    let alone = MatrixProduct.affine(
      matrix, weights: (0..<depth).map { weights[$0, column] }, bias: [bias[column]])
    #expect(alone.values == (0..<rows).map { all[$0, column] })
  }
}

@Test func rectifiersPassNaNAndDerivativesOnlyWhereTheyWerePositive() {
  let matrix = FeatureMatrix(rowCount: 1, columnCount: 1, values: [.nan])
  #expect(MatrixProduct.affine(matrix, weights: [1], bias: [0], rectified: true)[0, 0].isNaN)
  var derivatives: [Float] = [1, 2, 3, 4]
  MatrixProduct.clear(&derivatives, unlessPositive: [0.5, 0, -1, 2], count: 4)
  #expect(derivatives == [1, 0, 0, 4])
}
