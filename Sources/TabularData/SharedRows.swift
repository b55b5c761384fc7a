extension Dataset {
  /// What to say of a separate table of test rows beside the table that is learnt from.
  ///
  /// - Parameter test: What ``loadTest(path:options:schema:)`` made of it.
  /// - Returns: Whole sentences for people; none if all test rows are new.
  package func warnings(aboutTest test: Dataset) -> [String] {
    let count = test.features.rowCount(sharedWith: features)
    guard count > 0 else { return [] }
    return [
      "\(count) of \(counted(test.rowCount, "test row")) \(count == 1 ? "has" : "have") the features "
        + "of rows that are learnt from: test figures are too good"
    ]
  }
}

extension Table {
  /// How many rows have the same features, to the bit, as a row of another table.
  ///
  /// Categories are compared as texts, since other tables may number them otherwise.
  /// O((n + m) · d) for tables of n and m rows and d columns, with a copy of both.
  ///
  /// - Parameter other: A table with the same columns in the same order.
  /// - Returns: A number of rows of this table, 0 or more.
  /// - Precondition: The columns of both tables are of the same kinds.
  package func rowCount(sharedWith other: Table) -> Int {
    precondition(
      columns.count == other.columns.count,
      "\(columns.count) columns are compared with \(other.columns.count)")
    let both = Table(
      rowCount: other.rowCount + rowCount,
      columns: zip(other.columns, columns).map { $0.appending($1) })
    let units = RowUnits.duplicates(in: both)
    return (0..<units.count).reduce(0) { count, unit in
      units.first(unit) < other.rowCount
        ? count + units[unit].count { $0 >= other.rowCount } : count
    }
  }
}

extension Column {
  /// The rows of this column and then those of another one, by the categories of this one.
  fileprivate func appending(_ other: Column) -> Column {
    switch (values, other.values) {
    case (.numeric(let first), .numeric(let second)):
      return Column(name: name, values: .numeric(first + second))
    case (.categorical(let first, var categories), .categorical(let second, let others)):
      let places = categories.placesByBytes
      var translation: [Int32] = []
      for category in others {
        translation.append(Int32(places[ByteText(category)] ?? categories.count))
        if places[ByteText(category)] == nil { categories.append(category) }
      }
      let codes = first + second.map { $0 < 0 ? -1 : translation[Int($0)] }
      return Column(name: name, values: .categorical(codes: codes, categories: categories))
    default:
      preconditionFailure("the columns '\(name)' and '\(other.name)' are of different kinds")
    }
  }
}
