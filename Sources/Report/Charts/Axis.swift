import Evaluation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// An axis of a chart: what values it spans, and where its marks are.
struct Axis {
  let title: String
  let isLogarithmic: Bool
  /// The ends in the values' own unit, low below high.
  let low: Double
  let high: Double

  /// An axis that holds some values, with a little room at the ends.
  ///
  /// NaN and infinities are left out, on a logarithmic axis all up to 0, too; without values over 0 there is
  /// none. At `limits`, where the axis ends at the least, there is no room.
  init(
    _ title: String, holding values: [Double], isLogarithmic: Bool = false,
    limits: ClosedRange<Double>? = nil
  ) {
    let isLogarithmic = isLogarithmic && values.contains { $0 > 0 && $0.isFinite }
    let shown = values.filter { $0.isFinite && (!isLogarithmic || $0 > 0) }
    let ends = limits.map { [$0.lowerBound, $0.upperBound] } ?? []
    let all = (shown + ends).map { isLogarithmic ? log10($0) : $0 }
    let (least, most) = (all.min() ?? 0, all.max() ?? 1)
    let room = most > least ? 0.04 * (most - least) : max(abs(least) * 0.05, 0.05)
    let fits = { (end: Double) in limits.map { $0.contains(end) && ends.contains(end) } ?? false }
    let low = !isLogarithmic && fits(least) ? least : least - room
    let high = !isLogarithmic && fits(most) ? most : most + room
    self.title = title
    self.isLogarithmic = isLogarithmic
    self.low = isLogarithmic ? pow(10, low) : low
    self.high = isLogarithmic ? pow(10, high) : high
  }

  /// Where a value stands, 0 at the low end and 1 at the high one; nil where it can't be shown.
  func place(_ value: Double) -> Double? {
    guard value.isFinite, !isLogarithmic || value > 0 else { return nil }
    return isLogarithmic
      ? (log10(value) - log10(low)) / (log10(high) - log10(low)) : (value - low) / (high - low)
  }

  /// The values that are marked, ascending, some five of them.
  var marks: [Double] { isLogarithmic ? powers : steps }

  /// How a marked value is written.
  func label(_ value: Double) -> String {
    if isLogarithmic || value == 0 { return FigureFormat.short(value) }
    let digits = max(0, -Int((log10(step) + 1e-9).rounded(.down)))
    if abs(value) >= 1e6 || digits > 5 { return FigureFormat.short(value) }
    return digits == 0
      ? FigureFormat.grouped(Int(value)) : FigureFormat.fixed(value, digits: digits)
  }

  /// 1, 2 or 5 times a power of ten, so that there are four to eight marks.
  private var step: Double {
    let raw = (high - low) / 5
    let power = pow(10, log10(raw).rounded(.down))
    let factor = [1.0, 2, 5, 10].first { $0 * power >= raw * 0.999 } ?? 10
    return factor * power
  }

  private var steps: [Double] {
    let first = (low / step - 1e-9).rounded(.up)
    let last = (high / step + 1e-9).rounded(.down)
    guard first <= last else { return [low, high] }
    return stride(from: first, through: last, by: 1).map { $0 * step }
  }

  private var powers: [Double] {
    let first = Int(log10(low).rounded(.down))
    let last = Int(log10(high).rounded(.up))
    let stride = max(1, (last - first + 4) / 5)
    let whole = marked(factors: [1], (first...last).filter { $0 % stride == 0 })
    guard whole.count < 2 else { return whole }
    // Less than two powers of ten: values between them serve.
    let between = marked(factors: [1, 2, 5], Array(first...last))
    return between.count > 1 ? between : [low, high]
  }

  /// The products of factors and powers of ten that lie on the axis.
  private func marked(factors: [Double], _ exponents: [Int]) -> [Double] {
    var values: [Double] = []
    for exponent in exponents {
      for factor in factors {
        let value: Double = factor * pow(10, Double(exponent))
        if value >= low * 0.999, value <= high * 1.001 { values.append(value) }
      }
    }
    return values
  }
}
