import Evaluation
import PluginKit

extension JudgedModel {
  /// What the model does on each part of the rows.
  func json(_ classes: [String], seed: Seed) -> JSONValue {
    .object([
      ("model", .string(model)), ("trial", trial.map { .integer($0) } ?? .null),
      (
        "parts",
        .array(
          parts.map { name, rows in
            .object([("part", .string(name))] + rows.members(classes, seed: seed.keyed(name)))
          })
      ),
    ])
  }
}

extension JudgedPart {
  /// Beyond so many probabilities no interval is drawn for metrics that rank rows: the draws would take
  /// longer than many a search, and the interval is narrow.
  private static let rankedLimit = 1_000_000

  fileprivate func members(_ classes: [String], seed: Seed) -> [(String, JSONValue)] {
    let confusion = ConfusionMatrix(predictions)
    let rankings = RankingFigures(predictions)
    let curves = CurvePoints(rankings)
    return [
      ("rows", .integer(predictions.rowCount / repeats)),
      ("metrics", metrics(seed: seed)),
      ("per_class", perClass(classes, confusion, rankings)),
      (
        "confusion",
        .array(
          classes.indices.map { truth in
            .array(classes.indices.map { .count(confusion[truth, $0]) })
          })
      ),
      ("roc", .array(zip(classes, curves.roc).map(curve))),
      ("precision_recall", .array(zip(classes, curves.precisionRecall).map(curve))),
      ("reliability", reliability),
      ("margins", Margins(self).json(classes)),
    ]
  }

  private func metrics(seed: Seed) -> JSONValue {
    let values = MetricValues(of: predictions).all
    let judged = values.filter { isShortEnough($0.metric) }
    let intervals = ConfidenceInterval.of(
      judged.map(\.metric), predictions, seed: seed.keyed("interval"))
    var next = zip(judged, intervals).makeIterator()
    return .object(
      values.map { element in
        let interval = isShortEnough(element.metric) ? next.next()?.1 : nil
        let widened = interval?.widened(
          around: element.value, repeats: repeats, element.metric)
        return (
          element.metric.rawValue,
          .object([
            ("value", .number(element.value)),
            ("interval", widened.map { .array([.number($0.low), .number($0.high)]) } ?? .null),
          ])
        )
      })
  }

  /// Whether sampling the metric takes no more time than its interval is worth.
  private func isShortEnough(_ metric: Metric) -> Bool {
    ![.rocAUC, .averagePrecision].contains(metric)
      || predictions.probabilities.count <= Self.rankedLimit
  }

  private func perClass(
    _ classes: [String], _ confusion: ConfusionMatrix, _ rankings: RankingFigures
  ) -> JSONValue {
    let (areas, precisions) = (rankings.perClass(.rocAUC), rankings.perClass(.averagePrecision))
    return .array(
      confusion.perClass.enumerated().map { index, figures in
        .object([
          ("class", .string(classes[index])), ("rows", .count(figures.support)),
          ("precision", .number(figures.precision)), ("recall", .number(figures.recall)),
          ("f1", .number(figures.f1)),
          ("roc_auc", areas[index].map { .number($0) } ?? .null),
          ("average_precision", precisions[index].map { .number($0) } ?? .null),
        ])
      })
  }

  private func curve(_ name: String, _ points: [ClassRanking.Point]) -> JSONValue {
    .object([
      ("class", .string(name)), ("x", .array(points.map { .number($0.x) })),
      ("y", .array(points.map { .number($0.y) })),
    ])
  }

  private var reliability: JSONValue {
    let bins = CalibrationBins(predictions).bins
    let count = Double(bins.count)
    return .array(
      bins.enumerated().map { place, bin in
        .object([
          ("from", .number(Double(place) / count)), ("to", .number(Double(place + 1) / count)),
          ("rows", .count(bin.weight)),
          ("right", bin.weight > 0 ? .number(bin.right / bin.weight) : .null),
          ("confidence", bin.weight > 0 ? .number(bin.confidence / bin.weight) : .null),
        ])
      })
  }
}

extension JSONValue {
  /// A sum of row weights: a whole number where rows have none.
  static func count(_ sum: Double) -> JSONValue {
    Int(exactly: sum).map { .integer($0) } ?? .number(sum)
  }
}

/// The curves of all classes, with as many points as a figure can show.
private struct CurvePoints {
  let roc: [[ClassRanking.Point]]
  let precisionRecall: [[ClassRanking.Point]]

  init(_ figures: RankingFigures) {
    // Some 2,000 points in all, at least 20 and at most 200 for a class.
    let steps = Double(min(200, max(20, 2000 / figures.rankings.count)))
    roc = figures.rankings.map { Self.thinned($0.rocCurve(figures.weights), steps) }
    precisionRecall = figures.rankings.map {
      Self.thinned($0.precisionRecallCurve(figures.weights), steps)
    }
  }

  /// The ends, and of the other points those that are a step away from the one before.
  private static func thinned(
    _ points: [ClassRanking.Point], _ steps: Double
  ) -> [ClassRanking.Point] {
    guard Double(points.count) > 2 * steps else { return points }
    var kept: [ClassRanking.Point] = []
    for (place, point) in points.enumerated() {
      let isFar =
        kept.last.map { max(abs(point.x - $0.x), abs(point.y - $0.y)) * steps >= 1 } ?? true
      if isFar || place == points.count - 1 { kept.append(point) }
    }
    return kept
  }
}
