import Foundation
import PluginKit

extension SearchPoint {
  /// The value of a number, NaN where there is none.
  func number(_ name: String) -> Double {
    switch self[name] {
    case .real(let x)?: x
    case .integer(let x)?: Double(x)
    default: .nan
    }
  }

  /// The decimal logarithm of a number.
  func decades(_ name: String) -> Double { log10(number(name)) }

  /// The point as people write it, to compare with.
  var text: String {
    ([entry] + coordinates.map { "\($0.name)=\($0.value)" }).joined(separator: " ")
  }
}

extension SearchSpace {
  /// Whether a point lies in the space and has exactly the coordinates that exist there.
  func contains(_ point: SearchPoint) -> Bool {
    guard let entry = entries.first(where: { $0.name == point.entry }) else { return false }
    let existing = entry.dimensions.filter { dimension in
      guard let condition = dimension.condition else { return true }
      return point[condition.parameter].map(condition.isOneOf.contains) ?? false
    }
    return point.coordinates.map(\.name) == existing.map(\.name)
      && zip(existing, point.coordinates).allSatisfy { $0.domain.contains($1.value) }
  }

  /// A space of one to three entries with up to four dimensions each.
  ///
  /// - Parameters:
  ///   - seed: Says which space.
  ///   - isFinite: Leaves out real numbers.
  /// - Returns: A space in which some dimensions exist only for some values of others.
  static func random(seed: UInt64, isFinite: Bool) -> SearchSpace {
    var generator = SeededGenerator(seed: seed)
    let entries = (0...generator.index(below: 3)).map { entry in
      let dimensions = (0..<generator.index(below: 5)).map { dimension in
        // Dimension 0 is a choice on which the later ones may depend.
        SearchDimension(
          name: "d\(dimension)",
          domain: dimension == 0 ? .choice(words(3)) : domain(&generator, isFinite),
          steps: 1 + generator.index(below: 4),
          condition: dimension > 0 && generator.index(below: 2) == 0
            ? .init("d0", isOneOf: ["w1", "w2"]) : nil)
      }
      return Entry(name: "entry-\(entry)", dimensions: dimensions)
    }
    return SearchSpace(entries: entries)
  }

  private static func domain(_ generator: inout SeededGenerator, _ isFinite: Bool) -> Domain {
    let low = 1 + generator.index(below: 4)
    switch generator.index(below: isFinite ? 3 : 5) {
    case 0: return .choice(words(1 + generator.index(below: 3)))
    case 1: return .integer(-low...generator.index(below: 3))
    case 2: return .integer(low...low + generator.index(below: 4), log: true)
    case 3: return .real(-1.234_567_89...Double(low) / 3)
    default: return .real(1e-9 / 3...Double(low) / 7, log: true)
    }
  }

  private static func words(_ count: Int) -> [ParameterValue] {
    (0..<count).map { .text("w\($0)") }
  }
}

extension Domain {
  fileprivate func contains(_ value: ParameterValue) -> Bool {
    switch (self, value) {
    case (.integer(let range, _), .integer(let x)): range.contains(x)
    case (.real(let range, _), .real(let x)): range.contains(x)
    case (.choice(let values), _): values.contains(value)
    default: false
    }
  }
}
