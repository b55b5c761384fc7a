/// A feature: where its values come from and what they are.
package struct FeatureField: Sendable, Equatable {
  /// What the values are.
  package enum Kind: Sendable, Equatable {
    case numeric
    /// The categories in their order: numbers by value, otherwise by bytes.
    case categorical([String])
    /// A part of a date.
    case date(DatePart, DateOrder)
  }

  /// Unique among the features: the name of the column, or `when.year` for a part of a date.
  package let name: String
  /// The name of the column.
  package let column: String
  /// The position of the column in the table that was learnt from, counted from 0.
  package let position: Int
  package let kind: Kind

  package init(name: String, column: String, position: Int, kind: Kind) {
    self.name = name
    self.column = column
    self.position = position
    self.kind = kind
  }
}

/// A part of a date that is a numeric feature.
package enum DatePart: String, Sendable, CaseIterable {
  case year
  /// 1 to 12.
  case month
  /// 1 to 31.
  case day
  /// 1 for Monday to 7 for Sunday.
  case weekday
  /// Seconds since midnight, as written.
  case second

  /// The part of a date and time as a number.
  package func value(of date: DateTime) -> Double {
    switch self {
    case .year: Double(date.year)
    case .month: Double(date.month)
    case .day: Double(date.day)
    case .weekday: Double(date.weekday)
    case .second: date.secondOfDay
    }
  }
}
