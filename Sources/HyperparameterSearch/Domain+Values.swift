package import PluginKit

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Values of a domain as positions in [0, 1]: equal lengths are equally likely.
///
/// A range is taken as it is, or its logarithm with `log`. A whole number owns the positions that round to
/// it: with range a...b those from a - 1/2 to b + 1/2, on the scale of the domain. A choice of m values
/// divides [0, 1] into m equal parts.
extension Domain {
  /// The value at a position in [0, 1].
  func value(at position: Double) -> ParameterValue {
    switch self {
    case .integer(let range, let log):
      let x = Self.interpolate(Self.extent(of: range, log: log), position, log: log)
      return .integer(Self.nearest(to: x, in: range))
    case .real(let range, let log):
      let x = Self.interpolate(range, position, log: log)
      return .real(Self.readable(x, in: range))
    case .choice(let values):
      return values[min(max(Int(position * Double(values.count)), 0), values.count - 1)]
    }
  }

  /// The position of a value: the middle of what it owns, at the border for a number outside of the range.
  ///
  /// - Returns: A number in [0, 1], or nil for a value of another kind.
  package func position(of value: ParameterValue) -> Double? {
    switch (self, value) {
    case (.integer(let range, let log), .integer(let x)):
      Self.position(of: Double(x), in: Self.extent(of: range, log: log), log: log)
    case (.real(let range, let log), .real(let x)): Self.position(of: x, in: range, log: log)
    case (.real(let range, let log), .integer(let x)):
      Self.position(of: Double(x), in: range, log: log)
    case (.choice(let values), _):
      values.firstIndex(of: value).map { (Double($0) + 0.5) / Double(values.count) }
    default: nil
    }
  }

  /// The values that a grid takes: `steps` of a range, evenly from end to end on its scale, or all choices.
  ///
  /// With one step it is the middle. Whole numbers that round to the same one are taken once.
  func gridValues(steps: Int) -> [ParameterValue] {
    precondition(steps >= 1, "a grid needs at least 1 step, got \(steps)")
    let fractions = steps == 1 ? [0.5] : (0..<steps).map { Double($0) / Double(steps - 1) }
    let values: [ParameterValue] =
      switch self {
      case .integer(let range, let log):
        fractions.map { fraction in
          let ends = Double(range.lowerBound)...Double(range.upperBound)
          let x = Self.interpolate(ends, fraction, log: log)
          return .integer(Self.nearest(to: x, in: range))
        }
      case .real(let range, let log):
        fractions.map { .real(Self.readable(Self.interpolate(range, $0, log: log), in: range)) }
      case .choice(let values): values
      }
    return values.removingRepeats()
  }

  /// A number rounded to 6 significant digits, and not beyond the ends of `range`.
  ///
  /// So a leaderboard shows exactly what was tried, and a person can type it again.
  static func readable(_ x: Double, in range: ClosedRange<Double>) -> Double {
    guard x != 0, x.isFinite else { return min(max(x, range.lowerBound), range.upperBound) }
    let exponent = 5 - Int(log10(abs(x)).rounded(.down))
    let power = powerOfTen(abs(exponent))
    let rounded = exponent >= 0 ? (x * power).rounded() / power : (x / power).rounded() * power
    return min(max(rounded, range.lowerBound), range.upperBound)
  }

  /// Exact up to 10²², so that the quotient of a whole number and a power is the nearest Double.
  private static func powerOfTen(_ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { power, _ in power * 10 }
  }

  private static func extent(of range: ClosedRange<Int>, log: Bool) -> ClosedRange<Double> {
    precondition(!log || range.lowerBound > 0, "a log range starts above 0, not at \(range)")
    return Double(range.lowerBound) - 0.5...Double(range.upperBound) + 0.5
  }

  private static func interpolate(
    _ range: ClosedRange<Double>, _ fraction: Double, log isLog: Bool
  ) -> Double {
    let (low, high) = (range.lowerBound, range.upperBound)
    if fraction <= 0 { return low }
    if fraction >= 1 { return high }
    guard isLog else { return low + fraction * (high - low) }
    precondition(low > 0, "a log range starts above 0, not at \(low)")
    return exp(log(low) + fraction * (log(high) - log(low)))
  }

  private static func position(
    of x: Double, in range: ClosedRange<Double>, log isLog: Bool
  ) -> Double {
    let (low, high) = (range.lowerBound, range.upperBound)
    if x <= low { return low < high ? 0 : 0.5 }
    if x >= high { return 1 }
    return isLog ? (log(x) - log(low)) / (log(high) - log(low)) : (x - low) / (high - low)
  }

  /// The comparison comes first: beyond the range a conversion to `Int` could overflow.
  private static func nearest(to x: Double, in range: ClosedRange<Int>) -> Int {
    let rounded = x.rounded()
    if rounded <= Double(range.lowerBound) { return range.lowerBound }
    if rounded >= Double(range.upperBound) { return range.upperBound }
    return Int(rounded)
  }
}

extension [ParameterValue] {
  /// The values without those that stand further ahead already.
  func removingRepeats() -> [ParameterValue] {
    var seen: Set<ParameterValue> = []
    return filter { seen.insert($0).inserted }
  }
}
