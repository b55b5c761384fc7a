/// Columns that say something of the rows and are no features: weights, groups and times.
extension DelimitedText {
  /// The weights of rows.
  ///
  /// - Parameters:
  ///   - cells: All columns, of the kept rows.
  ///   - position: The column of weights, or nil.
  ///   - rows: The row of the text of each kept row, for messages; nil if all are kept.
  /// - Returns: A weight for each kept row; nil without a column of weights.
  /// - Throws: ``TableError`` for a missing or negative weight, or if all are 0.
  func weights(
    _ cells: [CellColumn], at position: Int?, rows: [Int]?
  ) throws(TableError) -> [Double]? {
    guard let position, case .numbers(let weights) = cells[position] else { return nil }
    if let place = weights.firstIndex(where: { !($0 >= 0) }) {
      let (row, weight) = (rows?[place] ?? place, weights[place])
      throw error(row: row, column: position) { shown in
        (weight.isNaN ? "has no value" : "holds '\(shown)'")
          + "; a weight must be a number, 0 or more"
      }
    }
    guard weights.contains(where: { $0 > 0 }) else {
      throw error("all weights in \(title(ofColumn: position)) are 0; at least one must be more")
    }
    return weights
  }

  /// A code for the group of each row, in the order in which the groups first occur.
  func groups(
    _ cells: [CellColumn], at position: Int?, rows: [Int]
  ) throws(TableError) -> [Int32]? {
    guard let position, case .texts(let texts) = cells[position] else { return nil }
    if let missing = texts.codes.firstIndex(of: -1) {
      throw error(
        row: rows[missing], column: position,
        "has no value; each row needs a group, since rows are split by this column")
    }
    return texts.codes
  }

  /// The time of each row: its number, or its date in seconds since 1970.
  func times(
    _ cells: [CellColumn], at position: Int?, rows: [Int]
  ) throws(TableError) -> [Double]? {
    guard let position else { return nil }
    var times: [Double]
    switch cells[position] {
    case .skipped: return nil
    case .numbers(let values): times = values
    case .texts(let texts):
      let codes = TextFacts(texts).codes
      let order = texts.dateOrder(codes: codes)?.order ?? .dayFirst
      var seconds = [Double](repeating: .nan, count: texts.distinct.count)
      for code in codes { seconds[code] = try date(texts, code, order, column: position).seconds }
      times = texts.codes.map { $0 < 0 ? .nan : seconds[Int($0)] }
    }
    if let missing = times.firstIndex(where: \.isNaN) {
      throw error(
        row: rows[missing], column: position,
        "has no value; each row needs a time, since rows are split by this column")
    }
    return times
  }
}
