import Evaluation
import PluginKit

/// The page as its template gets it: every figure comes from the document, with its place there.
struct ReportPage {
  let report: ReportNode
  let models: ModelStyles
  let metric: MetricWords

  init(_ report: ReportNode) {
    self.report = report
    models = ModelStyles(report["entries"])
    metric = MetricWords(report)
  }

  var values: TemplateValues {
    let sections = sections
    return templateValues([
      "name": report["name"].string ?? "run",
      "summary": sentences.first,
      "sentences": Array(sentences.dropFirst()),
      "headline": headline,
      "warnings": report["warnings"].strings,
      "hasWarnings": !report["warnings"].strings.isEmpty,
      "metricTitle": metric.title,
      "navigation": sections.map { ["id": $0.id, "title": $0.title] as TemplateValues },
      "leaderboard": sections.contains { $0.id == "leaderboard" } ? leaderboard : nil,
      "search": search, "curves": curves, "winner": winner, "explanations": explanations,
      "svm": svmCheck, "data": data, "reproduction": reproduction,
      "program": programLine,
    ])
  }

  private var sentences: [String] { report["summary"].strings }

  /// The sections that the page has, in their order.
  private var sections: [(id: String, title: String)] {
    let all: [(String, String, Bool)] = [
      ("leaderboard", "Leaderboard", true),
      ("search", "Search", search != nil),
      ("curves", "Learning curves", curves != nil),
      ("winner", "The model", winner != nil),
      ("explanations", "Explanations", explanations != nil),
      ("svm", "Is it an SVM?", svmCheck != nil),
      ("data", "Data", true),
      ("reproduction", "How to reproduce it", true),
    ]
    return all.filter(\.2).map { ($0.0, $0.1) }
  }

  /// The figures that stand beside the summary: the model that was kept, on each part of the rows.
  private var headline: [TemplateValues] {
    report["winner"]["parts"].elements.compactMap { part in
      let figure = part["metrics"][metric.id]
      guard let value = figure["value"].figure(digits: 4) else { return nil }
      return templateValues([
        "part": part["part"].string, "value": value,
        "low": figure["interval"][0].figure(digits: 4),
        "high": figure["interval"][1].figure(digits: 4),
        "hasInterval": figure["interval"].isPresent,
        "rows": part["rows"].count(),
      ])
    }
  }

  private var programLine: String {
    let program = report["reproduction"]["program"]
    return [program["name"].string, program["version"].string].compactMap { $0 }
      .joined(separator: " ")
  }
}

/// The search metric as people read it.
struct MetricWords {
  let id: String
  let title: String
  /// Whether lower is better.
  let isMinimized: Bool

  init(_ report: ReportNode) {
    let id = report["metric"].string ?? ""
    let fact = report["metrics"].elements.first { $0["id"].string == id }
    self.id = id
    title = fact?["title"].string ?? id
    isMinimized = fact?["direction"].string == "minimize"
  }
}

/// Which colour and shape stands for which model: the same ones in all figures.
struct ModelStyles {
  /// In the leaderboard's order.
  let names: [String]

  init(_ entries: ReportNode) {
    var names: [String] = []
    for entry in entries.elements {
      if let name = entry["model"].string, !names.contains(name) { names.append(name) }
    }
    self.names = names
  }

  subscript(name: String) -> Int { names.firstIndex(of: name) ?? 0 }
}

/// Values for a template without those that are absent: a template takes what is there for true.
func templateValues(_ values: KeyValuePairs<String, Any?>) -> TemplateValues {
  var present: TemplateValues = [:]
  for (name, value) in values {
    if let value { present[name] = value }
  }
  return present
}
