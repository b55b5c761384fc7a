/// Rows that stay together in every split.
struct RowUnits {
  /// The rows of each unit, ascending.
  var rows: [[Int]]

  /// Rows with the same features to the bit are one unit, so that no test row was seen in training.
  ///
  /// Units are in the order of their first rows. O(n · d) and a sort of n hashes.
  static func duplicates(in table: Table) -> RowUnits {
    let hashes = rowHashes(table)
    let order = hashes.indices.sorted { a, b in
      hashes[a] != hashes[b] ? hashes[a] < hashes[b] : a < b
    }
    var units: [[Int]] = []
    var open: [Int] = []  // The units of the current hash: more than one only if hashes collide.
    for (position, row) in order.enumerated() {
      if position == 0 || hashes[row] != hashes[order[position - 1]] { open = [] }
      if let unit = open.first(where: { areEqual(units[$0][0], row, in: table) }) {
        units[unit].append(row)
      } else {
        open.append(units.count)
        units.append([row])
      }
    }
    return RowUnits(rows: units.sorted { $0[0] < $1[0] })
  }

  /// Rows with the same code are one unit; units are in the order of codes.
  static func groups(_ codes: [Int32]) -> RowUnits {
    var units: [[Int]] = []
    for (row, code) in codes.enumerated() {
      while units.count <= Int(code) { units.append([]) }
      units[Int(code)].append(row)
    }
    return RowUnits(rows: units.filter { !$0.isEmpty })
  }

  /// Rows with the same time are one unit; units are in the order of time.
  static func times(_ times: [Double]) -> RowUnits {
    let order = times.indices.sorted { a, b in times[a] != times[b] ? times[a] < times[b] : a < b }
    var units: [[Int]] = []
    for (position, row) in order.enumerated() {
      if position > 0, times[row] == times[order[position - 1]] {
        units[units.count - 1].append(row)
      } else {
        units.append([row])
      }
    }
    return RowUnits(rows: units)
  }
}

/// A hash of the features of each row.
private func rowHashes(_ table: Table) -> [UInt64] {
  var hashes = [UInt64](repeating: 0x9e37_79b9_7f4a_7c15, count: table.rowCount)
  for column in table.columns {
    switch column.values {
    case .numeric(let values):
      for row in hashes.indices { hashes[row] = combined(hashes[row], bits(values[row])) }
    case .categorical(let codes, _):
      for row in hashes.indices {
        hashes[row] = combined(hashes[row], UInt64(bitPattern: Int64(codes[row])))
      }
    }
  }
  return hashes
}

private func combined(_ hash: UInt64, _ bits: UInt64) -> UInt64 {
  let mixed = (hash ^ bits) &* 0xbf58_476d_1ce4_e5b9
  return mixed ^ (mixed >> 29)
}

/// The bits of a number; one pattern for all missing values, and for both zeros.
private func bits(_ value: Double) -> UInt64 {
  if value.isNaN { return Double.nan.bitPattern }
  return value == 0 ? 0 : value.bitPattern
}

private func areEqual(_ a: Int, _ b: Int, in table: Table) -> Bool {
  table.columns.allSatisfy { column in
    switch column.values {
    case .numeric(let values): bits(values[a]) == bits(values[b])
    case .categorical(let codes, _): codes[a] == codes[b]
    }
  }
}
