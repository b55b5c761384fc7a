import Evaluation
import PluginKit

/// A hyperparameter of some trials: where each value stands between the least and the greatest.
struct ParameterAxis {
  let name: String
  let axis: Axis
  /// The values that are no numbers, in their order; empty for numbers.
  let categories: [String]

  /// Makes the axis of a parameter, logarithmic where values span more than a factor of 50.
  ///
  /// - Returns: nil if there are no two different values.
  init?(_ name: String, _ values: [JSONValue]) {
    let present = values.filter { $0 != .null }
    let numbers = present.compactMap(\.number)
    // A word among numbers, such as `auto`, has no place on their axis and is left out.
    if numbers.count > present.count / 2, let low = numbers.min(), let high = numbers.max() {
      guard low < high else { return nil }
      categories = []
      axis = Axis(name, holding: numbers, isLogarithmic: low > 0 && high / low > 50)
    } else {
      var words: [String] = []
      for word in present.map({ FigureFormat.parameter($0) }) where !words.contains(word) {
        words.append(word)
      }
      guard words.count > 1 else { return nil }
      categories = words.sorted()
      axis = Axis(
        name, holding: [], limits: -0.5...(Double(words.count) - 0.5))
    }
    self.name = name
  }

  /// The value as a number on the axis.
  func number(_ value: JSONValue) -> Double? {
    categories.isEmpty
      ? value.number
      : categories.firstIndex(of: FigureFormat.parameter(value)).map { Double($0) }
  }
}

/// Trials as lines across the axes of their parameters, with the score as the last axis; the best tenth, or
/// the best three, are drawn boldly.
struct ParallelCoordinates {
  static let width = 920.0
  static let height = 260.0
  /// More lines than these make a blot: the best are drawn.
  static let lineLimit = 250

  let model: String
  let parameters: [ParameterAxis]
  let score: Axis
  /// The best first.
  let trials: [RankedTrial]
  let metric: MetricWords

  private let top = 34.0
  private let bottom = 222.0
  private let side = 62.0

  var values: TemplateValues {
    let shown = Array(trials.prefix(Self.lineLimit))
    let bold = max(min(3, trials.count), trials.count / 10)
    let lines = shown.enumerated().reversed().map { place, trial -> TemplateValues in
      ["path": path(trial), "isBold": place < bold, "title": title(trial)]
    }
    let left =
      trials.count > shown.count
      ? " Of \(trials.count) trials the best \(shown.count) are drawn." : ""
    return [
      "title": "Settings of \(model)",
      "description": "Each line is a trial; the best \(bold) of \(trials.count) are bold." + left,
      "width": short(Self.width), "height": short(Self.height), "top": short(top),
      "bottom": short(bottom), "lines": lines, "axes": axes,
    ]
  }

  private func x(_ place: Int) -> Double {
    side + Double(place) * (Self.width - 2 * side) / Double(parameters.count)
  }

  private func y(_ place: Double) -> Double { bottom - min(max(place, 0), 1) * (bottom - top) }

  private func path(_ trial: RankedTrial) -> String {
    let places = parameters.map { parameter in
      parameter.number(trial.entry["parameters"][parameter.name].value)
        .flatMap { parameter.axis.place($0) }
    }
    var path = ""
    for (index, place) in (places + [score.place(trial.value)]).enumerated() {
      guard let place else { continue }
      path += (path.isEmpty ? "M" : "L") + short(x(index)) + " " + short(y(place))
    }
    return path
  }

  private func title(_ trial: RankedTrial) -> String {
    let settings = parameters.map { "\($0.name)=\(trial.entry["parameters"][$0.name].words)" }
    return trial.title(metric) + "; " + settings.joined(separator: " ")
  }

  private var axes: [TemplateValues] {
    let titles = parameters.map(\.name) + [metric.title]
    let marks = parameters.map(marks) + [marks(score)]
    return titles.enumerated().map { index, title in
      [
        "x": short(x(index)), "labelX": short(x(index) - 6), "title": title,
        "titleY": short(Self.height - 14), "marks": marks[index],
      ]
    }
  }

  private func marks(_ parameter: ParameterAxis) -> [TemplateValues] {
    guard !parameter.categories.isEmpty else { return marks(parameter.axis) }
    return parameter.categories.enumerated().compactMap { index, word in
      parameter.axis.place(Double(index)).map {
        ["y": short(y($0)), "labelY": short(y($0) + 4), "label": String(word.prefix(14))]
      }
    }
  }

  private func marks(_ axis: Axis) -> [TemplateValues] {
    axis.marks.compactMap { mark in
      axis.place(mark).map {
        ["y": short(y($0)), "labelY": short(y($0) + 4), "label": axis.label(mark)]
      }
    }
  }
}

extension ReportPage {
  /// A figure for each model with two or more parameters that were varied in five or more trials.
  func parallelFigures(_ trials: [RankedTrial]) -> [TemplateValues] {
    models.names.compactMap { name in
      let own = trials.filter { $0.model == name }
      let parameters = variedParameters(own)
      guard own.count >= 5, parameters.count >= 2 else { return nil }
      return ParallelCoordinates(
        model: name, parameters: Array(parameters.prefix(8)), score: metricAxis(own.map(\.value)),
        trials: own, metric: metric
      ).values
    }
  }

  /// Score over each parameter that was varied, at most 24 figures.
  func slices(_ trials: [RankedTrial]) -> [Chart] {
    let all = models.names.flatMap { name -> [Chart] in
      let own = trials.filter { $0.model == name }
      guard own.count >= 5 else { return [] }
      return variedParameters(own).map { slice(name, $0, own) }
    }
    return Array(all.prefix(24))
  }

  private func slice(
    _ model: String, _ parameter: ParameterAxis, _ trials: [RankedTrial]
  ) -> Chart {
    var chart = Chart(
      title: "\(model): \(parameter.name)",
      description:
        "The \(metric.title) of \(FigureFormat.counted(trials.count, "trial")) of \(model) "
        + "over \(parameter.name).",
      x: parameter.axis, y: metricAxis(trials.map(\.value)))
    chart.size = (320, 230)
    chart.categories = parameter.categories
    let points = trials.compactMap { trial in
      let value = trial.entry["parameters"][parameter.name]
      return parameter.number(value.value).map {
        Chart.Point(
          x: $0, y: trial.value,
          title: "\(parameter.name)=\(value.words); \(trial.title(metric))")
      }
    }
    chart.series = [Chart.Series(name: "", style: models[model], points: points, isFaint: true)]
    return chart
  }

  private func variedParameters(_ trials: [RankedTrial]) -> [ParameterAxis] {
    var names: [String] = []
    for trial in trials {
      for (name, _) in trial.entry["parameters"].members where !names.contains(name) {
        names.append(name)
      }
    }
    return names.compactMap { name in
      ParameterAxis(name, trials.map { $0.entry["parameters"][name].value })
    }
  }
}
