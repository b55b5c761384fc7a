import Evaluation

extension ReportPage {
  private static let featureLimit = 20

  /// Which columns matter, and how: what `explanations` says; nil without it.
  var explanations: TemplateValues? {
    let found = report["explanations"]
    guard found.isPresent else { return nil }
    let dependence = dependenceCharts(found)
    let errors = worstErrors(found)
    return templateValues([
      "importance": importance(found)?.values,
      "dependence": dependence.map(\.values), "hasDependence": !dependence.isEmpty,
      "learningCurve": rowsCurve(found)?.values,
      "errors": errors, "hasErrors": !errors.isEmpty,
    ])
  }

  private func importance(_ found: ReportNode) -> Strips? {
    let all = found["importances"].elements
    let shown = all.prefix(Self.featureLimit)
    guard !shown.isEmpty else { return nil }
    let strips = shown.map { column -> Strips.Strip in
      let (mean, low, high) = (column["mean"].number, column["low"].number, column["high"].number)
      return .init(
        name: column["feature"].string ?? "", low: low ?? mean ?? 0, high: high ?? mean ?? 0,
        bar: (min(0, mean ?? 0), max(0, mean ?? 0)), mark: mean ?? 0,
        title: "\(FigureFormat.short(mean ?? 0)) (\(FigureFormat.short(low ?? 0)) to "
          + "\(FigureFormat.short(high ?? 0)))")
    }
    let left = all.count > shown.count ? " The first \(shown.count) of \(all.count) columns." : ""
    let words = found["metric"].string.map { $0.replacing("_", with: " ") } ?? metric.title
    return Strips(
      title: "Importance: how much \(words) is lost when a column is shuffled",
      description: "Bars are means over \(found["repeats"].words) shuffles, lines their spread, on "
        + "\(found["rows"].words) \(found["judged_on"].string ?? "judged") rows." + left,
      axis: Axis("loss of \(words)", holding: strips.flatMap { [$0.low, $0.high] } + [0]),
      strips: Array(strips), origin: 0)
  }

  /// The mean probability of each class over the values of a column, of the six first columns.
  private func dependenceCharts(_ found: ReportNode) -> [Chart] {
    let curves = found["partial_dependence"].elements
    var names: [String] = []
    for curve in curves {
      if let name = curve["feature"].string, !names.contains(name) { names.append(name) }
    }
    return names.prefix(6).map { name in
      dependenceChart(name, curves.filter { $0["feature"].string == name })
    }
  }

  private func dependenceChart(_ name: String, _ curves: [ReportNode]) -> Chart {
    let categories = curves.first?["x"].strings ?? []
    let places = categories.indices.map { Double($0) }
    let numbers = curves.flatMap { $0["x"].numbers }
    // The classes that the column moves most.
    let spread = { (curve: ReportNode) -> Double in
      let values = curve["y"].numbers
      return (values.max() ?? 0) - (values.min() ?? 0)
    }
    let order = curves.indices.sorted { (spread(curves[$1]), $0) < (spread(curves[$0]), $1) }
    let shown = order.prefix(5).sorted()
    var chart = Chart(
      title: "Partial dependence on \(name)",
      description: "The mean probability of a class if every row had this value of \(name).",
      x: categories.isEmpty
        ? Axis(name, holding: numbers)
        : Axis(name, holding: [], limits: -0.5...(Double(places.count) - 0.5)),
      y: Axis("mean probability", holding: [], limits: 0...1))
    chart.size = (320, 230)
    chart.categories = categories
    chart.series = shown.enumerated().map { style, index in
      let curve = curves[index]
      let values = curve["y"].numbers
      let points = zip(places, values).map { Chart.Point(x: $0, y: $1, title: "") }
      return .init(
        name: curve["class"].words, style: style,
        line: categories.isEmpty ? Array(zip(curve["x"].numbers, values)) : [], points: points)
    }
    return chart
  }

  /// The metric over the number of training rows.
  private func rowsCurve(_ found: ReportNode) -> Chart? {
    let points = found["learning_curve"].elements
    guard points.count > 1 else { return nil }
    let rows = points.map { $0["rows"].number ?? .nan }
    let training = points.map { $0["training"].number ?? .nan }
    let validation = points.map { $0["value"].number ?? .nan }
    var chart = Chart(
      title: "What more rows bring",
      description: "The \(metric.title) of the model on more and more of its training rows.",
      x: Axis("training rows", holding: rows, isLogarithmic: true),
      y: Axis(metric.title, holding: training + validation))
    chart.series = [
      .init(
        name: "validation", style: 0, line: Array(zip(rows, validation)),
        points: zip(rows, validation).map {
          .init(x: $0, y: $1, title: FigureFormat.fixed($1, digits: 4))
        }),
      .init(name: "training", style: 1, line: Array(zip(rows, training)), isDashed: true),
    ]
    return chart
  }

  private func worstErrors(_ found: ReportNode) -> [TemplateValues] {
    found["worst_errors"].elements.prefix(20).map { error in
      templateValues([
        "row": error["row"].count(), "label": error["class"].words,
        "predicted": error["predicted"].words,
        "probability": error["probability_of_class"].figure(digits: 4),
        "other": error["probability"].figure(digits: 4),
      ])
    }
  }
}
