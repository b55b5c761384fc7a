/// The name that a person most likely meant, or nil if none is near.
///
/// Near means at most one mistake in three letters; small letters, capitals, `-` and `_` count as equal.
/// The first of equally near names is taken.
package func nearestName(to name: String, among names: [String]) -> String? {
  let typed = folded(name)
  guard typed.count <= 64 else { return nil }
  let distances = names.map { editDistance(typed, folded($0)) }
  guard let smallest = distances.min(), smallest <= max(1, typed.count / 3) else { return nil }
  return distances.firstIndex(of: smallest).map { names[$0] }
}

/// How many letters must be inserted, deleted, replaced or swapped with their neighbour, each place once,
/// to turn one text into the other (the optimal string alignment distance).
///
/// Costs O(mn) time for texts of m and n characters.
private func editDistance(_ first: [Unicode.Scalar], _ second: [Unicode.Scalar]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...second.count)
  for row in 0..<first.count {
    var current = [row + 1]
    for column in 0..<second.count {
      let replaced = last[column] + (first[row] == second[column] ? 0 : 1)
      var distance = min(replaced, last[column + 1] + 1, current[column] + 1)
      if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
        distance = min(distance, beforeLast[column - 1] + 1)
      }
      current.append(distance)
    }
    beforeLast = last
    last = current
  }
  return last[second.count]
}

private func folded(_ name: String) -> [Unicode.Scalar] {
  name.lowercased().unicodeScalars.map { $0 == "_" ? "-" : $0 }
}
