package import PluginKit

/// Values of metrics in the order of ``Metric``.
package struct MetricValues: Sendable, Equatable {
  /// One metric and its value.
  package struct Element: Sendable, Equatable {
    package let metric: Metric
    /// NaN where the metric is not defined.
    package let value: Double
  }

  package let all: [Element]

  /// Takes values of some metrics; those of a metric given twice are the first ones.
  package init(_ values: [(Metric, Double)] = []) {
    all = Metric.allCases.compactMap { metric in
      values.first { $0.0 == metric }.map { Element(metric: metric, value: $0.1) }
    }
  }

  /// Every metric of predictions.
  package init(of predictions: Predictions) {
    let confusion = ConfusionMatrix(predictions)
    let rankings = RankingFigures(predictions)
    self.init(
      Metric.allCases.map { metric in
        switch metric.declaration.measure {
        case .classes(let figure): (metric, figure(confusion))
        case .ranking: (metric, rankings.mean(metric))
        case .rows, .bins: (metric, metric.value(of: predictions))
        }
      })
  }

  /// The value of a metric, or nil where it was not measured.
  package subscript(metric: Metric) -> Double? {
    all.first { $0.metric == metric }?.value
  }

  package static func == (left: Self, right: Self) -> Bool {
    left.all.elementsEqual(right.all) {
      $0.metric == $1.metric && ($0.value == $1.value || $0.value.isNaN && $1.value.isNaN)
    }
  }

  /// An object with a member for each metric; NaN becomes null.
  package var json: JSONValue {
    .object(all.map { ($0.metric.rawValue, .number($0.value)) })
  }

  /// Reads what ``json`` wrote; metrics of later versions are left out.
  ///
  /// - Returns: nil if this is no object of numbers.
  package init?(json: JSONValue) {
    guard let members = json.members else { return nil }
    var values: [(Metric, Double)] = []
    for (name, value) in members {
      guard let number = value == .null ? .nan : value.number else { return nil }
      if let metric = Metric(rawValue: name) { values.append((metric, number)) }
    }
    self.init(values)
  }
}
