import PluginKit

/// A bound that a metric has to keep, such as `accuracy>=0.97`.
package struct MetricRequirement: Sendable, Equatable {
  /// How a value stands to the bound.
  package enum Relation: String, Sendable, CaseIterable {
    case atLeast = ">="
    case atMost = "<="
    case above = ">"
    case below = "<"

    fileprivate var words: String {
      switch self {
      case .atLeast: "at least"
      case .atMost: "at most"
      case .above: "above"
      case .below: "below"
      }
    }
  }

  package let metric: Metric
  package let relation: Relation
  package let bound: Double

  /// Reads a requirement: a metric, a relation and a number, with or without spaces.
  ///
  /// - Throws: ``MetricRequirementError`` that says what is wrong with the text.
  package init(_ text: String) throws(MetricRequirementError) {
    guard let start = text.firstIndex(where: { "<>=".contains($0) }) else {
      throw MetricRequirementError(
        "'\(text)' is no requirement: write one such as 'accuracy>=0.97'")
    }
    let sign = text[start...].prefix { "<>=".contains($0) }
    guard let relation = Relation(rawValue: String(sign)) else {
      throw MetricRequirementError("'\(text)': '\(sign)' must be one of >=, <=, >, <")
    }
    let name = text[..<start].trimmed
    guard let metric = Metric(rawValue: name) else {
      let names = Metric.allCases.map(\.rawValue)
      let advice =
        nearestName(to: name, among: names).map { "did you mean '\($0)'?" }
        ?? "there are \(names.joined(separator: ", "))"
      throw MetricRequirementError("'\(text)': there is no metric '\(name)'; \(advice)")
    }
    let number = text[start...].dropFirst(sign.count).trimmed
    guard let bound = Double(number), bound.isFinite else {
      throw MetricRequirementError("'\(text)': '\(number)' must be a number")
    }
    guard metric.range.contains(bound) else {
      let (lowest, highest) = (metric.range.lowerBound, metric.range.upperBound)
      let fact = bound > highest ? "above \(highest)" : "below \(lowest)"
      throw MetricRequirementError("'\(text)': \(metric.rawValue) is never \(fact)")
    }
    self.metric = metric
    self.relation = relation
    self.bound = bound
  }

  /// Whether a value keeps the bound; NaN keeps none.
  package func isMet(by value: Double) -> Bool {
    switch relation {
    case .atLeast: value >= bound
    case .atMost: value <= bound
    case .above: value > bound
    case .below: value < bound
    }
  }

  /// What to say of values that don't keep the bound; nil where they do.
  package func failure(of values: MetricValues) -> String? {
    let value = values[metric] ?? .nan
    guard !isMet(by: value) else { return nil }
    let rounded = FigureFormat.fixed(value, digits: 4)
    // Rounding must not make it look as if the bound were kept.
    let shown = Double(rounded).map { isMet(by: $0) } ?? false ? "\(value)" : rounded
    return "\(metric.rawValue) must be \(relation.words) \(bound), got \(shown)"
  }
}

/// A requirement that can't be understood.
package struct MetricRequirementError: Error, Equatable, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}

extension StringProtocol {
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
