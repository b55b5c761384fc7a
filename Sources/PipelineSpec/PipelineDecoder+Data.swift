import SystemFiles
import TabularData

/// The sections `data:` and `split:`.
extension PipelineDecoder {
  static let dataKeys = [
    "source", "target", "test", "header", "columns", "weights", "missing_label", "classes",
  ]
  static let splitKeys = ["method", "validation", "test", "folds", "repeats", "by"]

  /// The `data:` section, or nil if its source or its target is missing or wrong.
  mutating func tableOptions(in top: Section) -> TableOptions? {
    let example = "data: {source: table.csv, target: label}"
    guard let field = required("data", in: top, hint: example),
      let section = section(field, keys: Self.dataKeys)
    else { return nil }
    let source = required(
      "source", in: section, hint: "the path of a table, or - for standard input")
    let target = required(
      "target", in: section, hint: "the name of the column of labels, or its position")
    let sourcePath = source.flatMap { inputPath($0) }
    let targetColumn = target.flatMap { column($0) }
    let test = section["test"].flatMap { inputPath($0) }
    let header = section["header"].flatMap { word($0, of: HeaderMode.self) } ?? .auto
    let columns = section["columns"].map { columnRules($0) } ?? []
    let weights = section["weights"].flatMap { rowWeights($0) } ?? .none
    let policy = section["missing_label"].flatMap { word($0, of: MissingLabelPolicy.self) }
    let classes = section["classes"].flatMap { classNames($0) }
    guard let sourcePath, let targetColumn else { return nil }
    return TableOptions(
      source: sourcePath, test: test, target: targetColumn, header: header, columns: columns,
      weights: weights, missingLabel: policy ?? .error, classes: classes)
  }

  /// A path: relative to the file if it stands in it, to the current folder if it comes from an option.
  mutating func inputPath(_ field: Field) -> String? {
    guard let given = text(field) else { return nil }
    guard case .file = field.node.location else { return given }
    return resolvedPath(given, from: parentFolder(of: path))
  }

  /// A column by its name or its position.
  mutating func column(_ field: Field) -> ColumnReference? {
    if case .integer(let position)? = field.node.resolved {
      if position != 0 { return .position(position) }
      report(
        .mustBe(
          field.path, "a name, or a position from 1 or from the end with -1", got: "0"),
        at: field.node.location)
      return nil
    }
    return text(field).map { .name($0) }
  }

  private mutating func columnRules(_ field: Field) -> [ColumnRule] {
    let roles = ColumnRole.allCases.map(\.rawValue)
    guard let members = field.node.members else {
      report(
        .mustBe(
          field.path, "a mapping of columns to roles", got: field.node.found,
          hint: "roles: \(roles.joined(separator: ", "))"),
        at: field.node.location)
      return []
    }
    return Section(field, members: members).entries.compactMap { name, field in
      word(field, of: ColumnRole.self).map { ColumnRule(pattern: name, role: $0) }
    }
  }

  private mutating func rowWeights(_ field: Field) -> RowWeights? {
    if field.node.members != nil {
      guard let section = section(field, keys: ["column"]) else { return nil }
      return required("column", in: section, hint: "the name or the position of a column")
        .flatMap { column($0) }.map { .column($0) }
    }
    switch field.node.word(of: ["none", "balanced"]) {
    case "none": return RowWeights.none
    case "balanced": return .balanced
    default:
      report(
        .mustBe(
          field.path, "none, balanced or {column: NAME}", got: field.node.found,
          hint: IssueMessage.nearest(field.node, among: ["none", "balanced"])),
        at: field.node.location)
      return nil
    }
  }

  /// The classes as they stand in the file: `001` keeps its zeros.
  private mutating func classNames(_ field: Field) -> [String]? {
    guard let elements = elements(field, of: "classes") else { return nil }
    var names: [String] = []
    for element in elements {
      guard case .scalar(let scalar) = element.node.content, !element.node.isNull else {
        report(
          .mustBe(element.path, "a class", got: element.node.found), at: element.node.location)
        continue
      }
      if let first = names.firstIndex(of: scalar.text) {
        report(
          .repeated(element.path, scalar.text, of: "\(field.path)[\(first)]"),
          at: element.node.location)
      }
      names.append(scalar.text)
    }
    if elements.count < 2 {
      report(
        .mustBe(field.path, "a list of 2 or more classes", got: field.node.found),
        at: field.node.location)
    }
    return names
  }

  /// The plan of a `split:` section, with the defaults that depend on other values.
  mutating func splitPlan(_ field: Field?, hasTestFile: Bool) -> SplitPlan {
    let defaults = SplitPlan(test: hasTestFile ? 0 : 0.2)
    guard let field, let section = section(field, keys: Self.splitKeys) else { return defaults }
    var plan = defaults
    plan.method = section["method"].flatMap { word($0, of: SplitPlan.Method.self) } ?? .stratified
    plan.test = section["test"].flatMap { share($0) } ?? defaults.test
    plan.folds = section["folds"].flatMap { integer($0, in: 2...Int.max) }
    plan.validation =
      section["validation"].flatMap { share($0) } ?? (section["folds"] == nil ? 0.2 : 0)
    plan.repeats = section["repeats"].flatMap { integer($0, in: 1...Int.max) } ?? 1
    plan.by = section["by"].flatMap { column($0) }
    checkShares(plan, section, hasTestFile: hasTestFile)
    checkGrouping(plan, section)
    return plan
  }

  private mutating func checkShares(_ plan: SplitPlan, _ section: Section, hasTestFile: Bool) {
    if hasTestFile, plan.test > 0, let test = section["test"] {
      report(
        .notBoth(
          test.path, "data.test",
          hint: "the rows of data.test are the test rows: leave out one of the two"),
        at: test.node.location)
    }
    if let folds = section["folds"] {
      if let validation = section["validation"], plan.validation > 0 {
        report(
          .notBoth(validation.path, folds.path, hint: "folds take turns as validation rows"),
          at: validation.node.location)
      }
    } else if let validation = section["validation"], plan.validation == 0 {
      report(
        .mustBe(
          validation.path, "above 0 without split.folds", got: validation.node.found,
          hint: "models are compared on the validation rows"),
        at: validation.node.location)
    }
    if let repeats = section["repeats"], section["folds"] == nil, plan.repeats > 1 {
      report(.needs(repeats.path, "split.folds"), at: repeats.key)
    }
    if plan.validation + plan.test >= 1, let field = section["validation"] ?? section["test"] {
      report(
        .mustBe(
          "split.validation + split.test", "below 1, so that rows to train on remain",
          got: "\(plan.validation + plan.test)"),
        at: field.node.location)
    }
  }

  private mutating func checkGrouping(_ plan: SplitPlan, _ section: Section) {
    let isByColumn = plan.method == .group || plan.method == .time
    if isByColumn, section["by"] == nil, let method = section["method"] {
      report(
        .needs("\(method.path): \(plan.method.rawValue)", "split.by, the column of its values"),
        at: method.node.location)
    }
    let methods = SplitPlan.Method.allCases.map(\.rawValue)
    let methodIsKnown = section["method"].map { $0.node.word(of: methods) != nil } ?? true
    if !isByColumn, methodIsKnown, let by = section["by"] {
      report(.usedOnlyWith(by.path, "split.method: group or time"), at: by.key)
    }
  }
}
