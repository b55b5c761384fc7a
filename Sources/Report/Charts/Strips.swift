import Evaluation

/// Ranges in rows below each other, one for each thing that has a name: a thin line from end to end, a bar
/// for the middle, and a mark.
struct Strips {
  let title: String
  let description: String
  let axis: Axis
  let strips: [Strip]
  /// Marked by a line through all strips.
  var origin: Double?

  struct Strip {
    let name: String
    let low: Double
    let high: Double
    /// The ends of the bar; equal for none.
    let bar: (Double, Double)
    let mark: Double
    let title: String
  }

  private let width = 440.0
  private let left = 150.0
  private let right = 16.0
  private let top = 8.0
  private let rowHeight = 22.0

  private func x(_ value: Double) -> Double {
    left + min(max(axis.place(value) ?? 0, 0), 1) * (width - left - right)
  }

  var values: TemplateValues {
    let bottom = top + rowHeight * Double(strips.count)
    return templateValues([
      "title": title, "description": description, "width": short(width),
      "height": short(bottom + 42), "top": short(top), "bottom": short(bottom),
      "left": short(left), "right": short(width - right), "labelX": short(left - 8),
      "labelY": short(bottom + 16), "titleY": short(bottom + 34),
      "middle": short((left + width - right) / 2), "axisTitle": axis.title,
      "origin": origin.flatMap { axis.place($0) == nil ? nil : ["x": short(x($0))] },
      "marks": axis.marks.map { ["x": short(x($0)), "label": axis.label($0)] as TemplateValues },
      "strips": strips.enumerated().map { place, strip in
        let y = top + rowHeight * (Double(place) + 0.5)
        return [
          "fullName": strip.name,
          "name": shortened(strip.name),
          "title": strip.title, "y": short(y), "textY": short(y + 4), "barY": short(y - 5),
          "low": short(x(strip.low)), "high": short(x(strip.high)),
          "barX": short(x(strip.bar.0)), "barWidth": short(x(strip.bar.1) - x(strip.bar.0)),
          "mark": short(x(strip.mark)), "markTop": short(y - 8), "markBottom": short(y + 8),
        ] as TemplateValues
      },
    ])
  }
}

/// A name that fits beside a strip: long ones lose their middle, as columns often differ by their ends.
private func shortened(_ name: String) -> String {
  name.count > 16 ? name.prefix(8) + "…" + name.suffix(7) : name
}
