import Evaluation

extension ReportPage {
  /// More features than these are folded away.
  private static let openFeatures = 25

  /// The data card.
  var data: TemplateValues {
    let data = report["data"]
    let features = data["features"].elements
    let parts = data["parts"].members
    let classes = data["classes"].elements
    return templateValues([
      "target": data["target"].string, "rows": data["rows"].count(),
      "featureCount": FigureFormat.counted(features.count, "feature"),
      "classCount": FigureFormat.counted(classes.count, "class", "classes"),
      "fits": (data["fits"].integer ?? 1) > 1 ? data["fits"].count() : nil,
      "parts": parts.map { ["name": $0.name, "rows": $0.node.count() as Any] as TemplateValues },
      "classes": classes.map { row in
        templateValues([
          "class": row["class"].string,
          "counts": parts.map { part in
            templateValues(["count": row[part.name].count()])
          },
        ])
      },
      "isFolded": features.count > Self.openFeatures,
      "features": features.map { feature in
        templateValues([
          "name": feature["name"].string, "kind": feature["kind"].string,
          "categories": feature["categories"].count(),
          "missing": feature["missing"].count(),
        ])
      },
      "omitted": data["omitted"].elements.map { column in
        templateValues(["name": column["column"].string, "reason": column["reason"].string])
      },
      "hasOmitted": !data["omitted"].elements.isEmpty,
    ])
  }
}
