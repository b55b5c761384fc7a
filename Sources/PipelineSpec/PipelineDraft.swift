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
  /// folds; below 500 rows it has them twice.
  ///
  /// - Parameters:
  ///   - table: The path of the table.
  ///   - target: The column of labels: a name or a position.
  ///   - output: Where the pipeline goes; nil means the table's stem with `.yaml` in the current folder.
  /// - Throws: `TableError` if the table can't be used with this target.
  package init(table: String, target: String, output: String?) throws(TableError) {
    let reference = Int(target).map(ColumnReference.position) ?? .name(target)
    let dataset = try Dataset.load(
      TableOptions(source: table, target: reference), splitBy: SplitPlan())
    let name = fileStem(table)
    path = output ?? name + ".yaml"
    let source = Self.source(table, seenFrom: path)
    warnings = dataset.warnings
    text = """
      # A pipeline of automl; run it with: automl run \(path)
      version: 1
      name: \(scalar(name))
      seed: 0                        # the only source of randomness

      data:
        source: \(scalar(source))
        target: \(scalar(target))
      \(Self.classComment(dataset))
      \(Self.columns(dataset))
      \(Self.split(dataset.labels.count))

      preprocess:                    # fitted on the training rows of each split only
      \(Self.steps(dataset))

      models:                        # without tune, a plugin's own ranges are searched
        - use: quasi-svm             # random Fourier features: a kernel machine at the cost of a linear one
        - use: linear-svm
        - use: mlp-svm               # a deep network whose last layer is a margin classifier

      search: {use: tpe, metric: \(Self.metric(dataset)), trials: 100}
      refit: train+validation        # the best models learn again from all rows but the test rows
      evaluate: {test: best-of-each}

      """
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

  private static func classComment(_ dataset: Dataset) -> String {
    let shown = dataset.classes.prefix(8).enumerated().map { index, name in
      "\(name) (\(dataset.labels.count { $0 == Int32(index) }))"
    }
    let rest = dataset.classes.count > 8 ? ", …" : ""
    return "  # \(dataset.classes.count) classes in \(dataset.labels.count) rows: "
      + shown.joined(separator: ", ") + rest
  }

  /// The roles of the columns, so that a person can change them.
  private static func columns(_ dataset: Dataset) -> String {
    var lines = dataset.warnings.map { "  # \($0)" }
    var seen: Set<String> = []
    let fields = dataset.schema.features.filter { seen.insert($0.column).inserted }
    guard fields.count <= 60 else {
      lines.append("  # \(fields.count) columns are used; columns: {name: role} decides otherwise")
      return lines.joined(separator: "\n")
    }
    lines.append("  columns:                     # numeric, categorical, date or ignore")
    for field in fields { lines.append("    \(scalar(field.column)): \(field.kind.role.rawValue)") }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func split(_ rowCount: Int) -> String {
    switch rowCount {
    case ..<500: "split: {method: stratified, test: 0.2, folds: 5, repeats: 2}"
    case ..<5_000: "split: {method: stratified, test: 0.2, folds: 5}"
    default: "split: {method: stratified, validation: 0.2, test: 0.2}"
    }
  }

  private static func steps(_ dataset: Dataset) -> String {
    var steps = ["  - use: impute"]
    steps += ["  - use: scale", "    with: {method: standard}"]
    let hasCategories = dataset.schema.features.contains { $0.kind.role == .categorical }
    if hasCategories { steps.append("  - use: one-hot") }
    return steps.joined(separator: "\n")
  }

  /// Accuracy rewards neglecting rare classes: below a third of the even share it is balanced.
  private static func metric(_ dataset: Dataset) -> String {
    let counts = dataset.classes.indices.map { index in
      dataset.labels.count { $0 == Int32(index) }
    }
    let isUneven = 3 * (counts.min() ?? 0) * counts.count < dataset.labels.count
    return isUneven ? "balanced_accuracy" : "accuracy"
  }
}

/// A pipeline that would be overwritten.
package struct DraftError: Error, Equatable, CustomStringConvertible {
  let path: String

  package var description: String {
    "'\(path)' is there already: run it with automl run \(path), or write another file with --output"
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

/// A text as a YAML scalar that reads back as the same text, or a whole number as it is.
private func scalar(_ text: String) -> String {
  if let number = Int(text) { return "\(number)" }
  let document = yamlText(.object([("x", .string(text))]))
  return String(document.dropFirst("x: ".count).dropLast())
}
