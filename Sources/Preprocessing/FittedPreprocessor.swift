package import PluginKit
package import TableColumns

/// The steps of a pipeline after they have seen the training rows: what makes tables into matrices.
///
/// The columns of the matrix follow the order of the training table's; what a step makes of a column stands
/// in its place. Without steps numeric columns pass as they are.
package struct FittedPreprocessor: Sendable {
  /// A column of the training table.
  struct Input: Sendable, Equatable {
    let name: String
    let isCategorical: Bool
  }

  let inputs: [Input]
  let steps: [any Transformer]
  let acceptsMissing: Bool
  /// What the columns of the matrix are; names are unique.
  package let columns: [FeatureColumn]

  /// That of a model without columns of its own, such as an ensemble, whose members have theirs.
  package static let empty = FittedPreprocessor()

  private init() { (inputs, steps, acceptsMissing, columns) = ([], [], true, []) }

  /// Checks that the steps fit together, and learns which columns come out.
  init(
    inputs: [Input], steps: [any Transformer], acceptsMissing: Bool
  ) throws(PreprocessingError) {
    self.inputs = inputs
    self.steps = steps
    self.acceptsMissing = acceptsMissing
    let empty = inputs.map { input in
      WorkingColumn(
        name: input.name, origin: input.name,
        values: input.isCategorical ? .categories(codes: [], texts: []) : .numbers([], .numeric))
    }
    columns = try Self.features(of: Self.applying(steps, to: empty))
  }

  /// Fits each step to the training rows as the steps before it leave them.
  ///
  /// - Parameters:
  ///   - steps: Ids of ``StepDeclaration/all`` with values, in order.
  ///   - table: Feature columns only.
  ///   - rows: The training rows; nothing is learnt from others.
  ///   - acceptsMissing: Whether the model understands NaN.
  /// - Returns: The fitted steps.
  /// - Throws: ``PreprocessingError`` if a column stays categorical, or has missing training values that
  ///   no step fills and the model does not accept.
  package static func fit(
    _ steps: [StepSettings], to table: Table, rows: [Int], acceptsMissing: Bool
  ) throws(PreprocessingError) -> FittedPreprocessor {
    precondition(!rows.isEmpty, "preprocessing needs at least one training row")
    var working = table.columns.map { WorkingColumn($0, rows: rows, places: rows.indices) }
    var fitted: [any Transformer] = []
    for (position, settings) in steps.enumerated() {
      guard let kind = transformers.first(where: { $0.declaration.id == settings.id }) else {
        preconditionFailure("there is no preprocessing step '\(settings.id)'")
      }
      let step = kind.fit(settings.values, to: working)
      fitted.append(step)
      // What the last step makes of complete rows is not looked at, and costs a copy of the table.
      if position + 1 < steps.count || working.contains(where: \.hasMissing) {
        working = try step.apply(to: working)
      }
    }
    let preprocessor = try FittedPreprocessor(
      inputs: table.columns.map { Input(name: $0.name, isCategorical: $0.isCategorical) },
      steps: fitted, acceptsMissing: acceptsMissing)
    let incomplete = acceptsMissing ? [] : working.filter(\.hasMissing).map(\.origin)
    guard incomplete.isEmpty else { throw .missingValues(columns: incomplete.withoutRepeats) }
    return preprocessor
  }

  static func applying(
    _ steps: [any Transformer], to columns: [WorkingColumn]
  ) throws(PreprocessingError) -> [WorkingColumn] {
    var columns = columns
    for step in steps { columns = try step.apply(to: columns) }
    return columns
  }

  private static func features(
    of columns: [WorkingColumn]
  ) throws(PreprocessingError) -> [FeatureColumn] {
    var categorical: [String] = []
    var names: Set<String> = []
    let features = columns.compactMap { column -> FeatureColumn? in
      guard case .numbers(_, let kind) = column.values else {
        categorical.append(column.origin)
        return nil
      }
      // A table may have a column `floor=2` beside the category 2 of its column `floor`.
      var name = column.name
      while !names.insert(name).inserted { name += "'" }
      return FeatureColumn(name: name, kind: kind, origin: column.origin)
    }
    guard categorical.isEmpty else { throw .categoricalColumns(categorical) }
    return features
  }
}

extension FittedPreprocessor: Equatable {
  package static func == (left: Self, right: Self) -> Bool { left.json == right.json }
}

extension Column {
  /// Whether the values are words, not numbers.
  var isCategorical: Bool {
    if case .categorical = values { true } else { false }
  }
}

extension [String] {
  /// The first occurrence of each text.
  var withoutRepeats: [String] {
    var seen: Set<String> = []
    return filter { seen.insert($0).inserted }
  }
}
