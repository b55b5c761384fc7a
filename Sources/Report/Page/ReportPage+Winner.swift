import Evaluation

extension ReportPage {
  /// Figures of classes that a chart can tell apart.
  private static let curveLimit = 6
  /// Classes that a matrix of numbers can show.
  private static let matrixLimit = 16
  private static let stripLimit = 40

  /// What the kept model does; nil where there is none.
  var winner: TemplateValues? {
    let winner = report["winner"]
    let parts = winner["parts"].elements
    guard let part = parts.first else { return nil }
    let rows = part["rows"].figure { FigureFormat.counted(Int($0), "row") }
    return templateValues([
      "model": winner["model"].string,
      "trial": winner["trial"].isPresent ? winner["trial"].words : nil,
      "part": part["part"].string, "rows": rows,
      "parts": parts.map { $0["part"].string ?? "" }, "metrics": metricRows(parts),
      "matrix": matrix(part), "mistakes": mistakes(part), "hasMistakes": !mistakes(part).isEmpty,
      "classes": classRows(part),
      "roc": curveChart(part, "roc")?.values,
      "precisionRecall": curveChart(part, "precision_recall")?.values,
      "reliability": reliability(part).values, "bins": bins(part),
      "margins": margins(part)?.values,
    ])
  }

  /// Every metric on every part, with its interval.
  private func metricRows(_ parts: [ReportNode]) -> [TemplateValues] {
    report["metrics"].elements.map { fact in
      let id = fact["id"].string ?? ""
      let figures = parts.map { part in
        let figure = part["metrics"][id]
        return templateValues([
          "value": figure["value"].figure(digits: 4),
          "low": figure["interval"][0].figure(digits: 4),
          "high": figure["interval"][1].figure(digits: 4),
        ])
      }
      return templateValues([
        "title": fact["title"].string, "formula": fact["formula"].string, "figures": figures,
        "isChosen": id == metric.id,
        "direction": fact["direction"].string == "minimize" ? "lower is better" : nil,
      ])
    }
  }

  // MARK: Classes

  private func matrix(_ part: ReportNode) -> TemplateValues? {
    let classes = report["classes"].strings
    guard classes.count <= Self.matrixLimit else { return nil }
    let rows = part["confusion"].elements.enumerated().map { truth, row -> TemplateValues in
      let total = max(row.numbers.reduce(0, +), 1e-300)
      let cells = row.elements.enumerated().map { index, cell in
        templateValues([
          "count": cell.count(), "isRight": index == truth,
          "isNone": cell.number == 0,
          // Half of the colour at the most, so that the text stays legible.
          "share": FigureFormat.fixed(55 * (cell.number ?? 0) / total, digits: 0),
        ])
      }
      return ["class": classes[truth], "cells": cells]
    }
    return ["classes": classes, "rows": rows]
  }

  /// The most frequent mistakes.
  private func mistakes(_ part: ReportNode) -> [TemplateValues] {
    let classes = report["classes"].strings
    var all: [(truth: Int, prediction: Int, cell: ReportNode, count: Double)] = []
    for (truth, row) in part["confusion"].elements.enumerated() {
      for (prediction, cell) in row.elements.enumerated() where prediction != truth {
        if let count = cell.number, count > 0 { all.append((truth, prediction, cell, count)) }
      }
    }
    all.sort { ($1.count, $0.truth, $0.prediction) < ($0.count, $1.truth, $1.prediction) }
    return all.prefix(classes.count > Self.matrixLimit ? 20 : 8).map { mistake in
      templateValues([
        "class": classes[mistake.truth], "prediction": classes[mistake.prediction],
        "count": mistake.cell.count(),
      ])
    }
  }

  private func classRows(_ part: ReportNode) -> [TemplateValues] {
    part["per_class"].elements.map { figures in
      templateValues([
        "class": figures["class"].string, "rows": figures["rows"].count(),
        "precision": figures["precision"].figure(digits: 4),
        "recall": figures["recall"].figure(digits: 4), "f1": figures["f1"].figure(digits: 4),
        "area": figures["roc_auc"].figure(digits: 4),
        "averagePrecision": figures["average_precision"].figure(digits: 4),
      ])
    }
  }

  // MARK: Curves

