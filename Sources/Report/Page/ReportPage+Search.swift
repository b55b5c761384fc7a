import Evaluation
import PluginKit

/// A complete trial with the value that it was ranked by.
struct RankedTrial {
  let trial: Int
  let model: String
  let value: Double
  let entry: ReportNode
  let time: ReportNode

  /// What a pointer on the trial is told.
  func title(_ metric: MetricWords) -> String {
    "trial \(trial), \(model): \(metric.title) \(FigureFormat.fixed(value, digits: 4))"
  }
}

extension ReportPage {
  /// The figures of the search; nil without a complete trial.
  var search: TemplateValues? {
    let trials = rankedTrials
    guard !trials.isEmpty else { return nil }
    let parallel = parallelFigures(trials)
    let slices = slices(trials)
    return templateValues([
      "time": predictionTime(trials)?.values, "history": history(trials).values,
      "parallel": parallel, "hasParallel": !parallel.isEmpty,
      "slices": slices.map(\.values), "hasSlices": !slices.isEmpty,
      "importances": hyperparameterImportances,
      "hasImportances": !hyperparameterImportances.isEmpty,
    ])
  }

  var rankedTrials: [RankedTrial] {
    let times = report["timings"]["entries"].elements
    return zip(report["entries"].elements, times).compactMap { entry, time in
      guard entry["rank"].isPresent, let value = entry["validation"][metric.id].number,
        let trial = entry["trial"].integer
      else { return nil }
      return RankedTrial(
        trial: trial, model: entry["model"].string ?? "", value: value, entry: entry, time: time)
    }
  }

  /// An axis for values of the metric that shows where the good ones are: from the best to half as far again
  /// as the upper two thirds reach; what is worse stands at its end.
  func metricAxis(_ values: [Double]) -> Axis {
    let sorted = values.filter(\.isFinite).sorted { metric.isMinimized ? $0 < $1 : $0 > $1 }
    guard let best = sorted.first else { return Axis(metric.title, holding: []) }
    let usual = sorted[min(sorted.count - 1, sorted.count * 2 / 3)]
    let reach = max(1.5 * abs(best - usual), 1e-6)
    let shown = sorted.filter { abs($0 - best) <= reach }
    return Axis(metric.title, holding: shown)
  }

  /// Trials in the order in which they were run, and the best value so far.
  private func history(_ trials: [RankedTrial]) -> Chart {
    let inOrder = trials.sorted { $0.trial < $1.trial }
    var best: [(Double, Double)] = []
    for trial in inOrder {
      let isBetter =
        best.last.map { metric.isMinimized ? trial.value < $0.1 : trial.value > $0.1 } ?? true
      if isBetter { best.append((Double(trial.trial), trial.value)) }
    }
    if let last = inOrder.last, let value = best.last?.1 {
      best.append((Double(last.trial), value))
    }
    var chart = Chart(
      title: "Trials in their order, and the best so far",
      description: historyWords(inOrder, best),
      x: Axis("trial", holding: inOrder.map { Double($0.trial) }),
      y: metricAxis(trials.map(\.value)))
    chart.series = pointSeries(trials) { (Double($0.trial), $0.value) }
    chart.series.append(
      Chart.Series(name: "best so far", style: 0, line: best, isStepped: true))
    return chart
  }

  private func historyWords(_ trials: [RankedTrial], _ best: [(Double, Double)]) -> String {
    guard let value = best.last?.1, best.count > 1 else { return "One trial is complete." }
    let found = Int(best[best.count - 2].0)
    return "\(FigureFormat.counted(trials.count, "complete trial")); the best \(metric.title), "
      + "\(FigureFormat.fixed(value, digits: 4)), was found in trial \(found). Trials far off stand "
      + "at the edge."
  }

  /// The points of each model, all models that have some.
  private func pointSeries(
    _ trials: [RankedTrial], isFaint: Bool = true, _ place: (RankedTrial) -> (Double, Double)
  ) -> [Chart.Series] {
    models.names.compactMap { name in
      let own = trials.filter { $0.model == name }
      guard !own.isEmpty else { return nil }
      return Chart.Series(
        name: name, style: models[name],
        points: own.map { trial in
          let (x, y) = place(trial)
          return Chart.Point(x: x, y: y, title: trial.title(metric))
        }, isFaint: isFaint)
    }
  }

  /// Score against the time that a prediction takes, and the trials that no other one beats in both.
  private func predictionTime(_ trials: [RankedTrial]) -> Chart? {
    let timed = trials.compactMap { trial in
      trial.time["predict_microseconds_per_row"].number.map { (trial: trial, time: $0) }
    }.filter { $0.time > 0 }
    guard timed.count > 1 else { return nil }
    let front = paretoFront(timed)
    let times = Dictionary(uniqueKeysWithValues: timed.map { ($0.trial.trial, $0.time) })
    var chart = Chart(
      title: "Score against prediction time",
      description: frontWords(front),
      x: Axis("µs a row", holding: timed.map(\.time), isLogarithmic: true),
      y: metricAxis(timed.map(\.trial.value)))
    chart.series = pointSeries(timed.map(\.trial)) { (times[$0.trial] ?? .nan, $0.value) }
    chart.series.append(
      Chart.Series(
        name: "not beaten in both", style: 0, line: front.map { ($0.time, $0.trial.value) },
        isStepped: true, isDashed: true))
    return chart
  }

  /// The trials that no other one beats in score and time, the fastest first.
  private func paretoFront(
    _ trials: [(trial: RankedTrial, time: Double)]
  ) -> [(trial: RankedTrial, time: Double)] {
    var front: [(trial: RankedTrial, time: Double)] = []
    for candidate in trials.sorted(by: { ($0.time, $0.trial.trial) < ($1.time, $1.trial.trial) }) {
      let isBetter =
        front.last.map { last in
          metric.isMinimized
            ? candidate.trial.value < last.trial.value : candidate.trial.value > last.trial.value
        } ?? true
      if isBetter { front.append(candidate) }
    }
    return front
  }

  private func frontWords(_ front: [(trial: RankedTrial, time: Double)]) -> String {
    let words = front.suffix(4).reversed().map { element in
      "\(element.trial.model) (trial \(element.trial.trial)) "
        + "\(FigureFormat.fixed(element.trial.value, digits: 4)) at "
        + "\(FigureFormat.short(element.time)) µs"
    }
    return "No other trial is both better and faster than: \(words.joined(separator: "; "))."
  }

  /// How much each hyperparameter matters, by model, where it was measured.
  private var hyperparameterImportances: [TemplateValues] {
    let all = report["explanations"]["hyperparameters"].elements
    return models.names.compactMap { name in
      let own = all.filter { $0["model"].string == name }
      guard !own.isEmpty else { return nil }
      let rows = own.map { share in
        templateValues([
          "name": share["parameter"].string,
          "share": share["importance"].figure { FigureFormat.fixed(100 * $0, digits: 1) + " %" },
          "width": short(100 * max(0, min(1, share["importance"].number ?? 0))),
        ])
      }
      return ["model": name, "rows": rows]
    }
  }
}
