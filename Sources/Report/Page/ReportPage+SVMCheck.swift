import Evaluation

extension ReportPage {
  /// What the check of margin machines found; nil without it.
  var svmCheck: TemplateValues? {
    let models = report["svm_check"]["models"].elements.map { model -> TemplateValues in
      let facts = facts(model)
      let margins = marginStrips(model)
      return templateValues([
        "name": model["name"].string,
        "trial": model["trial"].isPresent ? model["trial"].words : nil,
        "verdict": model["verdict"]["sentence"].string, "facts": facts, "hasFacts": !facts.isEmpty,
        "warnings": model["warnings"].strings, "margins": margins?.values,
      ])
    }
    return models.isEmpty ? nil : ["models": models]
  }

  private func facts(_ model: ReportNode) -> [TemplateValues] {
    let short = { (value: Double) in FigureFormat.short(value) }
    let problem = model["problem"]
    var facts: [(String, [TemplateValues?])] = [
      ("objective", [words(problem["objective"].string)]),
      ("loss, scheme", [words([problem["loss"].string, problem["scheme"].string])]),
      ("l2 (λ)", [problem["l2"].figure(short)]),
      ("C = 1/(2λn)", [problem["c"].figure(short)]),
      ("stopped", [words(model["solution"]["stopping"].string)]),
      ("gap, at most", [model["solution"]["gap"].figure(short)]),
      ("gap of each class", model["solution"]["relative_gaps"].elements.map { $0.figure(short) }),
      ("kernel", [words([model["kernel"]["form"].string, model["kernel"]["formula"].string])]),
    ]
    facts += model["kernel"]["quantiles"].elements.map { quantile in
      let share = FigureFormat.fixed(100 * (quantile["share"].number ?? 0), digits: 0)
      return ("kernel values, \(share) % below", [quantile["value"].figure(short)])
    }
    facts += model["kernel_error"].elements.map { error in
      (
        "kernel error at D = \(error["output_dim"].words)",
        [error["root_mean_square"].figure(short)]
      )
    }
    let agreement = model["agreement"]
    facts += [
      ("compared with", [words(agreement["with"].string)]),
      ("agreement", [agreement["share"].figure(digits: 4)]),
      (
        "its 95 % interval", agreement["interval"].elements.map { $0.figure(digits: 4) }
      ),
      ("McNemar's p", [agreement["mcnemar_p"].figure(short)]),
      ("no comparison", [words(model["no_agreement"].string)]),
      ("support vectors", [model["support_vectors"]["rows"].count()]),
    ]
    return facts.compactMap { title, figures in
      let present = figures.compactMap { $0 }
      return present.isEmpty ? nil : ["title": title, "figures": present]
    }
  }

  /// Text in the place of a figure.
  private func words(_ text: String?) -> TemplateValues? { text.map { ["words": $0] } }

  private func words(_ texts: [String?]) -> TemplateValues? {
    let present = texts.compactMap { $0 }
    return present.isEmpty ? nil : ["words": present.joined(separator: ", ")]
  }

  private func marginStrips(_ model: ReportNode) -> Strips? {
    let rows = model["margins"]["per_class"].elements.map(\.numbers)
    // Classes without rows have no quantiles.
    let judged = zip(report["svm_check"]["classes"].strings, rows).filter { $0.1.count == 5 }
    guard !judged.isEmpty else { return nil }
    let strips = judged.prefix(40).map { name, values in
      Strips.Strip(
        name: name, low: values[0], high: values[4], bar: (values[1], values[3]), mark: values[2],
        title: "median \(FigureFormat.short(values[2]))")
    }
    return Strips(
      title: "Margins of each class", description: "Lines hold 90 % of a class's rows, bars half.",
      axis: Axis("margin", holding: strips.flatMap { [$0.low, $0.high] } + [0, 1]),
      strips: Array(strips), origin: 0)
  }
}
