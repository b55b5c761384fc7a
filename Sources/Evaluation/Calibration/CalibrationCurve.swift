#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import PluginKit

/// A curve from a class' margin to its probability that never falls and stays between 0 and 1, both apart.
package enum CalibrationCurve: Sendable, Equatable {
  /// 1 / (1 + exp(-(slope · margin + offset))), with a slope of 0 or more.
  case sigmoid(slope: Double, offset: Double)
  /// Straight lines between knots at ascending margins, level beyond the first and the last one.
  case knots(margins: [Double], values: [Double])

  /// The probability at a margin.
  func value(at margin: Double) -> Double {
    switch self {
    case .sigmoid(let slope, let offset):
      // A class that is all but excluded keeps a number that divides.
      return max(1 / (1 + exp(-(slope * margin + offset))), .leastNormalMagnitude)
    case .knots(let margins, let values):
      var (low, high) = (0, margins.count)
      while low < high {
        let middle = (low + high) / 2
        if margins[middle] < margin { low = middle + 1 } else { high = middle }
      }
      guard low > 0 else { return values[0] }
      guard low < margins.count else { return values[low - 1] }
      let share = (margin - margins[low - 1]) / (margins[low] - margins[low - 1])
      return values[low - 1] + share * (values[low] - values[low - 1])
    }
  }
}

extension CalibrationCurve {
  /// The curve as a JSON object.
  var json: JSONValue {
    switch self {
    case .sigmoid(let slope, let offset):
      .object([("slope", .number(slope)), ("offset", .number(offset))])
    case .knots(let margins, let values):
      .object([
        ("knots", .array(margins.map { .number($0) })),
        ("values", .array(values.map { .number($0) })),
      ])
    }
  }

  /// Reads what ``json`` gave; nil for anything else, such as a curve that falls.
  init?(json: JSONValue) {
    if let slope = json["slope"]?.number, let offset = json["offset"]?.number {
      guard slope >= 0, slope.isFinite, offset.isFinite else { return nil }
      self = .sigmoid(slope: slope, offset: offset)
      return
    }
    guard let knots = json["knots"]?.array, let values = json["values"]?.array else { return nil }
    let (margins, probabilities) = (knots.compactMap(\.number), values.compactMap(\.number))
    guard !knots.isEmpty, margins.count == knots.count, probabilities.count == knots.count,
      margins.allSatisfy(\.isFinite), zip(margins, margins.dropFirst()).allSatisfy({ $0 < $1 }),
      probabilities.allSatisfy({ $0 > 0 && $0 < 1 }),
      zip(probabilities, probabilities.dropFirst()).allSatisfy({ $0 <= $1 })
    else { return nil }
    self = .knots(margins: margins, values: probabilities)
  }
}
