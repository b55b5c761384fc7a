/// A column of the table that a model was trained on, which its rows need.
public struct InputColumn: Sendable, Equatable {
  /// What the values of a column are.
  public enum Kind: Sendable, Equatable {
    /// Finite numbers.
    case number
    /// Texts, and those that the training table held; what another one means is in the model.
    case category([String])
    /// Dates as texts, such as `2020-12-31` or `2020-12-31T14:05:00`.
    case date
  }

  /// The name in the table's header, or `column_1`… where it had none.
  public let name: String
  public let kind: Kind
}

/// A value of a row; literals of numbers and texts and nil are values.
public enum Value: Sendable, Equatable {
  /// A number; NaN is a missing value.
  case number(Double)
  /// A category or a date. What means a missing value in a table means it here, too: the empty text,
  /// `NA`, `N/A`, `NaN`, `nan`, `?`, `null`, `NULL`, `None`.
  case text(String)
  /// A value that is not known.
  case missing
}

extension Value: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByNilLiteral,
  ExpressibleByStringInterpolation
{
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(integerLiteral value: Int) { self = .number(Double(value)) }
  public init(nilLiteral: ()) { self = .missing }
  public init(stringLiteral value: String) { self = .text(value) }
}

/// The values of a column, one for each row.
public enum ColumnValues: Sendable, Equatable {
  /// Numbers; NaN is a missing value.
  case numbers([Double])
  /// Categories or dates; nil is a missing value, and so are the texts that ``Value/text(_:)`` lists.
  case texts([String?])

  var count: Int {
    switch self {
    case .numbers(let numbers): numbers.count
    case .texts(let texts): texts.count
    }
  }
}
