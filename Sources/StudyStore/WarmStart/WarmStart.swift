package import PluginKit
import SystemFiles

/// Trials of another study that a search knows before its own first one.
package struct WarmStart: Sendable, Equatable {
  /// A complete trial of the other study.
  package struct Trial: Sendable, Equatable {
    /// Where it lies in this study's space; without the coordinates that the other study did not search.
    package let point: SearchPoint
    /// The value of the metric.
    package let value: Double

    package init(point: SearchPoint, value: Double) {
      self.point = point
      self.value = value
    }
  }

  /// The trials in the order of the other study.
  package let trials: [Trial]

  package init(trials: [Trial]) { self.trials = trials }

  /// The trials as a document, to be kept with a study that uses them.
  package var json: JSONValue {
    .array(
      trials.map {
        .object([("point", $0.point.json), ("value", .number($0.value))]).writingAllNumbers
      })
  }

  /// Reads what ``json`` gave; nil if a member is missing or of another type.
  package init?(json: JSONValue) {
    guard let elements = json.array else { return nil }
    trials = elements.compactMap { element in
      let element = element.readingAllNumbers
      guard let point = element["point"].flatMap(SearchPoint.init(json:)),
        let value = element["value"]?.number
      else { return nil }
      return Trial(point: point, value: value)
    }
    guard trials.count == elements.count else { return nil }
  }

  /// A hash of the trials: a study that knows others proposes others.
  package var digest: String { "sha256:" + SHA256.hexDigest(of: Array(json.text.utf8)) }
}
