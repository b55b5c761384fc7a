public import PluginKit

extension DenseNetwork {
  /// Where the weights of the head start.
  public enum HeadInitialization: Sendable {
    /// Zeros: right where the head is all there is, since its problem is convex.
    case zeros
    /// Like hidden layers; needed behind them, which would otherwise get no derivative at first.
    case glorot
  }

  /// Draws the start of a training: Glorot-uniform weights and zero biases, as Keras does by default.
  ///
  /// The weights of a layer with a inputs and b outputs are uniform in ±√(6 / (a + b)).
  ///
  /// Reference: X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural
  /// networks", AISTATS 2010.
  ///
  /// - Parameters:
  ///   - architecture: The sizes.
  ///   - head: How the head starts.
  ///   - seed: The only source of randomness.
  public init(_ architecture: Architecture, head: HeadInitialization, seed: Seed) {
    var parameters = [Float](repeating: 0, count: architecture.parameterCount)
    for (index, layer) in architecture.layers.enumerated() {
      if index == architecture.hidden.count, head == .zeros { continue }
      var generator = seed.keyed("initial weights", index).generator()
      let limit = (6 / Double(layer.inputCount + layer.outputCount)).squareRoot()
      for position in 0..<layer.weights.count {
        let value = Float(limit * (2 * generator.uniform() - 1))
        let isHead = index == architecture.hidden.count
        parameters[isHead ? layer.headPlace(position) : layer.start + position] = value
      }
    }
    self.init(architecture, parameters: parameters)
  }
}
