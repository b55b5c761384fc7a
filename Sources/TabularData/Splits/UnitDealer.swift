import PluginKit

/// Deals units of rows to parts, so that each part gets about as many rows of each stratum as it
/// needs.
struct UnitDealer {
  /// The units of rows that stay together.
  let units: RowUnits
  /// The number of classes up to the last one that occurs.
  let classCount: Int
  let stratumCount: Int
  /// The stratum of each unit: what is to have the same share in each part.
  private let strata: [Int32]
  private let labels: [Int32]

  init(units: RowUnits, labels: [Int32], isStratified: Bool) {
    self.units = units
    self.labels = labels
    classCount = Int(labels.max() ?? 0) + 1
    stratumCount = isStratified ? classCount : 1
    strata = (0..<units.count).map { unit in
      guard isStratified else { return 0 }
      return units.size(unit) == 1
        ? labels[units.first(unit)] : mostFrequent(units[unit].map { labels[Int($0)] })
    }
  }

  /// The classes that occur in a unit, ascending.
  private func classes(of unit: Int) -> [Int] {
    Set(units[unit].map { Int(labels[Int($0)]) }).sorted()
  }

  /// The number of rows in some units, for each stratum.
  func counts(_ some: [Int]) -> [Int] {
    var counts = [Int](repeating: 0, count: stratumCount)
    for unit in some { counts[Int(strata[unit])] += units.size(unit) }
    return counts
  }

  /// The units, of some, that hold all rows of a class: they must be trained on.
  func irreplaceable(among some: [Int]) -> Set<Int> {
    var holders = [(count: Int, unit: Int)](repeating: (0, -1), count: classCount)
    for unit in some {
      for place in units.places(of: unit) {
        let kind = Int(labels[units.row(at: place)])
        if holders[kind].unit != unit { holders[kind] = (holders[kind].count + 1, unit) }
      }
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
    let partCount = needs[0].count
    var lacking = needs.flatMap { $0 }
    var parts = [[Int]](repeating: [], count: partCount)
    for unit in order(some, seed).lazy.map(Int.init) {
      let first = Int(strata[unit]) * partCount
      var part = 0
      for other in 1..<max(1, partCount) where lacking[first + other] >= lacking[first + part] {
        part = other
      }
      parts[part].append(unit)
      lacking[first + part] -= units.size(unit)
    }
    return parts
  }

  /// The rows of some units, ascending.
  func rows(of some: [Int]) -> [Int] {
    var isTaken = [Bool](repeating: false, count: units.rowCount)
    for unit in some {
      for place in units.places(of: unit) { isTaken[units.row(at: place)] = true }
    }
    return isTaken.indices.filter { isTaken[$0] }
  }

  /// Units by size class, large ones first, and at random within it.
  ///
  /// The place of a unit depends on its first row, but not on what the other units are.
  private func order(_ some: [Int], _ seed: Seed) -> [Int32] {
    let ranks = permutation(units.rowCount, seed)
    var unitOfRank = [Int32](repeating: -1, count: units.rowCount)
    for unit in some { unitOfRank[Int(ranks[units.first(unit)])] = Int32(unit) }
    let shuffled = unitOfRank.filter { $0 >= 0 }
    var ofSize = [[Int32]](repeating: [], count: Int.bitWidth)
    for unit in shuffled { ofSize[units.size(Int(unit)).leadingZeroBitCount].append(unit) }
    return Array(ofSize.joined())
  }
}

extension UnitDealer {
  /// Moves a unit out of the parts that hold all of a class, for each class that stands in one of
  /// them only.
  ///
  /// - Parameter parts: The units of each part; for a class in two units or more, no part is to
  ///   hold them all, since the part's training would lack the class.
  func spreadClasses(over parts: inout [[Int]]) {
    // How many units of each part hold a class: `[class][part]`.
    var holders = [[Int]](
      repeating: Array(repeating: 0, count: parts.count), count: classCount)
    for (part, itsUnits) in parts.enumerated() {
      for unit in itsUnits where units.size(unit) == 1 {
        holders[Int(labels[units.first(unit)])][part] += 1
      }
      for unit in itsUnits where units.size(unit) > 1 {
        for kind in classes(of: unit) { holders[kind][part] += 1 }
      }
    }
    for kind in 0..<classCount {
      let holding = parts.indices.filter { holders[kind][$0] > 0 }
      guard holding.count == 1, let part = holding.first, holders[kind][part] > 1,
        let place = parts[part].lastIndex(where: { classes(of: $0).contains(kind) })
      else { continue }
      let moved = parts[part].remove(at: place)
      let next = (part + 1) % parts.count
      parts[next].append(moved)
      for other in classes(of: moved) {
        holders[other][part] -= 1
        holders[other][next] += 1
      }
    }
  }

  /// Moves a unit into the first part for each class that is missing there but stands elsewhere.
  func bringClasses(intoFirstOf parts: inout [[Int]]) {
    var isPresent = [Bool](repeating: false, count: classCount)
    for unit in parts[0] {
      for place in units.places(of: unit) { isPresent[Int(labels[units.row(at: place)])] = true }
    }
    for part in parts.indices.dropFirst() where isPresent.contains(false) {
      // The units that were dealt last are the smallest.
      for unit in parts[part].reversed()
      where units[unit].contains(where: { !isPresent[Int(labels[Int($0)])] }) {
        parts[part].removeAll { $0 == unit }
        parts[0].append(unit)
        for kind in classes(of: unit) { isPresent[kind] = true }
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
private func permutation(_ count: Int, _ seed: Seed) -> [Int32] {
  var generator = seed.generator()
  var numbers = Array(0..<Int32(count))
  for position in stride(from: count - 1, to: 0, by: -1) {
    numbers.swapAt(position, generator.index(below: position + 1))
  }
  return numbers
}

/// The number that occurs most often; the smallest of several.
private func mostFrequent(_ numbers: [Int32]) -> Int32 {
  var best: (number: Int32, count: Int) = (0, 0)
  var current = best
  for number in numbers.sorted() {
    current = (number, number == current.number ? current.count + 1 : 1)
    if current.count > best.count { best = current }
  }
  return best.number
}
