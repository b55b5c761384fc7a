import CKernels

/// Passes of a linear head over the rows of its features, in vector code.
///
/// Sums run in one fixed order: a result depends neither on the thread budget nor on how rows are grouped.
public enum HeadKernels {
  /// The scores `weights[k] · row + biases[k]`, row by row.
  ///
  /// A row's scores do not depend on the other rows, to the bit. Costs O(n D K).
  public static func scores(
    _ features: FeatureMatrix, rows: Range<Int>? = nil, weights: [Float], biases: [Float]
  ) -> [Float] {
    let rows = rows ?? 0..<features.rowCount
    let classes = biases.count
    precondition(
      weights.count == classes * features.columnCount && rows.upperBound <= features.rowCount,
      "\(weights.count) weights do not fit \(classes) x \(features.columnCount)")
    return [Float](unsafeUninitializedCapacity: rows.count * classes) { buffer, count in
      features.values.withUnsafeBufferPointer { z in
        guard let to = buffer.baseAddress else { return }
        // A matrix without columns has no storage to point to; any address serves.
        let first = z.baseAddress.map { $0 + rows.lowerBound * features.columnCount }
        kernels_head_scores(
          first ?? UnsafePointer(to), rows.count, features.columnCount, weights, biases, classes, to
        )
      }
      count = rows.count * classes
    }
  }

  /// Writes the scores `weights[k] · row + biases[k]` of listed rows.
  ///
  /// A row's scores do not depend on the other rows, to the bit. Costs O(n D K), and allocates nothing.
  ///
  /// - Parameters:
  ///   - z: A matrix of `columnCount` columns, row by row.
  ///   - columnCount: The number of columns.
  ///   - rows: The rows of `z`, in the order of the result.
  ///   - weights: `classCount` rows of `columnCount` numbers.
  ///   - biases: `classCount` numbers.
  ///   - classCount: The number of classes.
  ///   - scores: Gets `rows.count` x `classCount` numbers.
  package static func writeScores(
    _ z: UnsafePointer<Float>, columnCount: Int, rows: [Int32], weights: UnsafePointer<Float>,
    biases: UnsafePointer<Float>, classCount: Int, into scores: UnsafeMutablePointer<Float>
  ) {
    kernels_batch_scores(
      z, columnCount, rows, rows.count, weights, biases, classCount, scores)
  }

  /// Adds `factors[i][k] · row` to `sums[k]` for listed rows of a matrix; allocates nothing.
  package static func accumulate(
    _ z: UnsafePointer<Float>, columnCount: Int, rows: [Int32], factors: UnsafePointer<Float>,
    classCount: Int, into sums: UnsafeMutablePointer<Float>
  ) {
    kernels_head_accumulate(z, columnCount, rows, rows.count, factors, classCount, sums)
  }

  /// Whether no value exceeds a limit in absolute value; false with a NaN.
  public static func areWithin(_ limit: Float, _ features: FeatureMatrix) -> Bool {
    features.values.withUnsafeBufferPointer { z in
      z.baseAddress.map { kernels_within($0, z.count, limit) != 0 } ?? true
    }
  }

  /// The products `weights[k] · row` in Double, row by row.
  ///
  /// What the rounding of Float would spoil is made of these: objectives and duality gaps of problems whose
  /// optimum is close to 0. Costs O(n D K), about three times as much as
  /// ``scores(_:rows:weights:biases:)``.
  public static func exactScores(
    _ features: FeatureMatrix, rows: Range<Int>, weights: [Float], classCount: Int
  ) -> [Double] {
    precondition(rows.upperBound <= features.rowCount, "there are \(features.rowCount) rows")
    return products(of: features, rowCount: rows.count, weights, classCount) { z, products in
      kernels_head_exact_scores(
        z + rows.lowerBound * features.columnCount, rows.count, features.columnCount, weights,
        classCount, products)
    }
  }

  /// The products `weights[k] · row` with an error of some 10⁻⁸ of the score, row by row.
  ///
  /// Costs O(n D K), as ``scores(_:rows:weights:biases:)``.
  public static func longScores(
    _ features: FeatureMatrix, rows: Range<Int>, weights: [Float], classCount: Int
  ) -> [Double] {
    precondition(rows.upperBound <= features.rowCount, "there are \(features.rowCount) rows")
    return products(of: features, rowCount: rows.count, weights, classCount) { z, products in
      kernels_head_long_scores(
        z + rows.lowerBound * features.columnCount, rows.count, features.columnCount, weights,
        classCount, products)
    }
  }

