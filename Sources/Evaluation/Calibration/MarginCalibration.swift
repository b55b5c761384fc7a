import PluginKit

/// Turns decision scores into probabilities by a curve for each class.
///
/// The margin of class k in row i, which is not below 0 for the predicted class only, is
///
///     mᵢₖ = sᵢₖ - max { sᵢⱼ : j ≠ k },
///
/// the curve fₖ estimates the probability of class k at its margin and never falls, and the row's probabilities
/// are fₖ(mᵢₖ) divided by their sum. For two classes margins are m and -m.
///
/// Curves of different classes can cross, so that another class than the predicted one would come out on top.
/// Then the row's probabilities are those nearest to the curves' (by squares) in which it does not: the
/// predicted class shares the mean with as many of the classes above it as is needed, the most probable first.
/// So `argmax` of the probabilities is the prediction, for a pool of equal ones by the last bit.
package struct MarginCalibration: Sendable, Equatable {
  /// The curve of each class.
  package let curves: [CalibrationCurve]

  package init(curves: [CalibrationCurve]) { self.curves = curves }

  /// The probabilities of scores, row by row.
  func probabilities(of scores: ScoreMatrix) -> [Double] {
    let width = scores.columnCount
    precondition(width == curves.count, "\(width) classes have \(curves.count) curves")
    var probabilities = [Double](repeating: 0, count: scores.values.count)
    for row in 0..<scores.rowCount {
      let margins = RowMargins(scores.row(row))
      let places = row * width..<(row + 1) * width
      var sum = 0.0
      for (kind, place) in places.enumerated() {
        probabilities[place] = curves[kind].value(at: margins[kind])
        sum += probabilities[place]
      }
      for place in places { probabilities[place] /= sum }
      probabilities.pool(places.lowerBound + margins.predicted, among: places)
      probabilities.raise(places.lowerBound + margins.predicted, among: places)
    }
    return probabilities
  }

  /// The margins of a class in all rows.
  static func margins(of kind: Int, in scores: ScoreMatrix) -> [Double] {
    (0..<scores.rowCount).map { RowMargins(scores.row($0))[kind] }
  }
}

/// The margins of one row.
private struct RowMargins {
  let scores: ArraySlice<Float>
  /// The class with the largest score, the lowest of several.
  let predicted: Int
  private let largest: Float
  /// The largest score of the other classes.
  private let second: Float

  init(_ scores: some Collection<Float>) {
    let scores = ArraySlice(scores)
    self.scores = scores
    var best = scores.startIndex
    for place in scores.indices where scores[place] > scores[best] { best = place }
    predicted = best - scores.startIndex
    largest = scores[best]
    second = scores.indices.filter { [best] in $0 != best }.map { scores[$0] }.max() ?? largest
  }

  subscript(kind: Int) -> Double {
    Double(scores[scores.startIndex + kind]) - Double(kind == predicted ? second : largest)
  }
}

extension [Double] {
  /// Moves a row's probabilities to the nearest ones in which no class is above the predicted one.
  fileprivate mutating func pool(_ predicted: Int, among places: Range<Int>) {
    let above = places.filter { self[$0] > self[predicted] }
      .sorted { (self[$1], $0) < (self[$0], $1) }
    guard !above.isEmpty else { return }
    var (sum, pooled) = (self[predicted], [predicted])
    for place in above where self[place] * Double(pooled.count) > sum {
      sum += self[place]
      pooled.append(place)
    }
    let mean = sum / Double(pooled.count)
    for place in pooled { self[place] = mean }
    // The mean of those that were pooled first can round to less than the next one.
    for place in above where self[place] > mean { self[place] = mean }
  }
}

extension MarginCalibration {
  /// The curves as a JSON object.
  var json: JSONValue { .object([("margins", .array(curves.map(\.json)))]) }

  init?(json: JSONValue) {
    guard let parts = json["margins"]?.array, !parts.isEmpty else { return nil }
    curves = parts.compactMap(CalibrationCurve.init(json:))
    guard curves.count == parts.count else { return nil }
  }
}
