import Evaluation

extension ReportPage {
  /// Loss and accuracy by epoch of each model that learns in epochs; nil without any.
  var curves: TemplateValues? {
    let models = report["curves"].elements.compactMap { curve -> TemplateValues? in
      guard let model = curve["model"].string, let fit = curve["fits"].elements.first,
        !fit["epoch"].numbers.isEmpty
      else { return nil }
      let fits = curve["fits"].elements.count
      return templateValues([
        "model": model, "trial": curve["trial"].words,
        "note": fits > 1 ? "the first of \(fits) fits" : nil,
        "loss": chart(fit, model, loss: true).values,
        "accuracy": chart(fit, model, loss: false).values,
      ])
    }
    return models.isEmpty ? nil : ["models": models]
  }

  private func chart(_ fit: ReportNode, _ model: String, loss: Bool) -> Chart {
    let name = loss ? "loss" : "accuracy"
    let epochs = fit["epoch"].numbers
    let (training, validation) = (fit[name].numbers, fit["val_" + name].numbers)
    let last = [("training", training.last), ("validation", validation.last)].compactMap { part in
      part.1.flatMap { $0.isFinite ? "\(part.0) \(FigureFormat.fixed($0, digits: 4))" : nil }
    }
    let span = (training + validation).filter { $0 > 0 && $0.isFinite }
    let isWide = loss && (span.max() ?? 1) / (span.min() ?? 1) > 50
    var chart = Chart(
      title: "\(model): \(name)",
      description: "At the end of \(FigureFormat.counted(epochs.count, "epoch")): "
        + last.joined(separator: ", ") + ".",
      x: Axis("epoch", holding: epochs),
      y: Axis(name, holding: training + validation, isLogarithmic: isWide))
    chart.series = [
      .init(name: "training", style: 0, line: Array(zip(epochs, training)))
    ]
    if validation.contains(where: \.isFinite) {
      chart.series.append(
        .init(name: "validation", style: 1, line: Array(zip(epochs, validation)), isDashed: true))
    }
    return chart
  }
}
