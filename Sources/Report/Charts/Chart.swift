import Evaluation

/// A figure with two axes, as a template draws it.
///
/// Series differ by the shape of their points or the dashes of their line as well as by colour.
struct Chart {
  /// What the figure shows, for those who can't see it, too.
  let title: String
  let description: String
  let x: Axis
  let y: Axis
  /// Names of the places on an x axis of categories, instead of its marks.
  var categories: [String] = []
  var series: [Series] = []
  /// A dashed line from corner to corner, such as that of chance.
  var diagonal: (from: (Double, Double), to: (Double, Double), title: String)?
  /// The size of the drawing, in its own unit: a pixel where the figure is as wide as it is drawn.
  var size = (width: 440.0, height: 300.0)

  /// Points or a line of one kind.
  struct Series {
    /// For the legend; empty leaves it out there.
    let name: String
    /// 0 and up: decides on colour, shape and dashes.
    let style: Int
    var line: [(Double, Double)] = []
    /// Whether the line goes along the axes: a value holds until the next one.
    var isStepped = false
    var points: [Point] = []
    /// Whether points are small and let others shine through, as there are many.
    var isFaint = false
    /// Another look for a second line of the same kind.
    var isDashed = false
  }

  struct Point {
    let x: Double
    let y: Double
    /// What a pointer on it is told.
    let title: String
  }

  private let leftMargin = 72.0
  private let top = 12.0
  private let right = 14.0
  private let bottom = 48.0

  private func left(_ place: Double) -> Double {
    leftMargin + place * (size.width - leftMargin - right)
  }
  private func down(_ place: Double) -> Double {
    size.height - bottom - place * (size.height - top - bottom)
  }

  /// Where a pair of values is drawn; nil where an axis can't show it.
  private func position(_ values: (Double, Double)) -> (x: Double, y: Double)? {
    guard let x = x.place(values.0), let y = y.place(values.1) else { return nil }
    return (left(min(max(x, -0.02), 1.02)), down(min(max(y, -0.02), 1.02)))
  }
}

// MARK: What the template gets

extension Chart {
  var values: TemplateValues {
    templateValues([
      "title": title, "description": description, "width": short(size.width),
      "height": short(size.height), "left": short(left(0)), "right": short(left(1)),
      "top": short(down(1)), "bottom": short(down(0)), "middle": short((left(0) + left(1)) / 2),
      "center": short((down(0) + down(1)) / 2), "titleY": short(size.height - 8),
      "labelY": short(down(0) + 20), "labelX": short(left(0) - 7),
      "xTitle": x.title, "yTitle": y.title, "xMarks": xMarks, "yMarks": yMarks,
      "series": series.map(values), "legend": legend, "hasLegend": !legend.isEmpty,
      "diagonal": diagonalValues,
    ])
  }

  private var xMarks: [TemplateValues] {
    guard categories.isEmpty else {
      return categories.enumerated().compactMap { place, name in
        x.place(Double(place)).map { ["at": short(left($0)), "label": name] }
      }
    }
    return x.marks.compactMap { mark in
      x.place(mark).map { ["at": short(left($0)), "label": x.label(mark)] }
    }
  }

  private var yMarks: [TemplateValues] {
    y.marks.compactMap { mark in
      y.place(mark).map {
        ["at": short(down($0)), "labelY": short(down($0) + 4), "label": y.label(mark)]
      }
    }
  }

  private var legend: [TemplateValues] {
    let named = series.filter { !$0.name.isEmpty }
    guard named.count > 1 || diagonal != nil else { return [] }
    let entries = named.map { series -> TemplateValues in
      [
        "name": series.name, "style": "\(series.style % Marker.count)",
        "hasLine": !series.line.isEmpty, "isDashed": series.isDashed,
        "marker": series.points.isEmpty ? "" : Marker.path(series.style, x: 14, y: 7, size: 4),
      ]
    }
    return entries
      + (diagonal.map { [["name": $0.title, "style": "none", "hasLine": true, "isDashed": true]] }
        ?? [])
  }

  private var diagonalValues: TemplateValues? {
    guard let diagonal, let from = position(diagonal.from), let to = position(diagonal.to) else {
      return nil
    }
    return [
      "x1": short(from.x), "y1": short(from.y), "x2": short(to.x), "y2": short(to.y),
    ]
  }

  private func values(_ series: Series) -> TemplateValues {
    let points = series.points.compactMap { point -> TemplateValues? in
      guard let place = position((point.x, point.y)) else { return nil }
      return [
        "path": Marker.path(series.style, x: place.x, y: place.y, size: series.isFaint ? 2.6 : 4),
        "title": point.title,
      ]
    }
    return [
      "style": "\(series.style % Marker.count)", "isFaint": series.isFaint,
      "isDashed": series.isDashed, "line": path(series), "hasLine": !series.line.isEmpty,
      "points": points, "name": series.name,
    ]
  }

  private func path(_ series: Series) -> String {
    var path = ""
    var last: (x: Double, y: Double)?
    for values in series.line {
      guard let place = position(values) else {
        last = nil
        continue
      }
      if last == nil {
        path += "M\(short(place.x)) \(short(place.y))"
      } else {
        path +=
          series.isStepped
          ? "H\(short(place.x))V\(short(place.y))" : "L\(short(place.x)) \(short(place.y))"
      }
      last = place
    }
    return path
  }
}

/// The shapes of points, so that kinds are told apart without colour.
enum Marker {
  static let count = 7

  /// The outline of a shape around a place.
  static func path(_ style: Int, x: Double, y: Double, size: Double) -> String {
    func polygon(_ corners: [(Double, Double)]) -> String {
      corners.enumerated().map { index, corner in
        (index == 0 ? "M" : "L") + short(x + size * corner.0) + " " + short(y + size * corner.1)
      }.joined() + "Z"
    }
    switch style % count {
    case 0:
      let r = short(size)
      return "M\(short(x - size)) \(short(y))a\(r) \(r) 0 1 0 \(short(2 * size)) 0"
        + "a\(r) \(r) 0 1 0 \(short(-2 * size)) 0Z"
    case 1: return polygon([(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)])
    case 2: return polygon([(0, -1.15), (1.05, 0.85), (-1.05, 0.85)])
    case 3: return polygon([(0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)])
    case 4: return polygon([(0, 1.15), (1.05, -0.85), (-1.05, -0.85)])
    case 5:
      return polygon([
        (-0.35, -1.2), (0.35, -1.2), (0.35, -0.35), (1.2, -0.35), (1.2, 0.35), (0.35, 0.35),
        (0.35, 1.2), (-0.35, 1.2), (-0.35, 0.35), (-1.2, 0.35), (-1.2, -0.35), (-0.35, -0.35),
      ])
    default:
      return polygon([
        (-0.6, -1.1), (0.6, -1.1), (1.2, 0), (0.6, 1.1), (-0.6, 1.1), (-1.2, 0),
      ])
    }
  }
}

/// A coordinate with at most one digit after the point.
func short(_ value: Double) -> String {
  let tenths = Int((value * 10).rounded())
  return tenths % 10 == 0 ? "\(tenths / 10)" : FigureFormat.fixed(Double(tenths) / 10, digits: 1)
}
