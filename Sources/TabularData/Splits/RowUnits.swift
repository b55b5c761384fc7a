/// Rows that stay together in every split.
///
/// Units are numbered from 0. All rows lie in one array, unit after unit, so that millions of units cost
/// eight bytes each.
struct RowUnits {
  /// The rows of all units, unit after unit, ascending in each.
  private let rows: [Int32]
  /// Where the rows of each unit begin, and at last where those of the last one end.
  private let starts: [Int32]

  /// The number of units.
  var count: Int { starts.count - 1 }
  /// The number of rows in all units.
  var rowCount: Int { rows.count }

  /// The rows of a unit, ascending; one or more.
  subscript(unit: Int) -> ArraySlice<Int32> { rows[places(of: unit)] }

  /// Where the rows of a unit stand among those of all units.
  func places(of unit: Int) -> Range<Int> { Int(starts[unit])..<Int(starts[unit + 1]) }

  /// The row at a place.
  func row(at place: Int) -> Int { Int(rows[place]) }

  /// The number of rows of a unit.
  func size(_ unit: Int) -> Int { Int(starts[unit + 1] - starts[unit]) }

  /// The first row of a unit.
  func first(_ unit: Int) -> Int { Int(rows[Int(starts[unit])]) }

  /// Makes units of consecutive rows of a list.
  private init(rows: [Int32], starts: [Int32]) {
    self.rows = rows
    self.starts = starts
  }

  /// Rows with the same number are one unit; units are in the order of their numbers.
  ///
  /// - Parameters:
  ///   - numbers: A number for each row, in `0..<count`.
  ///   - count: How many numbers there are; those without rows make no unit.
  private init(numbers: [Int32], count: Int) {
    var starts = [Int32](repeating: 0, count: count + 1)
    for number in numbers { starts[Int(number) + 1] += 1 }
    for unit in 0..<count { starts[unit + 1] += starts[unit] }
    var places = starts
    var rows = [Int32](repeating: 0, count: numbers.count)
    for (row, number) in numbers.enumerated() {
      rows[Int(places[Int(number)])] = Int32(row)
      places[Int(number)] += 1
    }
    // Where a number has no rows, the next unit begins at the same place.
    var kept = 1
    for place in starts.indices.dropFirst() where starts[place] != starts[kept - 1] {
      starts[kept] = starts[place]
      kept += 1
    }
    starts.removeLast(starts.count - kept)
    self.init(rows: rows, starts: starts)
  }

  /// Rows with the same features to the bit are one unit, so that no test row was seen in training.
  ///
  /// Units are in the order of their first rows. O(n · d), by hash tables of the rows.
  static func duplicates(in table: Table) -> RowUnits {
    let firsts = firstEqualRows(table)
    var unitOfRow = [Int32](repeating: 0, count: firsts.count)
    var count: Int32 = 0
    for row in firsts.indices {
      let first = Int(firsts[row])
      if first == row {
        unitOfRow[row] = count
        count += 1
      } else {
        unitOfRow[row] = unitOfRow[first]
      }
    }
    return RowUnits(numbers: unitOfRow, count: Int(count))
  }

  /// Rows with the same code are one unit; units are in the order of codes.
  static func groups(_ codes: [Int32]) -> RowUnits {
    RowUnits(numbers: codes, count: Int(codes.max() ?? -1) + 1)
  }

  /// Rows with the same time are one unit; units are in the order of time.
  static func times(_ times: [Double]) -> RowUnits {
    let all: [Int32] = Array(0..<Int32(times.count))
    let order = all.sorted { (a: Int32, b: Int32) -> Bool in
      let (timeA, timeB) = (times[Int(a)], times[Int(b)])
      return timeA != timeB ? timeA < timeB : a < b
    }
    var starts: [Int32] = []
    for (position, row) in order.enumerated()
    where position == 0 || times[Int(row)] != times[Int(order[position - 1])] {
      starts.append(Int32(position))
    }
    return RowUnits(rows: order, starts: starts + [Int32(order.count)])
  }
}

/// The first row with the same features, for each row.
///
/// Rows are dealt by their hashes to buckets, each of which has a hash table that fits into a cache.
private func firstEqualRows(_ table: Table) -> [Int32] {
  let hashes = rowHashes(table)
  let bucketBits = max(1, Int.bitWidth - (table.rowCount >> 15).leadingZeroBitCount)
  let shift = UInt64(64 - bucketBits)
  var ends = [Int](repeating: 0, count: 1 << bucketBits)
  for hash in hashes { ends[Int(hash >> shift)] += 1 }
  for bucket in 1..<ends.count { ends[bucket] += ends[bucket - 1] }
  // Filled from the end, rows ascend in each bucket.
  var starts = ends
  var rows = [Int32](repeating: 0, count: hashes.count)
  for row in hashes.indices.reversed() {
    let bucket = Int(hashes[row] >> shift)
    starts[bucket] -= 1
    rows[starts[bucket]] = Int32(row)
  }
  var firsts = [Int32](repeating: 0, count: hashes.count)
  var slots: [Int32] = []
  for bucket in ends.indices {
    findFirsts(among: rows[starts[bucket]..<ends[bucket]], hashes, table, &slots, &firsts)
  }
  return firsts
}

/// Finds the first equal row of each of some rows, which ascend.
private func findFirsts(
  among rows: ArraySlice<Int32>, _ hashes: [UInt64], _ table: Table, _ slots: inout [Int32],
  _ firsts: inout [Int32]
) {
  let width = Int.bitWidth - (2 * rows.count).leadingZeroBitCount
  slots.removeAll(keepingCapacity: true)
  slots.append(contentsOf: repeatElement(-1, count: 1 << width))
  for row in rows {
    let hash = hashes[Int(row)]
    // The highest bits are the same in all of the bucket.
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0 {
      let first = Int(slots[slot])
      if hashes[first] == hash, areEqual(first, Int(row), in: table) { break }
      slot = (slot + 1) & (slots.count - 1)
    }
    if slots[slot] < 0 { slots[slot] = row }
    firsts[Int(row)] = slots[slot]
  }
}

/// A hash of the features of each row, all of whose bits depend on all features.
func rowHashes(_ table: Table) -> [UInt64] {
  var hashes = [UInt64](repeating: 0x9e37_79b9_7f4a_7c15, count: table.rowCount)
  // A tile of hashes stays in the first-level cache while the columns go by.
  for start in stride(from: 0, to: hashes.count, by: 2_048) {
    let rows = start..<min(start + 2_048, hashes.count)
    for column in table.columns {
      switch column.values {
      case .numeric(let values):
        for row in rows { hashes[row] = combined(hashes[row], bits(values[row])) }
      case .categorical(let codes, _):
        for row in rows {
          hashes[row] = combined(hashes[row], UInt64(bitPattern: Int64(codes[row])))
        }
      }
    }
    for row in rows { hashes[row] = combined(hashes[row], 0) &* 0x9e37_79b9_7f4a_7c15 }
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
