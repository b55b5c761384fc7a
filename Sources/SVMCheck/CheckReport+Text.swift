package import Evaluation
import PluginKit

extension CheckReport {
  /// The report for a terminal.
  ///
  /// - Parameters:
  ///   - width: The characters of a line, 40 or more.
  ///   - emphasis: Adds colour to finished lines; nil leaves plain text.
  /// - Returns: Lines that each end with a line feed.
  package func text(width: Int = 100, emphasis: Emphasize? = nil) -> String {
    var page = CheckPage(width: min(width, 110), emphasis: emphasis)
    for (place, model) in models.enumerated() {
      if place > 0 { page.blank() }
      page.add(model, in: self)
    }
    if let reference {
      page.blank()
      page.entry(
        "to compare",
        "the best exact kernel SVM of a small search is right on \(percent(reference.accuracy)) of these "
          + "rows (\(percentRange(reference.interval)))")
    }
    return page.lines.map { $0 + "\n" }.joined()
  }
}

/// Verdicts alone, for the end of a run: a paragraph beside the name of each model.
package func verdictLines(
  _ verdicts: [(model: String, sentence: String)], width: Int = 100
) -> String {
  var page = CheckPage(width: min(width, 110), emphasis: nil)
  let longest = verdicts.map(\.model.count).max() ?? 0
  for verdict in verdicts {
    page.entry("  " + verdict.model, verdict.sentence, indent: longest + 4)
  }
  return page.lines.map { $0 + "\n" }.joined()
}

/// Lines for a terminal: a word at the left, and what is to be said beside it.
struct CheckPage {
  let width: Int
  let emphasis: Emphasize?
  private(set) var lines: [String] = []

  init(width: Int, emphasis: Emphasize?) {
    self.width = width
    self.emphasis = emphasis
  }

  static let indent = 12

  mutating func blank() { lines.append("") }

  /// A paragraph beside its word.
  mutating func entry(_ word: String, _ text: String, indent: Int = CheckPage.indent) {
    for (place, line) in wrapped(text, to: max(20, width - indent)).enumerated() {
      let beginning = place == 0 ? word : ""
      lines.append(beginning + spaces(indent - beginning.count) + line)
    }
  }

  /// A paragraph over the whole width.
  mutating func paragraph(_ text: String, _ mark: Emphasis? = nil) {
    for line in wrapped(text, to: width) { lines.append(marked(line, mark)) }
  }

  /// Breaks lines between words, but not before a percent sign or around an equals sign.
  private func wrapped(_ text: String, to width: Int) -> [String] {
    let glue = "\u{A0}"
    let glued = text.replacing(" %", with: glue + "%").replacing(" = ", with: glue + "=" + glue)
    return glued.wrapped(to: width).map { $0.replacing(glue, with: " ") }
  }

  mutating func table(_ table: TextTable) {
    lines += table.lines(width: width, emphasis: emphasis)
  }

  private func marked(_ line: String, _ mark: Emphasis?) -> String {
    guard let mark, let emphasis else { return line }
    return emphasis(mark, line)
  }
}

func spaces(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }

extension CheckPage {
  /// All that was found about a model.
  mutating func add(_ model: ModelCheck, in report: CheckReport) {
    let trial = model.trial.map { ", trial \($0)" } ?? ""
    let plugin = model.plugin.map { $0 == model.name ? "" : " (\($0))" } ?? ""
    paragraph("\(model.name)\(plugin)\(trial)", .title)
    if let original = model.original { paragraph(original, .faint) }
    blank()
    paragraph(model.verdict.sentence)
    for warning in model.warnings { entry("!", warning, indent: 2) }
    blank()
    addFigures(model, report)
    guard let margins = model.margins else { return }
    blank()
    table(classTable(margins, model, report))
  }

  private mutating func addFigures(_ model: ModelCheck, _ report: CheckReport) {
    if let problem = model.problem {
      entry("minimises", problem.objective)
      entry("", problem.text)
      entry("solved", model.solution?.text ?? "no")
    }
    if let kernel = model.kernel { add(kernel) }
    if let agreement = model.agreement {
      entry("agreement", agreement.text)
    } else if let reason = model.noAgreement {
      entry("agreement", "no comparison: \(reason)")
    }
    if let accuracy = model.accuracy, model.agreement == nil {
      entry(
        "accuracy", "\(FigureFormat.fixed(accuracy, digits: 4)) on rows that it had not seen")
    }
    if let support = model.margins?.supportCount {
      entry(
        "support",
        "\(FigureFormat.grouped(support)) of \(FigureFormat.counted(report.rowCount, "row")) are on or "
          + "inside a margin")
    }
  }

