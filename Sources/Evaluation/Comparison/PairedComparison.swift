package import PluginKit

/// How an entry compares with the best one on the same rows.
///
/// Each entry is tested by itself: of twenty that are as good as the best, one may come out as worse.
package struct PairedComparison: Sendable, Equatable {
  /// Which test was made.
  package enum Test: String, Sendable, CaseIterable {
    /// Of the rows about which the two disagree, as many should be right by one as by the other.
    case mcNemar = "mcnemar"
    /// Student's test of the differences of the folds, which share training rows.
    case correctedT = "corrected-t"
    /// The differences in samples of the rows with replacement.
    case bootstrap
  }

  package let test: Test
  /// The entry's value of the search metric less that of the best.
  package let difference: Double
  /// How likely so large a difference, or a larger one, would be between two that are equally good.
  package let p: Double

  package init(test: Test, difference: Double, p: Double) {
    self.test = test
    self.difference = difference
    self.p = p
  }

  /// Whether the two can't be told from each other: p is 0.05 or more.
  package var isTie: Bool { p >= 0.05 }

  /// The comparison as a JSON object.
  package var json: JSONValue {
    .object([
      ("test", .string(test.rawValue)), ("difference", .number(difference)), ("p", .number(p)),
      ("tie", .bool(isTie)),
    ])
  }

  /// Reads what ``json`` gave; nil if a member is missing or of another type.
  package init?(json: JSONValue) {
    guard let test = json["test"]?.string.flatMap(Test.init(rawValue:)),
      let difference = json["difference"]?.number, let p = json["p"]?.number
    else { return nil }
    self.init(test: test, difference: difference, p: p)
  }
}
