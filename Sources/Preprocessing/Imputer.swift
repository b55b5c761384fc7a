import PluginKit

/// Fills missing values with one value per column, learnt from the training rows.
///
/// A column without any value there is filled with 0, or with the category `missing`. Every column gets a
/// value, since one that is complete at training may have gaps at prediction. 0/1 columns that an earlier
/// step made are filled with their most frequent value.
struct Imputer: Transformer {
  /// What numeric columns are filled with.
  enum NumericFill: String, CaseIterable, Sendable {
    case median
    case mean
    case mostFrequent = "most-frequent"
    case constant
  }

  /// What categorical columns are filled with.
  enum CategoricalFill: String, CaseIterable, Sendable {
    case mostFrequent = "most-frequent"
    case constant
  }

  static let numeric = Parameter.choice(
    "numeric", default: NumericFill.median, summary: "what missing numbers are replaced by")
  static let fillValue = Parameter.real(
    "fill_value", -1e30...1e30, default: 0, when: .init("numeric", isOneOf: ["constant"]),
    summary: "the number that replaces missing ones")
  static let categorical = Parameter.choice(
    "categorical", default: CategoricalFill.mostFrequent,
    summary: "what missing categories are replaced by; constant is a category of its own, 'missing'"
  )
  static let indicator = Parameter.flag(
    "indicator", default: false,
    summary: "whether columns with gaps at training get a 0/1 column that marks them")

  static let declaration = StepDeclaration(
    id: "impute", summary: "Fills missing values",
    parameters: [
      numeric.declaration, fillValue.declaration, categorical.declaration, indicator.declaration,
    ])

  /// The category that stands for a missing value.
  static let missingCategory = "missing"

  /// What a column is filled with.
  enum Fill: Sendable {
    case number(Double)
    case category(String)
  }

  /// What was learnt about a column.
  struct ColumnFill: Sendable {
    let fill: Fill
    /// Whether gaps are marked by a column of their own.
    let marksGaps: Bool
  }

  let columns: [ColumnFill]

  static func fit(_ parameters: ParameterValues, to columns: [WorkingColumn]) -> Imputer {
    Imputer(
      columns: columns.map { column in
        ColumnFill(
          fill: fill(parameters, for: column.values),
          marksGaps: parameters[indicator] && column.hasMissing)
      })
  }

  func apply(to columns: [WorkingColumn]) throws(PreprocessingError) -> [WorkingColumn] {
    var result: [WorkingColumn] = []
    for (learnt, column) in try Self.pairs(self.columns, columns) {
      result.append(try filled(column, with: learnt.fill))
      if learnt.marksGaps { result.append(gaps(of: column)) }
    }
    return result
  }

  private func filled(
    _ column: WorkingColumn, with fill: Fill
  ) throws(PreprocessingError) -> WorkingColumn {
    guard column.hasMissing else { return column }
    switch (column.values, fill) {
    case (.numbers(let numbers, let kind), .number(let value)):
      return column.with(.numbers(numbers.map { $0.isNaN ? value : $0 }, kind))
    case (.categories(let codes, var texts), .category(let text)):
      let code = texts.firstIndex(of: text) ?? texts.count
      if code == texts.count { texts.append(text) }
      return column.with(
        .categories(codes: codes.map { $0 < 0 ? Int32(code) : $0 }, texts: texts))
    default: throw .damagedState("impute has a fill of another kind than '\(column.name)'")
    }
  }

  private func gaps(of column: WorkingColumn) -> WorkingColumn {
    let marks: [Double] =
      switch column.values {
      case .numbers(let numbers, _): numbers.map { $0.isNaN ? 1 : 0 }
      case .categories(let codes, _): codes.map { $0 < 0 ? 1 : 0 }
      }
    return WorkingColumn(
      name: column.name + "?missing", origin: column.origin, values: .numbers(marks, .indicator))
  }
}

extension Imputer {
  private static func fill(_ parameters: ParameterValues, for values: WorkingColumn.Values) -> Fill
  {
    switch values {
    case .numbers(let numbers, let kind):
      let present = numbers.filter { !$0.isNaN }
      if kind == .indicator { return .number(present.isEmpty ? 0 : present.mostFrequent()) }
      if parameters[numeric] == .constant { return .number(parameters[fillValue]) }
      return .number(present.isEmpty ? 0 : centre(parameters[numeric], of: present))
    case .categories(let codes, let texts):
      guard parameters[categorical] == .mostFrequent else { return .category(missingCategory) }
      return .category(CategoryCounts(codes: codes, texts: texts).byCount.first ?? missingCategory)
    }
  }

  private static func centre(_ fill: NumericFill, of present: [Double]) -> Double {
    switch fill {
    case .median, .constant: present.median()
    case .mean: PresentNumbers(columns: [present]).mean()
    case .mostFrequent: present.mostFrequent()
    }
  }
}

extension Imputer {
  var state: JSONValue {
    let columns = columns.map { column in
      let fill: JSONValue =
        switch column.fill {
        case .number(let number): .number(number)
        case .category(let text): .string(text)
        }
      return JSONValue.object([("fill", fill), ("marks_gaps", .bool(column.marksGaps))])
    }
    return .object([("columns", .array(columns))])
  }

  init(state: JSONValue) throws(PreprocessingError) {
    columns = try Self.columnStates(in: state).map { column throws(PreprocessingError) in
      guard let marksGaps = column["marks_gaps"]?.bool else {
        throw .damagedState("a column of impute has no 'marks_gaps'")
      }
      if let number = column["fill"]?.number {
        return ColumnFill(fill: .number(number), marksGaps: marksGaps)
      }
      guard let text = column["fill"]?.string else {
        throw .damagedState("a column of impute has no 'fill'")
      }
      return ColumnFill(fill: .category(text), marksGaps: marksGaps)
    }
  }
}
