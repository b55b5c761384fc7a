import PluginKit

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Points that fill a unit cube more evenly than random ones, for any number of them.
///
/// The additive recurrence x_n = shift + n α (mod 1) with α_k = φ^-k, where φ > 1 solves φ^(d+1) = φ + 1: the
/// golden ratio for d = 1. The shift is random, so that another seed gives another start.
///
/// Reference: M. Roberts, "The unreasonable effectiveness of quasirandom sequences", 2018,
/// extremelearning.com.au; the shift is that of R. Cranley and T. Patterson, SIAM J. Numer. Anal. 13(6), 1976.
struct QuasiRandomSequence {
  private let shift: [Double]
  private let step: [Double]

  init(dimensions: Int, seed: Seed) {
    var generator = seed.generator()
    var ratio = 2.0
    for _ in 0..<64 { ratio = pow(1 + ratio, 1 / Double(dimensions + 1)) }
    shift = (0..<dimensions).map { _ in generator.uniform() }
    step = (0..<dimensions).map { pow(1 / ratio, Double($0 + 1)) }
  }

  /// The position of a point along a dimension, in [0, 1).
  func position(_ index: Int, along dimension: Int) -> Double {
    let x = shift[dimension] + Double(index) * step[dimension]
    return x - x.rounded(.down)
  }
}
