import PluginKit

/// Moves and stretches numeric columns: (value - centre) / width, learnt from the training rows.
///
/// | method | centre | width |
/// |---|---|---|
/// | standard | mean | standard deviation (divided by n) |
/// | minmax | smallest value | largest less smallest value |
/// | robust | median | third less first quartile |
/// | none | 0 | 1 |
///
/// With `per: table` all numeric columns share one centre and one width, which keeps their relation where
/// they measure the same thing (pixels, spectra). What would have width 0 gets width 1. Missing values are
/// left out of the statistics and stay missing; 0/1 columns stay as they are.
struct Scaler: Transformer {
  /// Which centre and width.
  enum Method: String, CaseIterable, Sendable {
    case standard
    case minmax
    case robust
    case none
  }

  /// What shares a centre and a width.
  enum Scope: String, CaseIterable, Sendable {
    case column
    case table
  }

  static let method = Parameter.choice(
    "method", default: Method.standard, summary: "how centre and width are measured")
  static let scope = Parameter.choice(
    "per", default: Scope.column,
    summary:
      "whether each column has its own centre and width, or all columns of the table share one")

  static let declaration = StepDeclaration(
    id: "scale", summary: "Brings numeric columns to a common scale",
    parameters: [method.declaration, scope.declaration])

  /// A centre and a width, which is not 0.
  struct Scaling: Sendable {
    let centre: Double
    let width: Double
  }

  /// One for each column; nil for those that stay as they are.
  let columns: [Scaling?]

  static func fit(_ parameters: ParameterValues, to columns: [WorkingColumn]) -> Scaler {
    let numbers = columns.map { column -> [Double]? in
      guard case .numbers(let values, .numeric) = column.values else { return nil }
      return values
    }
    let method = parameters[Self.method]
    guard method != .none else { return Scaler(columns: columns.map { _ in nil }) }
    switch parameters[scope] {
    case .column:
      return Scaler(columns: numbers.map { $0.map { Scaling(method, of: [$0]) } })
    case .table:
      let shared = Scaling(method, of: numbers.compactMap { $0 })
      return Scaler(columns: numbers.map { $0 == nil ? nil : shared })
    }
  }

  func apply(to columns: [WorkingColumn]) throws(PreprocessingError) -> [WorkingColumn] {
    try Self.pairs(self.columns, columns).map { scaling, column in
      guard let scaling, case .numbers(let values, let kind) = column.values else { return column }
      return column.with(.numbers(values.map { ($0 - scaling.centre) / scaling.width }, kind))
    }
  }
}

extension Scaler.Scaling {
  /// Measures the numbers of all columns together, of which NaN ones do not count.
  fileprivate init(_ method: Scaler.Method, of columns: [[Double]]) {
    let (centre, width) = Self.measured(method, PresentNumbers(columns: columns))
    // Sums of huge values overflow; unscaled, they are refused by name where they leave as 32-bit numbers.
    let isFinite = centre.isFinite && width.isFinite
    self.init(centre: isFinite ? centre : 0, width: isFinite && width > 0 ? width : 1)
  }

  private static func measured(
    _ method: Scaler.Method, _ present: PresentNumbers
  ) -> (centre: Double, width: Double) {
    guard let (low, high) = present.range() else { return (0, 1) }
    // A rounded mean would give a constant column a tiny deviation, and its noise a huge scale.
    guard low < high else { return (low, 1) }
    switch method {
    case .standard:
      let mean = present.mean()
      return (mean, present.meanSquare(around: mean).squareRoot())
    case .minmax: return (low, high - low)
    case .robust:
      let numbers = present.collected()
      let quartiles = numbers.quantiles([0.25, 0.75])
      return (numbers.median(), quartiles[1] - quartiles[0])
    case .none: return (0, 1)
    }
  }
}

extension Scaler {
  var state: JSONValue {
    .object([
      (
        "columns",
        .array(
          columns.map { scaling in
            guard let scaling else { return .null }
            return .object([
              ("centre", .number(scaling.centre)), ("width", .number(scaling.width)),
            ])
          })
      )
    ])
  }

  init(state: JSONValue) throws(PreprocessingError) {
    columns = try Self.columnStates(in: state).map { column throws(PreprocessingError) in
      if column == .null { return nil }
      guard let centre = column["centre"]?.number, let width = column["width"]?.number, width > 0
      else { throw .damagedState("a column of scale has no centre, or no width over 0") }
      return Scaling(centre: centre, width: width)
    }
  }
}
