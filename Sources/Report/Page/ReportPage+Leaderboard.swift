import Evaluation

extension ReportPage {
  /// The table of all trials.
  var leaderboard: TemplateValues {
    let entries = report["entries"].elements
    let times = report["timings"]["entries"].elements
    let best = bestOfEachModel(entries)
    let varied = variedSettings(entries)
    let rows = zip(entries, times).map { entry, time in
      row(
        entry, time, isBest: best.contains(entry.pointer),
        settings: settings(entry, varied[entry["model"].string ?? ""] ?? []))
    }
    return templateValues([
      "rows": rows, "metricTitle": metric.title,
      "hasTest": entries.contains { $0["test"].isPresent },
      "count": FigureFormat.counted(rows.count, "entry", "entries"),
      "isLong": rows.count > 30,
    ])
  }

  private func bestOfEachModel(_ entries: [ReportNode]) -> Set<String> {
    var seen: Set<String> = []
    let best = entries.filter { entry in
      entry["rank"].isPresent && seen.insert(entry["model"].string ?? "").inserted
    }
    return Set(best.map(\.pointer))
  }

  /// The parameters of each model that are not the same in all of its trials.
  private func variedSettings(_ entries: [ReportNode]) -> [String: [String]] {
    var found: [String: [String]] = [:]
    for (model, own) in Dictionary(grouping: entries, by: { $0["model"].string ?? "" }) {
      let first = own.first?["parameters"].members ?? []
      found[model] = first.map(\.name).filter { name in
        own.contains { $0["parameters"][name].value != own[0]["parameters"][name].value }
      }
    }
    return found
  }

  private func row(
    _ entry: ReportNode, _ time: ReportNode, isBest: Bool, settings: String
  ) -> TemplateValues {
    let model = entry["model"].string ?? ""
    let plugin = entry["plugin"].string ?? ""
    let isComplete = entry["status"].string == "complete"
    return templateValues([
      "rank": entry["rank"].count(), "isBest": isBest, "model": model,
      "plugin": plugin == model ? nil : plugin,
      "trial": entry["trial"].figure { FigureFormat.fixed($0, digits: 0) },
      "status": isComplete ? nil : entry["status"].string,
      "reason": entry["reason"].string,
      "value": entry["validation"][metric.id].figure(digits: 4),
      "low": entry["validation_interval"][0].figure(digits: 4),
      "high": entry["validation_interval"][1].figure(digits: 4),
      "test": entry["test"][metric.id].figure(digits: 4),
      "fit": time["fit_seconds"].figure { FigureFormat.duration($0) },
      "predict": time["predict_microseconds_per_row"].figure { FigureFormat.short($0) + " µs" },
      "size": entry["trainable_parameters"].count(),
      "settings": settings,
      "tie": entry["comparison"]["tie"].isTrue,
    ])
  }

  /// The varied parameters of an entry, or the members of an ensemble.
  private func settings(_ entry: ReportNode, _ varied: [String]) -> String {
    let members = entry["members"].elements.map { member in
      "\(member["weight"].words) × \(member["model"].words) (\(member["trial"].words))"
    }
    let parameters = varied.map { "\($0)=\(entry["parameters"][$0].words)" }
    return (members + parameters).joined(separator: " ")
  }
}
