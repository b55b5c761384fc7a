#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import PluginKit

/// Which distribution the projections are drawn from, and so which kernel is approximated: the words of
/// `kernel`.
enum FourierKernel: String, Sendable, CaseIterable {
  /// N(0, 1), for exp(-‖x - y‖² / 2s²).
  case gaussian
  /// The Cauchy distribution, for exp(-‖x - y‖₁ / s).
  case laplacian
  /// Keras' initializer: a normal distribution of standard deviation √(2 / (d + D)), cut off at two of them.
  case glorotNormal = "glorot-normal"
  /// Keras' initializer: N(0, 0.05²).
  case randomNormal = "random-normal"

  /// Whether each projection gives a cosine and a sine; Keras' initializers give cosines with phases.
  var isPaired: Bool { self == .gaussian || self == .laplacian }

  /// The scale that stands for `auto`, as in Keras.
  func automaticScale(columnCount: Int) -> Double {
    self == .gaussian ? (Double(max(columnCount, 1)) / 2).squareRoot() : 1
  }

  /// The standard deviation of the weights, which a kernel width must be divided by.
  func standardDeviation(columnCount: Int, featureCount: Int) -> Double {
    switch self {
    case .gaussian, .laplacian: 1
    case .glorotNormal: (2 / Double(columnCount + featureCount)).squareRoot()
    case .randomNormal: 0.05
    }
  }

  /// One weight, before it is multiplied by ``standardDeviation(columnCount:featureCount:)``.
  func draw(_ generator: inout SeededGenerator) -> Double {
    switch self {
    case .gaussian, .randomNormal: return generator.normal()
    case .laplacian: return tan(.pi * (generator.uniform() - 0.5))
    case .glorotNormal:
      while true {
        let value = generator.normal()
        // What is left between -2 and 2 has the standard deviation 0.8796; Keras divides by it.
        if abs(value) <= 2 { return value / 0.87962566103423978 }
      }
    }
  }

  /// The value of the approximated kernel for two rows.
  func value(_ left: ArraySlice<Float>, _ right: ArraySlice<Float>, width: Double) -> Double {
    var distance = 0.0
    for (a, b) in zip(left, right) {
      let difference = Double(a) - Double(b)
      distance += self == .laplacian ? abs(difference) : difference * difference
    }
    return self == .laplacian ? exp(-distance / width) : exp(-distance / (2 * width * width))
  }
}

/// How projections depend on each other: the words of `draw`.
enum FourierDraw: String, Sendable, CaseIterable {
  /// Independently of each other.
  case plain
  /// Orthogonal in blocks of as many as there are columns.
  case orthogonal
}
