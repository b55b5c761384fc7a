import PluginKit
import Preprocessing
import TableColumns

/// Why rows could not be predicted.
public struct InputError: Error, Equatable, CustomStringConvertible {
  /// What kind of fault it is.
  public enum Reason: Sendable, Equatable {
    /// Columns that the model needs are not there.
    case absentColumns
    /// Columns do not have the same number of values.
    case unequalLengths
    /// A value is not of the column's kind: a text for a number, a number for a text, no date.
    case wrongKind
    /// An infinite number, or one that is beyond 32 bits after preprocessing.
    case outOfRange
    /// Values are missing, which the model does not accept.
    case missingValues
    /// A category that no training row has, and that the model does not accept.
    case unseenCategory
    /// The model refused the rows for another reason.
    case refused
  }

  public let reason: Reason
  /// The columns it is about.
  public let columns: [String]
  /// The first row it is about, counted from 0, where that is known.
  public let row: Int?
  /// A sentence for people, without a full stop.
  public let description: String

  init(_ reason: Reason, columns: [String], row: Int? = nil, _ description: String) {
    self.reason = reason
    self.columns = columns
    self.row = row
    self.description = description
  }
}

extension InputError {
  /// Columns that are not among the given ones.
  static func absent(_ columns: [String], among given: [String], row: Int?) -> InputError {
    let noun = columns.count == 1 ? "the column" : "the columns"
    let place = row.map { "row \($0) lacks" } ?? "the rows lack"
    let meant = columns.first.flatMap { nearestName(to: $0, among: given) }
    let remedy =
      meant.map { "did you mean it by \(quoted($0))?" } ?? "give nil where a value is not known"
    return InputError(
      .absentColumns, columns: columns, row: row,
      "\(place) \(noun) \(listed(columns.map(quoted), atMost: 20)): \(remedy)")
  }

  /// What a model's preprocessing or the model itself says of rows.
  init(_ error: any Error) {
    let (reason, columns): (Reason, [String]) =
      switch error {
      case PreprocessingError.missingValues(let columns): (.missingValues, columns)
      case PreprocessingError.unseenCategory(let column, _, _): (.unseenCategory, [column])
      case PreprocessingError.outOfRange(let column, _): (.outOfRange, [column])
      default: (.refused, [])
      }
    let description =
      switch (error, reason) {
      case (_, .missingValues):
        "\(columns.count == 1 ? "the column" : "the columns") "
          + "\(listed(columns.map(quoted), atMost: 20)) \(columns.count == 1 ? "has" : "have") "
          + "missing values, which the model does not accept: it was trained without 'impute'"
      case (PreprocessingError.unseenCategory(_, let category, let known), _):
        "the column \(quoted(columns[0])) holds \(quoted(category)), which no training row has; "
          + "known are \(listed(known.map(quoted), atMost: 12))"
      default: "\(error)"
      }
    self.init(reason, columns: columns, description)
  }
}
