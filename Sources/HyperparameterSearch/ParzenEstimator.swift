import PluginKit

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A density over the points of one entry, estimated from some of them.
///
/// With N points it is the mean of N + 1 components: the even density, and for each point a product of one
/// kernel per dimension. In this way it keeps what belongs together in a point, such as a wide kernel and a
/// weak penalty. Densities are relative to the even one, which is 1 everywhere, so that a dimension that
/// does not exist at a place contributes the factor 1.
///
/// * A range: a normal density around the point's position, cut off at the ends of [0, 1].
/// * A choice of m values: the point's own value has the probability (1 + a) / (1 + m a) and each other
///   a / (1 + m a), with a = 1 / (N + 1): as in Optuna's `TPESampler`.
///
/// Evaluating costs O(N · dimensions).
struct ParzenEstimator {
  /// The positions of one point, by dimension; nil where it has no value.
  typealias Positions = [Double?]

  private struct Normal {
    let mean: Double
    let deviation: Double
    /// One over the integral over [0, 1] of exp(-z²/2).
    let scale: Double

    init(mean: Double, deviation: Double) {
      self.mean = mean
      self.deviation = deviation
      func below(_ x: Double) -> Double { erf((x - mean) / (deviation * 2.squareRoot())) }
      scale = 1 / (deviation * (Double.pi / 2).squareRoot() * (below(1) - below(0)))
    }

    func density(at x: Double) -> Double {
      let z = (x - mean) / deviation
      return scale * exp(-0.5 * z * z)
    }

    /// By rejection: as the mean lies in [0, 1] and the deviation is at most 1, a third is accepted at least.
    func draw(_ generator: inout SeededGenerator) -> Double {
      for _ in 0..<100 {
        let x = mean + deviation * generator.normal()
        if (0...1).contains(x) { return x }
      }
      return mean
    }
  }

  private enum Kernel {
    case even
    case normal(Normal)
    case choice(index: Int, count: Int, smoothing: Double)

    func density(at position: Double) -> Double {
      switch self {
      case .even: return 1
      case .normal(let normal): return normal.density(at: position)
      case .choice(let index, let count, let smoothing):
        let isOwn = min(Int(position * Double(count)), count - 1) == index
        let size = Double(count)
        return size * (smoothing + (isOwn ? 1 : 0)) / (1 + size * smoothing)
      }
    }

    func draw(_ generator: inout SeededGenerator) -> Double {
      switch self {
      case .even: return generator.uniform()
      case .normal(let normal): return normal.draw(&generator)
      case .choice(let index, let count, let smoothing):
        let size = Double(count)
        guard generator.uniform() * (1 + size * smoothing) < 1 else { return generator.uniform() }
        return (Double(index) + 0.5) / size
      }
    }
  }

  private let entry: SearchSpace.Entry
  /// One row per component but the even one: a kernel per dimension.
  private let components: [[Kernel]]

  /// Estimates the density that `points` came from.
  init(entry: SearchSpace.Entry, points: [Positions]) {
    self.entry = entry
    let deviation = Self.deviation(count: points.count, dimensions: entry.dimensions.count)
    components = points.map { positions in
      zip(entry.dimensions, positions).map { dimension, position in
        guard let position else { return .even }
        if case .choice(let values) = dimension.domain {
          let index = min(Int(position * Double(values.count)), values.count - 1)
          return .choice(
            index: index, count: values.count, smoothing: 1 / Double(points.count + 1))
        }
        return .normal(Normal(mean: position, deviation: deviation))
      }
    }
  }

  /// The deviation of all normal kernels, for ranges of length 1.
  ///
  /// Scott's rule n^(-1/(d+4)) with the factor 0.2, as in Optuna's multivariate sampler: it falls slowly, so that
  /// the good points of a plateau do not shut the search into the first place found.
  private static func deviation(count: Int, dimensions: Int) -> Double {
    0.2 * pow(Double(max(count, 1)), -1 / Double(dimensions + 4))
  }

  /// The density at a point, relative to the even one.
  func density(at positions: Positions) -> Double {
    var sum = 1.0
    for kernels in components {
      var product = 1.0
      for (kernel, position) in zip(kernels, positions) {
        if let position { product *= kernel.density(at: position) }
      }
      sum += product
    }
    return sum / Double(components.count + 1)
  }

  /// Draws a point from the density.
  func draw(_ generator: inout SeededGenerator) -> SearchPoint {
    let component = generator.index(below: components.count + 1)
    guard component < components.count else { return entry.point { _ in generator.uniform() } }
    return entry.point { components[component][$0].draw(&generator) }
  }
}

extension SearchSpace.Entry {
  /// Where the values of a point lie; nil for dimensions of which it has no value.
  func positions(of point: SearchPoint) -> ParzenEstimator.Positions {
    dimensions.map { dimension in
      point[dimension.name].flatMap { dimension.domain.position(of: $0) }
    }
  }
}