  /// The products `weights[k] · row` of listed rows, one row of the list after the other.
  public static func scores(
    _ features: FeatureMatrix, listed rows: [Int32], weights: [Float], classCount: Int
  ) -> [Float] {
    products(of: features, rowCount: rows.count, weights, classCount) { z, products in
      kernels_head_listed_scores(
        z, features.columnCount, rows, rows.count, weights, classCount, products)
    }
  }

  /// An array of `rowCount` x `classCount` numbers that `write` fills; zeros if there are no columns.
  private static func products<Value: BinaryFloatingPoint>(
    of features: FeatureMatrix, rowCount: Int, _ weights: [Float], _ classCount: Int,
    _ write: (UnsafePointer<Float>, UnsafeMutablePointer<Value>) -> Void
  ) -> [Value] {
    precondition(
      weights.count == classCount * features.columnCount,
      "\(weights.count) weights do not fit \(classCount) x \(features.columnCount)")
    return [Value](unsafeUninitializedCapacity: rowCount * classCount) { buffer, count in
      count = rowCount * classCount
      buffer.update(repeating: 0)
      features.values.withUnsafeBufferPointer { z in
        guard let to = buffer.baseAddress, let z = z.baseAddress else { return }
        write(z, to)
      }
    }
  }

  /// Adds `factors[i][k] · row` to `sums[k]`, one row of the list after the other.
  ///
  /// - Parameters:
  ///   - features: The matrix that the listed rows are in.
  ///   - rows: Positions of rows; the i-th has the factors `factors[i * classCount...]`.
  ///   - places: Which part of `rows` takes part.
  ///   - factors: One number per listed row and class.
  ///   - classCount: The number of classes.
  ///   - sums: `classCount` rows of as many numbers as `features` has columns.
  public static func accumulate(
    _ features: FeatureMatrix, rows: [Int32], places: Range<Int>, factors: [Float], classCount: Int,
    into sums: inout [Float]
  ) {
    features.values.withUnsafeBufferPointer { z in
      rows.withUnsafeBufferPointer { rows in
        factors.withUnsafeBufferPointer { factors in
          guard let z = z.baseAddress, let rows = rows.baseAddress,
            let factors = factors.baseAddress
          else { return }
          kernels_head_accumulate(
            z, features.columnCount, rows + places.lowerBound, places.count,
            factors + places.lowerBound * classCount, classCount, &sums)
        }
      }
    }
  }

  /// Adds the product of the losses' second derivative with a direction to `sums`, and writes the
  /// direction's scores of the listed rows to `steps`; each row is read once.
  ///
  /// The second derivative of row i is diag(c) - coupling · c cᵀ for its curvatures c.
  public static func accumulateCurvature(
    _ features: FeatureMatrix, rows: [Int32], places: Range<Int>, direction: [Float],
    biases: [Float], curvatures: [Float], couplings: [Float], steps: inout [Float],
    factors: inout [Float], into sums: inout [Float]
  ) {
    let classes = biases.count
    let offset = places.lowerBound * classes
    features.values.withUnsafeBufferPointer { z in
      steps.withUnsafeMutableBufferPointer { steps in
        factors.withUnsafeMutableBufferPointer { factors in
          guard let z = z.baseAddress, let steps = steps.baseAddress,
            let factors = factors.baseAddress
          else { return }
          rows.withUnsafeBufferPointer { rows in
            curvatures.withUnsafeBufferPointer { curvatures in
              couplings.withUnsafeBufferPointer { couplings in
                guard let rows = rows.baseAddress, let curvatures = curvatures.baseAddress,
                  let couplings = couplings.baseAddress
                else { return }
                kernels_head_curvature(
                  z, features.columnCount, rows + places.lowerBound, places.count, direction,
                  biases, classes, curvatures + offset, couplings + places.lowerBound,
                  steps + offset, factors + offset, &sums)
              }
            }
          }
        }
      }
    }
  }
}
