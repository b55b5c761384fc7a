/// The name that a person most likely meant.
///
/// The nearest name by edit distance, without regard to ASCII case, if no more than a third of the
/// letters (at least one) differ; the first of several.
func nearestName(to name: String, among names: [String]) -> String? {
  let wanted = lowercased(name)
  var best: (name: String, distance: Int)?
  for candidate in names {
    let distance = editDistance(wanted, lowercased(candidate))
    if distance < best?.distance ?? .max { best = (candidate, distance) }
  }
  guard let best, best.distance <= max(1, wanted.count / 3) else { return nil }
  return best.name
}

private func lowercased(_ text: String) -> [UInt8] {
  text.utf8.map { (65...90).contains($0) ? $0 + 32 : $0 }
}

/// How many bytes must be inserted, deleted, replaced or swapped with their neighbour; O(a · b).
///
/// This is the optimal string alignment distance: Levenshtein's with transpositions.
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var beforePrevious: [Int] = []
  var previous = Array(0...b.count)
  for (row, byte) in a.enumerated() {
    var current = [row + 1]
    for column in b.indices {
      let replaced = previous[column] + (byte == b[column] ? 0 : 1)
      var distance = min(replaced, previous[column + 1] + 1, current[column] + 1)
      if row > 0, column > 0, byte == b[column - 1], a[row - 1] == b[column] {
        distance = min(distance, beforePrevious[column - 1] + 1)
      }
      current.append(distance)
    }
    (beforePrevious, previous) = (previous, current)
  }
  return previous[b.count]
}
