#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
package import PluginKit

/// What prediction sets of a stated coverage are made of: the probabilities of the true classes of n rows that
/// the model was not trained on.
///
/// Let p₍₁₎ ≤ … ≤ p₍ₙ₎ be those probabilities. The set of a row for coverage c holds the classes of probability
///
///     p ≥ p₍ₖ₎,  k = ⌊(n + 1)(1 - c)⌋,
///
/// all classes where k is 0, and the most probable class always. If the row and the n rows can be exchanged,
/// its class is in the set with a probability of at least c: it misses only if its probability is among the k
/// smallest of n + 1. Sets of a higher coverage contain those of a lower one.
///
/// The theorem knows one model that has seen none of the n rows. Here the model was chosen by these rows and
/// may be trained again on them and others, which it does not cover.
///
/// References: M. Sadinle, J. Lei and L. Wasserman, "Least ambiguous set-valued classifiers with bounded
/// error levels", JASA 114, 2019; V. Vovk, A. Gammerman and G. Shafer, "Algorithmic Learning in a Random
/// World", 2005.
package struct ConformalSets: Sendable, Equatable {
  /// How many order statistics are kept at most.
  private static let limit = 500

  /// The number of rows n, at least 1.
  package let rowCount: Int
  /// The ranks of the order statistics that are kept, ascending and from 1: all up to n / 2, or about as
  /// many steps of equal ratio.
  let ranks: [Int]
  /// The order statistics of these ranks.
  let values: [Double]

  /// Takes what a model says about rows that it was not trained on.
  ///
  /// - Parameters:
  ///   - labels: The true class of each row, in `0..<classCount`; at least one row.
  ///   - probabilities: Row by row.
  ///   - classCount: The number of classes.
  package init(labels: [Int32], probabilities: [Double], classCount: Int) {
    precondition(
      !labels.isEmpty && probabilities.count == labels.count * classCount,
      "\(labels.count) rows of \(classCount) probabilities are needed, got \(probabilities.count)")
    let sorted = labels.indices.map { probabilities[$0 * classCount + Int(labels[$0])] }.sorted()
    rowCount = labels.count
    ranks = Self.keptRanks(of: rowCount)
    values = ranks.map { sorted[$0 - 1] }
  }

  private static func keptRanks(of count: Int) -> [Int] {
    let highest = (count + 1) / 2
    guard highest > limit else { return Array(1...highest) }
    let ratio = pow(Double(highest), 1 / Double(limit - 1))
    var ranks = [1]
    while let last = ranks.last, last < highest {
      ranks.append(min(highest, max(last + 1, Int(Double(last) * ratio))))
    }
    return ranks
  }

  /// The least probability of the classes in a set, 0 where it holds all.
  ///
  /// Where the rank k itself is not kept, the next lower one is taken: sets then are a little larger.
  ///
  /// - Parameter coverage: Over 0 and below 1.
  /// - Returns: In 0...1.
  package func threshold(coverage: Double) -> Double {
    let trials = Double(rowCount + 1)
    // 0.95 of 100 is meant to leave 5, whatever the binary fractions are.
    let rank = Int(trials - coverage * trials + 1e-9)
    return ranks.lastIndex { $0 <= rank }.map { values[$0] } ?? 0
  }

  /// The highest coverage whose sets can leave a class out.
  package var highestCoverage: Double { Double(rowCount) / Double(rowCount + 1) }
}

extension ConformalSets {
  /// The facts as a JSON object.
  package var json: JSONValue {
    .object([
      ("rows", .integer(rowCount)), ("ranks", .array(ranks.map { .integer($0) })),
      ("probabilities", .array(values.map { .number($0) })),
    ])
  }

  /// Reads what ``json`` gave; nil for anything else.
  package init?(json: JSONValue) {
    guard let rows = json["rows"]?.integer, let ranks = json["ranks"]?.array,
      let values = json["probabilities"]?.array
    else { return nil }
    rowCount = rows
    self.ranks = ranks.compactMap(\.integer)
    self.values = values.compactMap(\.number)
    guard let last = self.ranks.last, self.ranks[0] >= 1, last <= rows,
      self.ranks.count == ranks.count, self.values.count == values.count,
      ranks.count == values.count, values.count <= rows,
      zip(self.ranks, self.ranks.dropFirst()).allSatisfy({ $0 < $1 }),
      zip(self.values, self.values.dropFirst()).allSatisfy({ $0 <= $1 })
    else { return nil }
  }
}
