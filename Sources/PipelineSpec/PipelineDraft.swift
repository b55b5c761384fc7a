import PluginKit
import SystemFiles
package import TabularData

/// A commented pipeline for a table: what `automl init` writes.
package struct PipelineDraft: Sendable {
  /// Where the pipeline goes.
  package let path: String
  package let text: String
  /// What is to be known about the table, in whole sentences.
  package let warnings: [String]

  /// Reads a table and drafts a pipeline for it.
  ///
  /// With fewer than 5,000 rows a fifth of them would rank mostly noise, so that the draft has five
  /// folds; below 500 rows it has them twice. Columns that the table's content speaks against are
  /// ignored, and the draft says so. Rows without a label are left to the person: the draft has
  /// `missing_label: drop` in a comment, and as it stands a run ends with the table's error.
  ///
  /// - Parameters:
  ///   - table: The path of the table.
  ///   - target: The column of labels: a name, or a position in digits such as `7` or `-1`.
  ///   - output: Where the pipeline goes; nil means the table's stem with `.yaml` in the current folder.
  /// - Throws: `TableError` if the table can't be used with this target.
  package init(table: String, target: String, output: String?) throws(TableError) {
    guard table != "-" else {
      throw TableError(
        path: table,
        message: "a pipeline names a table that can be read again; save the table to a file first")
    }
    // A draft is possible without the labels that are missing; what becomes of these rows it does not decide.
    let dataset = try Dataset.load(
      TableOptions(source: table, target: .typed(target), missingLabel: .drop),
      splitBy: SplitPlan())
    let name = fileStem(table)
    path = output ?? name + ".yaml"
    warnings = Self.warnings(dataset, path: path)
    text = Self.sections(
      dataset, name: name, path: path, source: Self.source(table, seenFrom: path),
      target: .typed(target)
    ).map { $0.text }.joined(separator: "\n")
  }

  private static func warnings(_ dataset: Dataset, path: String) -> [String] {
    let others = dataset.warnings.filter { $0 != dataset.unlabelledWarning }
    guard let rows = unlabelledRows(dataset) else { return others }
    let advice = "fill in the labels, or take the # from missing_label: drop in '\(path)'"
    return others + ["\(rows) no label, and a run refuses that; \(advice)"]
  }

  /// Such as `3 rows have`; nil if every row has a label.
  private static func unlabelledRows(_ dataset: Dataset) -> String? {
    switch dataset.unlabelledCount {
    case 0: nil
    case 1: "1 row has"
    case let count: "\(count) rows have"
    }
  }

  /// Writes the pipeline.
  ///
  /// - Throws: ``SystemFiles/FileError``, or ``DraftError`` if a file is there that must not be replaced.
  package func write(overwrite: Bool) throws {
    guard overwrite || !fileExists(path) else { throw DraftError(path: path) }
    try writeFile(path, text)
  }

  /// A path in the file is relative to the file, a path on the command line to the current folder.
  private static func source(_ table: String, seenFrom path: String) -> String {
    guard let folder = parentFolder(of: path), !table.hasPrefix("/") else { return table }
    guard !folder.hasPrefix("/"), !folder.split(separator: "/").contains("..") else {
      return absolutePath(table)
    }
    let depth = folder.split(separator: "/").count { $0 != "." }
    return String(repeating: "../", count: depth) + table
  }
}

// MARK: The text

extension PipelineDraft {
  private static func sections(
    _ dataset: Dataset, name: String, path: String, source: String, target: ColumnReference
  ) -> [CommentedLines] {
    [
      CommentedLines([
        ("# What it does and needs: automl check \(shellWord(path))", nil),
        ("# To run it:             automl run \(shellWord(path))", nil),
        ("version: 1", nil),
        ("name: \(scalar(name))", nil),
        ("seed: 0", "the only source of randomness"),
      ]),
      data(dataset, source: source, target: target),
      CommentedLines([split(dataset.rowCount)]),
      CommentedLines(
        [("preprocess:", "fitted on the training rows of each split only")] + steps(dataset)),
      models(rowCount: dataset.rowCount),
      search(dataset, name: name),
    ]
  }

  /// Beyond some thousands of rows the exact kernel machine costs more than it gives.
  private static func models(rowCount: Int) -> CommentedLines {
    let exact: [CommentedLines.Line] =
      rowCount <= mostRowsOfExactKernel
      ? [("  - use: kernel-svm", "the exact kernel machine, for up to some thousands of rows")] : []
    return CommentedLines(
      [
        ("models:", "without tune, the ranges that a plugin declares are searched"),
        ("  - use: quasi-svm", "random Fourier features: a kernel machine at a linear one's cost"),
      ] + exact + [
        ("  - use: linear-svm", nil),
        ("  - use: mlp-svm", "a deep network whose last layer is a margin classifier"),
      ])
  }

  private static let mostRowsOfExactKernel = 5_000

  private static func data(
    _ dataset: Dataset, source: String, target: ColumnReference
  ) -> CommentedLines {
    var lines: [CommentedLines.Line] = [
      ("data:", nil),
      ("  source: \(scalar(source))", source.hasPrefix("/") ? nil : "relative to this file"),
    ]
    switch target {
    case .name(let name): lines.append(("  target: \(scalar(name))", nil))
    case .position(let position):
      let schema = dataset.schema
      let column = "column \(schema.targetPlace.position + 1) of \(schema.columnCount)"
      let name = schema.hadHeader ? ", \(scalar(schema.target))" : ""
      lines.append(("  target: \(position)", column + name))
    }
    lines.append(("  # \(classSummary(dataset))", nil))
    if let rows = unlabelledRows(dataset) {
      let them = dataset.unlabelledCount == 1 ? "it" : "them"
      lines.append(("  # missing_label: drop", "\(rows) no label; this leaves \(them) out"))
    }
    return CommentedLines(lines + columns(dataset))
  }

