/// Rows that stay together in every split.
struct RowUnits {
  /// The rows of each unit, ascending.
  var rows: [[Int]]

  /// Rows with the same features to the bit are one unit, so that no test row was seen in training.
  ///
  /// Units are in the order of their first rows. O(n · d), by a hash table of the rows.
  static func duplicates(in table: Table) -> RowUnits {
    let hashes = rowHashes(table)
    let width = Int.bitWidth - (2 * table.rowCount).leadingZeroBitCount
    var slots = [Int](repeating: -1, count: 1 << width)
    var units: [[Int]] = []
    for row in hashes.indices {
      var slot = Int((hashes[row] &* 0x9e37_79b9_7f4a_7c15) >> UInt64(64 - width))
      while slots[slot] >= 0 {
        let first = units[slots[slot]][0]
        if hashes[first] == hashes[row], areEqual(first, row, in: table) { break }
        slot = (slot + 1) & (slots.count - 1)
      }
      if slots[slot] >= 0 {
        units[slots[slot]].append(row)
      } else {
        slots[slot] = units.count
        units.append([row])
      }
    }
    return RowUnits(rows: units)
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
