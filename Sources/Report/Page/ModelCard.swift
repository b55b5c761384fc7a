import Evaluation

/// What the card of the model says, in the sections that model cards have.
///
/// Reference: M. Mitchell et al., "Model cards for model reporting", FAT* 2019, arXiv:1810.03993.
struct ModelCard {
  let report: ReportNode

  init(_ report: ReportNode) { self.report = report }

  var values: TemplateValues {
    let page = ReportPage(report)
    let winner = report["winner"]
    let best = report["entries"].elements.first { entry in
      entry["rank"].isPresent && entry["trial"].value == winner["trial"].value
        && entry["model"].value == winner["model"].value
    }
    let settings = best?["parameters"].members.map { "`\($0.name)` \($0.node.words)" } ?? []
    let classes = report["winner"]["parts"][0]["per_class"].elements
    return templateValues([
      "name": report["name"].string, "sentences": report["summary"].strings,
      "isThere": winner.isPresent, "model": winner["model"].string,
      "plugin": best?["plugin"].string,
      "settings": settings.isEmpty ? nil : settings.joined(separator: ", "),
      "warnings": report["warnings"].strings, "hasWarnings": !report["warnings"].strings.isEmpty,
      "data": page.data, "columns": columns,
      "classNames": report["classes"].strings.joined(separator: ", "),
      "parts": winner["parts"].elements.map { $0["part"].words },
      "metrics": metricRows, "part": winner["parts"][0]["part"].string,
      "classes": classes.map { row in
        templateValues([
          "class": cell(row["class"].words), "rows": row["rows"].words,
          "precision": fixed(row["precision"]), "recall": fixed(row["recall"]),
          "f1": fixed(row["f1"]),
        ])
      },
      "verdict": report["svm_check"]["models"][0]["verdict"]["sentence"].string,
      "reproduction": page.reproduction,
    ])
  }

  /// The names of the features, the first fifty.
  private var columns: String? {
    let names = report["data"]["features"].elements.compactMap { $0["name"].string }
    guard !names.isEmpty else { return nil }
    let left = names.count > 50 ? " and \(names.count - 50) more" : ""
    return names.prefix(50).map { "`\($0)`" }.joined(separator: ", ") + left
  }

  private var metricRows: [TemplateValues] {
    report["metrics"].elements.map { fact in
      let figures = report["winner"]["parts"].elements.map { part -> String in
        let figure = part["metrics"][fact["id"].string ?? ""]
        let interval = figure["interval"]
        return fixed(figure["value"])
          + (interval.isPresent ? " (\(fixed(interval[0])) to \(fixed(interval[1])))" : "")
      }
      return templateValues(["title": fact["title"].string, "figures": figures])
    }
  }

  private func fixed(_ node: ReportNode) -> String {
    node.number.map { FigureFormat.fixed($0, digits: 4) } ?? "-"
  }

  /// Text in a table of Markdown.
  private func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }
}