  /// The ROC or precision-recall curves of all classes, or of those with the smallest figure.
  private func curveChart(_ part: ReportNode, _ name: String) -> Chart? {
    let isROC = name == "roc"
    let figure = isROC ? "roc_auc" : "average_precision"
    let figures = part["per_class"].elements.map { $0[figure].number }
    let judged = part[name].elements.enumerated().filter { !$0.element["x"].numbers.isEmpty }
    guard !judged.isEmpty else { return nil }
    let worst = judged.sorted {
      (figures[$0.offset] ?? 2, $0.offset) < (figures[$1.offset] ?? 2, $1.offset)
    }
    let shown = worst.prefix(Self.curveLimit).sorted { $0.offset < $1.offset }
    let words = shown.map { place, curve in
      "\(curve["class"].string ?? ""): \(figures[place].map { FigureFormat.fixed($0, digits: 4) } ?? "-")"
    }
    let left =
      judged.count > shown.count
      ? " These are the \(shown.count) of \(judged.count) classes with the smallest figures." : ""
    var chart = Chart(
      title: isROC
        ? "ROC curves, each class against the others" : "Precision and recall of each class",
      description: (isROC ? "Area: " : "Average precision: ") + words.joined(separator: ", ") + "."
        + left,
      x: Axis(isROC ? "other rows taken for the class" : "recall", holding: [], limits: 0...1),
      y: Axis(isROC ? "rows of the class found" : "precision", holding: [], limits: 0...1))
    if isROC { chart.diagonal = ((0, 0), (1, 1), "chance") }
    chart.series = shown.enumerated().map { style, element in
      .init(
        name: element.element["class"].string ?? "", style: style,
        line: Array(zip(element.element["x"].numbers, element.element["y"].numbers)))
    }
    return chart
  }

  // MARK: Probabilities and margins

  private func reliability(_ part: ReportNode) -> Chart {
    let filled = part["reliability"].elements.filter { $0["right"].isPresent }
    let error = part["metrics"]["calibration_error"]["value"].number
    var chart = Chart(
      title: "Reliability: how often the model is right when it is so sure",
      description: "On the dashed line probabilities are what they say. Calibration error "
        + "\(error.map { FigureFormat.fixed($0, digits: 4) } ?? "-").",
      x: Axis("probability of the predicted class", holding: [], limits: 0...1),
      y: Axis("share of right predictions", holding: [], limits: 0...1))
    chart.diagonal = ((0, 0), (1, 1), "as sure as right")
    let pairs = filled.compactMap { bin -> (Double, Double, String)? in
      guard let x = bin["confidence"].number, let y = bin["right"].number else { return nil }
      return (x, y, bin["rows"].words)
    }
    chart.series = [
      .init(
        name: "bins of rows", style: 0, line: pairs.map { ($0.0, $0.1) },
        points: pairs.map {
          .init(
            x: $0.0, y: $0.1,
            title: "\($0.2) rows: probability \(FigureFormat.fixed($0.0, digits: 3)), right "
              + FigureFormat.fixed($0.1, digits: 3))
        })
    ]
    return chart
  }

  private func bins(_ part: ReportNode) -> [TemplateValues] {
    part["reliability"].elements.filter { $0["right"].isPresent }.map { bin in
      templateValues([
        "from": bin["from"].figure(digits: 3), "to": bin["to"].figure(digits: 3),
        "rows": bin["rows"].count(), "right": bin["right"].figure(digits: 4),
        "confidence": bin["confidence"].figure(digits: 4),
      ])
    }
  }

  private func margins(_ part: ReportNode) -> Strips? {
    let all = part["margins"].elements.filter { $0["quantiles"]["0.5"].isPresent }
    guard !all.isEmpty else { return nil }
    let lowest = all.sorted {
      ($0["quantiles"]["0.5"].number ?? 0) < ($1["quantiles"]["0.5"].number ?? 0)
    }
    let shown = all.count > Self.stripLimit ? Array(lowest.prefix(Self.stripLimit)) : all
    let strips = shown.map { margins -> Strips.Strip in
      func at(_ share: String) -> Double { margins["quantiles"][share].number ?? .nan }
      return .init(
        name: margins["class"].string ?? "", low: at("0.05"), high: at("0.95"),
        bar: (at("0.25"), at("0.75")), mark: at("0.5"),
        title: "median \(FigureFormat.short(at("0.5"))); "
          + "\(margins["negative"].words) of \(margins["rows"].words) rows below 0")
    }
    let left = shown.count < all.count ? " The \(shown.count) classes with the lowest medians." : ""
    return Strips(
      title: "Margins: the score of the own class less the best other one",
      description:
        "Rows below 0 are mistakes. Lines hold 90 % of a class's rows, bars half of them."
        + left,
      axis: Axis("margin", holding: strips.flatMap { [$0.low, $0.high] } + [0]), strips: strips,
      origin: 0)
  }
}
