import PluginKit

/// Deals units of rows to parts, so that each part gets about as many rows of each stratum as it
/// needs.
struct UnitDealer {
  /// The units of rows that stay together.
  let units: RowUnits
  /// The stratum of each unit: what is to have the same share in each part.
  let strata: [Int]
  let stratumCount: Int
  /// The classes that occur in each unit, ascending.
  let classes: [[Int]]

  init(units: RowUnits, labels: [Int32], isStratified: Bool) {
    self.units = units
    let classCount = Int(labels.max() ?? 0) + 1
    stratumCount = isStratified ? classCount : 1
    let classes = units.rows.map { rows in
      rows.count == 1 ? [Int(labels[rows[0]])] : Set(rows.map { Int(labels[$0]) }).sorted()
    }
    self.classes = classes
    strata = units.rows.indices.map { unit in
      guard isStratified else { return 0 }
      if classes[unit].count == 1 { return classes[unit][0] }
      return mostFrequent(units.rows[unit].map { Int(labels[$0]) })
    }
  }

  /// The number of rows in some units, for each stratum.
  func counts(_ some: [Int]) -> [Int] {
    var counts = [Int](repeating: 0, count: stratumCount)
    for unit in some { counts[strata[unit]] += units.rows[unit].count }
    return counts
  }

  /// The units, of some, that hold all rows of a class: they must be trained on.
  func irreplaceable(among some: [Int]) -> Set<Int> {
    let classCount = (classes.joined().max() ?? -1) + 1
    var holders = [(count: Int, unit: Int)](repeating: (0, 0), count: classCount)
    for unit in some {
      for kind in classes[unit] { holders[kind] = (holders[kind].count + 1, unit) }
    }
    return Set(holders.filter { $0.count == 1 }.map(\.unit))
  }

  /// Deals units out: each goes to the part that lacks most rows of its stratum.
  ///
  /// Large units come first (by powers of two), since small ones then even out what is left; among
  /// units of about the same size the order is random.
  ///
  /// - Parameters:
  ///   - some: The units to deal.
  ///   - needs: The rows that each part is to have: `[stratum][part]`; of parts that lack equally
  ///     many the last comes first.
  ///   - seed: Decides which rows go where.
  /// - Returns: The units of each part.
  func deal(_ some: [Int], needs: [[Int]], seed: Seed) -> [[Int]] {
    let order = order(some, seed)
    var needs = needs
    var parts = [[Int]](repeating: [], count: needs[0].count)
    for unit in order {
      let lacking = needs[strata[unit]]
      let part = lacking.indices.max { (lacking[$0], $0) < (lacking[$1], $1) } ?? 0
      parts[part].append(unit)
      needs[strata[unit]][part] -= units.rows[unit].count
    }
    return parts
  }

  /// The rows of some units, ascending.
  func rows(of some: [Int]) -> [Int] { some.flatMap { units.rows[$0] }.sorted() }

  /// Units by size class, large ones first, and at random within it.
  ///
  /// The place of a unit depends on its first row, but not on what the other units are.
  private func order(_ some: [Int], _ seed: Seed) -> [Int] {
    let rowCount = units.rows.reduce(0) { $0 + $1.count }
    let ranks = permutation(rowCount, seed)
    var unitOfRank = [Int](repeating: -1, count: rowCount)
    for unit in some { unitOfRank[ranks[units.rows[unit][0]]] = unit }
    let shuffled = unitOfRank.filter { $0 >= 0 }
    let classes = shuffled.map { Int.bitWidth - units.rows[$0].count.leadingZeroBitCount }
    var order: [Int] = []
    for sizeClass in Set(classes).sorted(by: >) {
      for (unit, its) in zip(shuffled, classes) where its == sizeClass { order.append(unit) }
    }
    return order
  }
}

extension UnitDealer {
  /// Moves a unit out of the parts that hold all of a class, for each class that stands in one of
  /// them only.
  ///
  /// - Parameter parts: The units of each part; for a class in two units or more, no part is to
  ///   hold them all, since the part's training would lack the class.
  func spreadClasses(over parts: inout [[Int]]) {
    let classCount = (classes.joined().max() ?? -1) + 1
    for kind in 0..<classCount {
      let holding = parts.indices.filter { part in
        parts[part].contains { classes[$0].contains(kind) }
      }
      guard holding.count == 1, let part = holding.first else { continue }
      let holders = parts[part].filter { classes[$0].contains(kind) }
      guard holders.count > 1, let moved = holders.last else { continue }
      parts[part].removeAll { $0 == moved }
      parts[(part + 1) % parts.count].append(moved)
    }
  }

  /// Moves a unit into the first part for each class that is missing there but stands elsewhere.
  func bringClasses(intoFirstOf parts: inout [[Int]]) {
    var present = Set(parts[0].flatMap { classes[$0] })
    for part in parts.indices.dropFirst() {
      // The units that were dealt last are the smallest.
      for unit in parts[part].reversed()
      where classes[unit].contains(where: { !present.contains($0) }) {
        parts[part].removeAll { $0 == unit }
        parts[0].append(unit)
        present.formUnion(classes[unit])
      }
    }
  }

  /// Moves the smallest unit of the part with most units into each part that got none but needs
  /// some.
  func fillEmpty(_ parts: inout [[Int]], needs: [Int]) {
    for part in parts.indices where parts[part].isEmpty && needs[part] > 0 {
      let fullest = parts.indices.max { parts[$0].count < parts[$1].count } ?? 0
      guard parts[fullest].count > 1 else { return }
      parts[part].append(parts[fullest].removeLast())
    }
  }
}

/// The numbers below `count` in random order (Fisher and Yates).
///
/// Written out here, because a generic function of another module is many times slower on millions
/// of rows.
private func permutation(_ count: Int, _ seed: Seed) -> [Int] {
  var generator = seed.generator()
  var numbers = Array(0..<count)
  for position in stride(from: count - 1, to: 0, by: -1) {
    numbers.swapAt(position, generator.index(below: position + 1))
  }
  return numbers
}

/// The number that occurs most often; the smallest of several.
private func mostFrequent(_ numbers: [Int]) -> Int {
  var best = (number: 0, count: 0)
  var current = best
  for number in numbers.sorted() {
    current = (number, number == current.number ? current.count + 1 : 1)
    if current.count > best.count { best = current }
  }
  return best.number
}
