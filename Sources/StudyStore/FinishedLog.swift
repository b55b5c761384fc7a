/// Finished trials in the order in which a store learned of them, for those who ask what is new.
struct FinishedLog {
  /// Each trial with an ordinal of its own; ordinals only grow, also when trials are removed.
  private var entries: [(ordinal: Int, number: Int)] = []
  /// The ordinal of the newest trial.
  private(set) var cursor = 0

  /// Appends a trial.
  mutating func append(_ number: Int) {
    cursor += 1
    entries.append((cursor, number))
  }

  /// Removes trials; those that are not there are no matter.
  mutating func remove(_ numbers: Set<Int>) {
    entries.removeAll { numbers.contains($0.number) }
  }

  /// The trials that were appended after a cursor was taken, by ascending number.
  func numbers(since cursor: Int) -> [Int] {
    entries.filter { $0.ordinal > cursor }.map(\.number).sorted()
  }
}