  private static func classSummary(_ dataset: Dataset) -> String {
    let shown = zip(dataset.classes, dataset.classCounts).prefix(8).map { "\(scalar($0)) (\($1))" }
    let rest = dataset.classes.count > 8 ? ", …" : ""
    return "\(dataset.classes.count) classes in \(dataset.rowCount) rows: "
      + shown.joined(separator: ", ") + rest
  }

  /// The roles of the columns, so that a person can change them.
  ///
  /// Of a wide table only those are listed that are ignored: a role for each of thousands of pixels helps nobody.
  private static func columns(_ dataset: Dataset) -> [CommentedLines.Line] {
    var seen: Set<String> = []
    let fields = dataset.schema.features.filter { seen.insert($0.column).inserted }
    let isWide = fields.count > 60
    var roles: [(position: Int, name: String, role: ColumnRole, reason: String?)] =
      isWide ? [] : fields.map { ($0.position, $0.column, $0.kind.role, nil) }
    roles += dataset.omitted.prefix(60).map { ($0.position, $0.name, .ignore, $0.reason) }
    roles.sort { $0.position < $1.position }
    // YAML has a limit for keys, and a name with a star is a pattern: it must not decide on others.
    roles.removeAll { scalar($0.name).utf8.count > 1_000 }
    roles = roles.filter { !$0.name.contains("*") } + roles.filter { $0.name.contains("*") }
    guard !roles.isEmpty else { return [] }
    let others = isWide ? "; \(fields.count) others as they look" : ""
    return [("  columns:", "numeric, categorical, date or ignore" + others)]
      + roles.map { ("    \(scalar($0.name)): \($0.role.rawValue)", $0.reason) }
  }

  private static func split(_ rowCount: Int) -> CommentedLines.Line {
    switch rowCount {
    case ..<500:
      ("split: {method: stratified, test: 0.2, folds: 5, repeats: 2}", "two times five folds")
    case ..<5_000:
      ("split: {method: stratified, test: 0.2, folds: 5}", "a hold-out would rank noise")
    default: ("split: {method: stratified, validation: 0.2, test: 0.2}", "shares of all rows")
    }
  }

  private static func steps(_ dataset: Dataset) -> [CommentedLines.Line] {
    let hasCategories = dataset.schema.features.contains { $0.kind.role == .categorical }
    return [
      ("  - use: impute", "medians and most frequent categories for missing values"),
      ("  - use: scale", "to mean 0 and standard deviation 1"),
    ] + (hasCategories ? [("  - use: one-hot", "a column for each category")] : [])
  }

  private static func search(_ dataset: Dataset, name: String) -> CommentedLines {
    let isUneven = 3 * (dataset.classCounts.min() ?? 0) * dataset.classes.count < dataset.rowCount
    // Accuracy rewards neglecting rare classes.
    let metric: CommentedLines.Line =
      isUneven
      ? ("  metric: balanced_accuracy", "some classes are rare") : ("  metric: accuracy", nil)
    return CommentedLines([
      ("search:", nil), ("  use: tpe", "tpe, random or grid"), metric,
      ("  trials: 100", nil),
      ("refit: train+validation", "the best learn again from all rows but the test rows"),
      ("evaluate: {test: best-of-each}", nil),
      ("output: {dir: \(scalar("runs/" + name))}", "relative to the folder that automl is run in"),
    ])
  }
}

/// Lines of YAML with comments that begin in one column.
private struct CommentedLines {
  typealias Line = (yaml: String, comment: String?)

  private static let narrowest = 32
  private static let widest = 44

  private let lines: [Line]

  init(_ lines: [Line]) { self.lines = lines }

  /// The lines, each with a line feed.
  var text: String {
    let widths = lines.filter { $0.comment != nil }.map(\.yaml.count)
    let column = max(Self.narrowest, widths.filter { $0 <= Self.widest }.max() ?? 0)
    return lines.map { line in
      guard let comment = line.comment else { return line.yaml + "\n" }
      let padding = String(repeating: " ", count: max(0, column - line.yaml.count))
      return line.yaml + padding + "  # " + comment + "\n"
    }.joined()
  }
}

/// A pipeline that would be overwritten.
package struct DraftError: Error, Equatable, CustomStringConvertible {
  let path: String

  package var description: String {
    "'\(path)' is there already: to run it, automl run \(shellWord(path)); "
      + "to replace it, automl init with --force"
  }
}

extension ColumnReference {
  /// What a person means who types a column: a position if it is a whole number as one writes it.
  package static func typed(_ text: String) -> ColumnReference {
    guard let position = Int(text), "\(position)" == text else { return .name(text) }
    return .position(position)
  }
}

extension FeatureField.Kind {
  /// The word of `data.columns` for it.
  fileprivate var role: ColumnRole {
    switch self {
    case .numeric: .numeric
    case .categorical: .categorical
    case .date: .date
    }
  }
}

extension Dataset {
  /// How many rows each class has.
  fileprivate var classCounts: [Int] {
    labels.reduce(into: [Int](repeating: 0, count: classes.count)) { $0[Int($1)] += 1 }
  }
}

/// A text as a YAML scalar that reads back as the same text.
private func scalar(_ text: String) -> String {
  let document = yamlText(.object([("x", .string(text))]))
  return String(document.dropFirst("x: ".count).dropLast())
}
