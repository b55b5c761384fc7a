#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import PluginKit

/// The exponential function.
func exponential(_ x: Double) -> Double { exp(x) }

/// log n!.
func logFactorial(_ n: Int) -> Double { lgamma(Double(n) + 1) }

/// A number with so many digits after the point.
func rounded(_ value: Double, _ digits: Int) -> Double {
  let factor = pow(10, Double(digits))
  return (value * factor).rounded() / factor
}

extension FeatureMatrix {
  /// The column with the largest score of each row; ties go to the first.
  func largestColumns() -> [Int32] {
    (0..<rowCount).map { row in
      let scores = self.row(row)
      let best = scores.indices.reduce(scores.startIndex) { scores[$1] > scores[$0] ? $1 : $0 }
      return Int32(best - scores.startIndex)
    }
  }
}
