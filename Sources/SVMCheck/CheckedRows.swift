package import PluginKit

/// The labelled rows that a check looks at, dealt to folds.
package struct CheckedRows: Sendable {
  /// The rows, in the order of the table; none has weight 0.
  package let data: TrainingData
  /// The names of the classes in their order.
  package let classes: [String]
  /// Where they stand in the table, counted from 0.
  package let tableRows: [Int]
  /// How many rows of the table could have been taken.
  package let tableRowCount: Int
  /// For each fold the positions of its rows among ``data``, ascending.
  package let folds: [[Int]]

  /// Takes rows of a table: all, or as many as allowed with the classes in their shares.
  ///
  /// - Parameters:
  ///   - data: Preprocessed rows.
  ///   - classes: A name for each class.
  ///   - limit: The most rows, 2 or more.
  ///   - seed: Decides which rows, and which fold each is in.
  package init(_ data: TrainingData, classes: [String], limit: Int, seed: Seed) {
    let members = shuffledMembers(data, seed: seed.keyed("checked-rows"))
    let kept = proportionalPart(members, limit: limit)
    let rows = kept.flatMap { $0 }.sorted()
    self.classes = classes
    tableRows = rows
    tableRowCount = members.reduce(0) { $0 + $1.count }
    self.data =
      rows.count == data.labels.count ? data.monitoring(nil) : data.selecting(rows: rows)
    var places: [Int: Int] = [:]
    for (place, row) in rows.enumerated() { places[row] = place }
    let foldCount = min(Self.foldCount, rows.count)
    var folds = [[Int]](repeating: [], count: foldCount)
    for (turn, row) in kept.flatMap({ $0 }).enumerated() {
      if let place = places[row] { folds[turn % foldCount].append(place) }
    }
    self.folds = folds.map { $0.sorted() }
  }

  /// How many parts the rows are dealt to.
  static let foldCount = 5

  /// The number of rows.
  package var count: Int { data.labels.count }

  /// The rows that a fold does not hold, ascending.
  func training(ofFold fold: Int) -> [Int] {
    let held = Set(folds[fold])
    return (0..<count).filter { !held.contains($0) }
  }
}

/// The rows of each class in random order, without those of weight 0.
private func shuffledMembers(_ data: TrainingData, seed: Seed) -> [[Int]] {
  var members = [[Int]](repeating: [], count: data.classCount)
  for (row, label) in data.labels.enumerated() where data.weights.map({ $0[row] > 0 }) ?? true {
    members[Int(label)].append(row)
  }
  return members.enumerated().map { label, rows in
    var generator = seed.keyed("class", label).generator()
    return generator.shuffled(rows)
  }
}

/// The first rows of each class, so many that the classes keep their shares.
private func proportionalPart(_ members: [[Int]], limit: Int) -> [[Int]] {
  let total = members.reduce(0) { $0 + $1.count }
  guard total > limit else { return members }
  // Row p of a class of size n comes at the time (p + ½)/n.
  let times = members.enumerated().flatMap { label, rows in
    rows.indices.map { (time: (Double($0) + 0.5) / Double(rows.count), label: label) }
  }.sorted { ($0.time, $0.label) < ($1.time, $1.label) }
  var counts = [Int](repeating: 0, count: members.count)
  for element in times.prefix(limit) { counts[element.label] += 1 }
  return zip(members, counts).map { Array($0.prefix($1)) }
}