  private mutating func add(_ kernel: KernelFigures) {
    let source =
      kernel.featureCount.map {
        ", from \(FigureFormat.grouped($0)) random features (\(kernel.distribution ?? ""))"
      } ?? ""
    entry("kernel", "\(kernel.formula), s = \(FigureFormat.short(kernel.width))\(source)")
    let values = zip(KernelFigures.shares, kernel.quantiles).map {
      "\(FigureFormat.fixed($1, digits: 3)) (\(FigureFormat.fixed(100 * $0, digits: 0)) %)"
    }
    entry("", "its values between rows: " + values.joined(separator: "  "))
    guard !kernel.errors.isEmpty else { return }
    let errors = kernel.errors.map {
      "\(FigureFormat.fixed($0.rootMeanSquare, digits: 4)) at D = \(FigureFormat.grouped($0.featureCount))"
    }
    entry("", "error (root mean square): " + errors.joined(separator: ", "))
  }

  private func classTable(
    _ margins: MarginFigures, _ model: ModelCheck, _ report: CheckReport
  ) -> TextTable {
    let gaps = model.solution?.report.relativeGaps ?? []
    let hasGaps = gaps.count == report.classes.count
    var table = TextTable(columns: [
      .init(title: "class", leastWidth: 8), .init(title: "rows", alignsRight: true),
      .init(title: "support", alignsRight: true, importance: 2),
    ])
    if hasGaps { table.columns.append(.init(title: "gap", alignsRight: true, importance: 1)) }
    table.columns += zip(MarginFigures.shares, [3, 2, 4, 2, 3]).map {
      .init(
        title: ($0 == 0.05 ? "margin: " : "") + "\(FigureFormat.fixed(100 * $0, digits: 0)) %",
        alignsRight: true, importance: $1)
    }
    table.rows = report.classes.indices.map { k in
      let figures = margins.quantiles[k]?.map { FigureFormat.fixed($0, digits: 2) }
      return .cells(
        [
          report.classes[k], FigureFormat.grouped(margins.rowCounts[k]),
          margins.supportCounts.map { FigureFormat.grouped($0[k]) } ?? "-",
        ] + (hasGaps ? [percent(gaps[k], digits: 3)] : [])
          + (figures ?? MarginFigures.shares.map { _ in "-" }))
    }
    return table
  }
}

extension ModelCheck.Problem {
  fileprivate var text: String {
    let cost = cost.map {
      ", C = 1/(2λn) = \(FigureFormat.short($0)) for n = \(FigureFormat.grouped(rowCount))"
    }
    let penalty = l2 > 0 ? "λ = \(FigureFormat.short(l2))\(cost ?? "")" : "no penalty"
    let bias = l2 > 0 ? "; the bias is not penalised" : ""
    let softmax = output == "softmax" ? "; p is the softmax of f" : ""
    return "\(penalty); \(scheme)\(bias)\(softmax)"
  }
}

extension ModelCheck.Solution {
  fileprivate var text: String {
    switch (report.relativeGaps.isEmpty, gap) {
    case (false, let gap?):
      let parts = report.relativeGaps.count
      let what = parts == 1 ? "the gap is" : "the gaps of \(parts) problems are at most"
      return "\(what) \(percent(gap, digits: 3)) of the objective"
    case (_, let gap?):
      return "by Adam; at most \(percent(gap, digits: 1)) of the objective could be saved"
    case (_, nil): return "by Adam, which certifies nothing"
    }
  }
}

extension Agreement {
  fileprivate var text: String {
    "\(percent(share)) of \(FigureFormat.counted(rowCount, "row")) "
      + "(95 % interval \(percentRange(interval))) are decided as by \(other), each by "
      + "machines that had not seen the row; accuracy \(FigureFormat.fixed(accuracy, digits: 4)) against "
      + "\(FigureFormat.fixed(otherAccuracy, digits: 4)): "
      + "\(FigureFormat.counted(onlyModelRight, "row")) right here only, "
      + "\(FigureFormat.grouped(onlyOtherRight)) there only, McNemar's p = \(FigureFormat.short(mcNemar))"
  }
}
