#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The probability that Student's t is at least so far from 0, on either side.
///
/// It is the regularised incomplete beta function Iₓ(ν/2, 1/2) at x = ν/(ν + t²), by Lentz's continued fraction.
/// Its error is below 10⁻¹² for up to some thousands of degrees of freedom.
///
/// Reference: W. H. Press et al., "Numerical Recipes", 3rd edition, 2007, section 6.4.
///
/// - Parameters:
///   - t: 0 or more; infinite gives 0.
///   - degreesOfFreedom: ν, over 0.
/// - Returns: A number in 0...1.
package func studentTail(_ t: Double, degreesOfFreedom: Double) -> Double {
  guard t > 0 else { return 1 }
  guard t.isFinite else { return 0 }
  return incompleteBeta(
    degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5)
}

private func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
  guard x > 0 else { return 0 }
  guard x < 1 else { return 1 }
  let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
  // The fraction converges quickly on this side of the mean, and the other side is its mirror image.
  return x < (a + 1) / (a + b + 2)
    ? front * betaFraction(x, a, b) / a : 1 - front * betaFraction(1 - x, b, a) / b
}

private func betaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
  let tiny = 1e-300
  func guarded(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
  var c = 1.0
  var d = 1 / guarded(1 - (a + b) * x / (a + 1))
  var fraction = d
  for step in 1...300 {
    let m = Double(step)
    for numerator in [
      m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
      -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
    ] {
      d = 1 / guarded(1 + numerator * d)
      c = guarded(1 + numerator / c)
      fraction *= d * c
    }
    if abs(d * c - 1) < 1e-15 { break }
  }
  return fraction
}
