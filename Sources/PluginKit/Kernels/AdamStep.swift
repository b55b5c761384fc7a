import CKernels

/// The moments of the optimiser Adam and its step, for weights that lie in one array.
///
/// With the gradient g at step t, counted from 1:
///
///     m += (1 - β₁)(g - m)
///     v += (1 - β₂)(g² - v)
///     w -= η √(1 - β₂ᵗ) / (1 - β₁ᵗ) · m / (√v + ε)
///
/// ε = 10⁻⁷ is added after the correction of the bias, as Keras does. A step costs one pass over four arrays.
///
/// Reference: D. Kingma and J. Ba, "Adam: a method for stochastic optimization", ICLR 2015,
/// arXiv:1412.6980, in the form of the end of its section 2.
public struct AdamStep: Sendable {
  /// The decay of the mean gradient.
  public static let beta1 = 0.9
  /// The decay of the mean squared gradient.
  public static let beta2 = 0.999
  /// What keeps the division finite.
  public static let epsilon = 1e-7

  private var mean: [Float]
  private var square: [Float]
  private var beta1Power = 1.0
  private var beta2Power = 1.0

  /// Makes the state before the first step, with all moments zero.
  public init(count: Int) {
    mean = Array(repeating: 0, count: count)
    square = mean
  }

  /// Changes all weights by one step.
  ///
  /// - Parameters:
  ///   - weights: The weights, as many as the moments.
  ///   - gradient: The derivatives of the loss without the penalty.
  ///   - penalty: The penalty λ of λ‖w‖², for the weights in `penalized`.
  ///   - penalized: Which weights the penalty is on.
  ///   - rate: The learning rate η of this step.
  ///   - factor: How many times larger the rate is for the weights in `penalized`.
  public mutating func update(
    _ weights: inout [Float], gradient: [Float], penalty: Double, on penalized: Range<Int>,
    rate: Double, factor: Double = 1
  ) {
    precondition(
      weights.count == mean.count && gradient.count == mean.count,
      "\(mean.count) weights are expected, got \(weights.count) and \(gradient.count) derivatives")
    beta1Power *= Self.beta1
    beta2Power *= Self.beta2
    let corrected = rate * (1 - beta2Power).squareRoot() / (1 - beta1Power)
    let parts = [
      (0..<penalized.lowerBound, 0, corrected), (penalized, 2 * penalty, factor * corrected),
      (penalized.upperBound..<mean.count, 0, corrected),
    ]
    for (part, penalty, rate) in parts where !part.isEmpty {
      update(&weights, gradient, part, penalty: Float(penalty), rate: Float(rate))
    }
  }

  private mutating func update(
    _ weights: inout [Float], _ gradient: [Float], _ part: Range<Int>, penalty: Float, rate: Float
  ) {
    weights.withUnsafeMutableBufferPointer { weights in
      gradient.withUnsafeBufferPointer { gradient in
        mean.withUnsafeMutableBufferPointer { mean in
          square.withUnsafeMutableBufferPointer { square in
            guard let weights = weights.baseAddress, let gradient = gradient.baseAddress,
              let mean = mean.baseAddress, let square = square.baseAddress
            else { return }
            let start = part.lowerBound
            kernels_adam(
              part.count, weights + start, gradient + start, mean + start, square + start, penalty,
              rate, Float(1 - Self.beta1), Float(1 - Self.beta2), Float(Self.epsilon))
          }
        }
      }
    }
  }
}
