#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A loss of a linear head, by the word that users type.
///
/// For the scores f of one row whose class is y:
///
/// | word | loss |
/// |---|---|
/// | `hinge` | Σₖ max(0, 1 - tₖ fₖ), where tₖ is 1 for k = y and -1 otherwise |
/// | `squared-hinge` | Σₖ max(0, 1 - tₖ fₖ)² |
/// | `categorical-hinge` | max(0, 1 + max(0, max_{j≠y} fⱼ) - f_y), as in Keras |
/// | `crammer-singer` | max(0, 1 + max_{j≠y} fⱼ - f_y) |
/// | `softmax` | log Σₖ exp(fₖ) - f_y |
///
/// `categorical-hinge` differs from `crammer-singer` where all wrong scores are negative.
public enum MarginLoss: String, Sendable, CaseIterable {
  case hinge
  case squaredHinge = "squared-hinge"
  case categoricalHinge = "categorical-hinge"
  case crammerSinger = "crammer-singer"
  case softmax
}

extension MarginLoss {
  /// Whether the loss is a sum over classes of terms that see one score each, so that the classes of a
  /// linear head can be solved one by one.
  public var isOneVersusRest: Bool { self == .hinge || self == .squaredHinge }

  /// Adds up the losses of rows, and gives the derivative by each score.
  ///
  /// Where the loss has a kink the derivative is that of a flat side if there is one, otherwise that of
  /// the first class that attains the maximum.
  ///
  /// - Parameters:
  ///   - scores: `classCount` numbers for each row.
  ///   - labels: The class of each row, in `0..<classCount`.
  ///   - weights: How much each row counts; nil means 1 for all.
  ///   - classCount: The number of classes, at least 2.
  ///   - gradient: At least as many places as scores; the derivatives of the returned sum.
  /// - Returns: Σᵢ weightᵢ · lossᵢ, not divided by anything.
  public func evaluate(
    scores: [Float], labels: [Int32], weights: [Float]? = nil, classCount: Int,
    gradient: inout [Float]
  ) -> Double {
    let count = labels.count * classCount
    precondition(
      scores.count >= count && gradient.count >= count,
      "\(count) scores are needed, got \(scores.count) and room for \(gradient.count) derivatives")
    var sum = 0.0
    scores.withUnsafeBufferPointer { scores in
      gradient.withUnsafeMutableBufferPointer { gradient in
        for (row, label) in labels.enumerated() {
          let place = row * classCount..<(row + 1) * classCount
          sum += evaluateRow(
            UnsafeBufferPointer(rebasing: scores[place]), label: Int(label),
            weight: weights?[row] ?? 1, UnsafeMutableBufferPointer(rebasing: gradient[place]))
        }
      }
    }
    return sum
  }

  private func evaluateRow(
    _ scores: UnsafeBufferPointer<Float>, label: Int, weight: Float,
    _ gradient: UnsafeMutableBufferPointer<Float>
  ) -> Double {
    switch self {
    case .hinge: hingeLoss(scores, label, weight, gradient)
    case .squaredHinge: squaredHingeLoss(scores, label, weight, gradient)
    case .categoricalHinge: multiclassHingeLoss(scores, label, weight, floor: 0, gradient)
    case .crammerSinger: multiclassHingeLoss(scores, label, weight, floor: -.infinity, gradient)
    case .softmax: logisticLoss(scores, label, weight, gradient)
    }
  }
}

/// Gives the weighted loss of one row and writes its derivative by each score.
private func hingeLoss(
  _ scores: UnsafeBufferPointer<Float>, _ label: Int, _ weight: Float,
  _ gradient: UnsafeMutableBufferPointer<Float>
) -> Double {
  var sum: Float = 0
  for k in 0..<scores.count {
    let sign: Float = k == label ? 1 : -1
    let violation = 1 - sign * scores[k]
    gradient[k] = violation > 0 ? -sign * weight : 0
    // Not `max`, which would turn a NaN into 0 and so hide a divergence.
    sum += violation <= 0 ? 0 : violation
  }
  return Double(weight) * Double(sum)
}

private func squaredHingeLoss(
  _ scores: UnsafeBufferPointer<Float>, _ label: Int, _ weight: Float,
  _ gradient: UnsafeMutableBufferPointer<Float>
) -> Double {
  var sum: Float = 0
  for k in 0..<scores.count {
    let sign: Float = k == label ? 1 : -1
    let margin = 1 - sign * scores[k]
    let violation = margin <= 0 ? 0 : margin
    gradient[k] = -2 * sign * weight * violation
    sum += violation * violation
  }
  return Double(weight) * Double(sum)
}

/// The loss max(0, 1 + max(floor, max_{j≠y} fⱼ) - f_y).
private func multiclassHingeLoss(
  _ scores: UnsafeBufferPointer<Float>, _ label: Int, _ weight: Float, floor: Float,
  _ gradient: UnsafeMutableBufferPointer<Float>
) -> Double {
  var rival = floor
  var rivalClass = -1
  for k in 0..<scores.count {
    gradient[k] = 0
    if k != label, !(scores[k] <= rival) {
      rival = scores[k]
      rivalClass = k
    }
  }
  let loss = 1 + rival - scores[label]
  if loss <= 0 { return 0 }
  gradient[label] = -weight
  if rivalClass >= 0 { gradient[rivalClass] = weight }
  return Double(weight) * Double(loss)
}

private func logisticLoss(
  _ scores: UnsafeBufferPointer<Float>, _ label: Int, _ weight: Float,
  _ gradient: UnsafeMutableBufferPointer<Float>
) -> Double {
  var highest = -Float.infinity
  for score in scores where score > highest { highest = score }
  var sum: Float = 0
  for k in 0..<scores.count {
    gradient[k] = exp(scores[k] - highest)
    sum += gradient[k]
  }
  for k in 0..<scores.count { gradient[k] *= weight / sum }
  gradient[label] -= weight
  return Double(weight) * (Double(highest - scores[label]) + log(Double(sum)))
}
