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
  /// O((n + m) · d) for tables of n and m rows and d columns, with copies of no more than the shared rows.
  ///
  /// - Parameter other: A table with the same columns in the same order.
  /// - Returns: A number of rows of this table, 0 or more.
  /// - Precondition: The columns of both tables are of the same kinds.
  package func rowCount(sharedWith other: Table) -> Int {
    precondition(
      columns.count == other.columns.count,
      "\(columns.count) columns are compared with \(other.columns.count)")
    let mine = Table(
      rowCount: rowCount, columns: zip(columns, other.columns).map { $0.coded(as: $1) })
    let first = other.rows(withHashesOf: mine)
    let second = mine.rows(withHashesOf: first)
    let both = Table(
      rowCount: first.rowCount + second.rowCount,
      columns: zip(first.columns, second.columns).map { $0.appending($1) })
    let units = RowUnits.duplicates(in: both)
    return (0..<units.count).reduce(0) { count, unit in
      units.first(unit) < first.rowCount
        ? count + units[unit].count { $0 >= first.rowCount } : count
    }
  }

  /// The rows that may equal one of another table: few others have the same hash.
  private func rows(withHashesOf other: Table) -> Table {
    let known = Set(rowHashes(other))
    let hashes = rowHashes(self)
    return selecting(rows: hashes.indices.filter { known.contains(hashes[$0]) })
  }
}

extension Column {
  /// The same column with the codes of another one, and with codes behind them for further categories.
  fileprivate func coded(as other: Column) -> Column {
    switch (values, other.values) {
    case (.numeric, .numeric): return self
    case (.categorical(let codes, let own), .categorical(_, var categories)):
      let places = categories.placesByBytes
      var translation: [Int32] = []
      for category in own {
        translation.append(Int32(places[ByteText(category)] ?? categories.count))
        if places[ByteText(category)] == nil { categories.append(category) }
      }
      return Column(
        name: name,
        values: .categorical(
          codes: codes.map { $0 < 0 ? -1 : translation[Int($0)] }, categories: categories))
    default:
      preconditionFailure("the columns '\(name)' and '\(other.name)' are of different kinds")
    }
  }

  /// The rows of this column and then those of another one with the same codes.
  fileprivate func appending(_ other: Column) -> Column {
    switch (values, other.values) {
    case (.numeric(let first), .numeric(let second)):
      return Column(name: name, values: .numeric(first + second))
    case (.categorical(let first, _), .categorical(let second, let categories)):
      return Column(name: name, values: .categorical(codes: first + second, categories: categories))
    default:
      preconditionFailure("the columns '\(name)' and '\(other.name)' are of different kinds")
    }
  }
}
