import CKernels

/// Random features as whole numbers of a step: half the memory of Float, for trainings that read them often.
///
/// A feature lies in -a...a, with the amplitude a. In steps of a/32767 its error is at most 1.6·10⁻⁵ a, far below
/// what a mini-batch leaves undecided. Only training sees them so; scores are made of the features themselves.
package struct RoundedFeatures: Sendable {
  package let rowCount: Int
  package let columnCount: Int
  /// What a value of 1 stands for.
  package let step: Float
  /// Row by row.
  package let values: [Int16]
}

/// Listed rows of a matrix in memory, of whichever numbers it holds, as a linear head reads them.
package enum HeadRows {
  case floats(UnsafePointer<Float>)
  /// Whole numbers of a step.
  case rounded(UnsafePointer<Int16>, step: Float)

  /// Writes the scores `weights[k] · row + biases[k]` of listed rows, as
  /// ``HeadKernels/writeScores(_:columnCount:rows:weights:biases:classCount:into:)``.
  package func writeScores(
    columnCount: Int, rows: [Int32], weights: UnsafePointer<Float>, biases: UnsafePointer<Float>,
    classCount: Int, into scores: UnsafeMutablePointer<Float>
  ) {
    switch self {
    case .floats(let z):
      HeadKernels.writeScores(
        z, columnCount: columnCount, rows: rows, weights: weights, biases: biases,
        classCount: classCount, into: scores)
    case .rounded(let z, let step):
      kernels_rounded_scores(
        z, step, columnCount, rows, rows.count, weights, biases, classCount, scores)
    }
  }

  /// Adds `factors[i][k] · row` to `sums[k]` for listed rows; allocates nothing.
  package func accumulate(
    columnCount: Int, rows: [Int32], factors: UnsafePointer<Float>, classCount: Int,
    into sums: UnsafeMutablePointer<Float>
  ) {
    switch self {
    case .floats(let z):
      HeadKernels.accumulate(
        z, columnCount: columnCount, rows: rows, factors: factors, classCount: classCount,
        into: sums)
    case .rounded(let z, let step):
      kernels_rounded_accumulate(
        z, step, columnCount, rows, rows.count, factors, classCount, sums)
    }
  }
}

extension FourierProjection {
  /// What a ``RoundedFeatures`` value of 1 stands for.
  package var roundingStep: Float { amplitude / 32_767 }

  /// The features of all rows, rounded; calls `checkpoint` every few milliseconds.
  package func rounded(
    _ matrix: FeatureMatrix, checkpoint: () throws -> Void
  ) rethrows -> RoundedFeatures {
    let rowCount = matrix.rowCount
    let tile = max(1, min(rowCount, Self.roundedTile))
    var scratch = FourierScratch()
    let values = try [Int16](unsafeUninitializedCapacity: rowCount * featureCount) { out, count in
      LargeMemory.advise(out)
      for from in stride(from: 0, to: rowCount, by: tile) {
        try checkpoint()
        let rows = (from..<min(from + tile, rowCount)).map { Int32($0) }
        guard let to = out.baseAddress else { continue }
        writeRounded(rows: rows, of: matrix, scratch: &scratch, into: to + from * featureCount)
      }
      count = rowCount * featureCount
    }
    return RoundedFeatures(
      rowCount: rowCount, columnCount: featureCount, step: roundingStep, values: values)
  }

  /// The rounded features of listed rows, into memory of the caller's, one row after the other.
  package func writeRounded(
    rows: [Int32], of matrix: FeatureMatrix, scratch: inout FourierScratch,
    into result: UnsafeMutablePointer<Int16>
  ) {
    let size = rows.count * featureCount
    if scratch.features.count < size {
      scratch.features = Array(repeating: 0, count: size)
    }
    scratch.features.withUnsafeMutableBufferPointer { features in
      guard let features = features.baseAddress else { return }
      write(rows: rows, of: matrix, scratch: &scratch.rows, into: features)
      kernels_round_features(features, size, 1 / roundingStep, result)
    }
  }

  /// Rows that are mapped before they are rounded.
  private static let roundedTile = 64
}

/// Room that is kept from one call to the next.
package struct FourierScratch {
  fileprivate var rows: [Float] = []
  fileprivate var features: [Float] = []

  package init() {}
}
