import PluginKit

/// The matrices that a process holds, by number.
///
/// A matrix is the same if its values lie at the same place in memory; they are held here, so that the place
/// is not given to others.
struct ResidentMatrices {
  private static let countLimit = 32
  private static let byteLimit = 512 << 20

  private var entries: [(number: Int, rows: SessionRows)] = []

  /// Whether a matrix is there, whatever its labels are.
  func holds(_ features: FeatureMatrix) -> Bool {
    entries.contains { $0.rows.features.isIdentical(to: features) }
  }

  /// The number of rows that are there, and from now on are those that were used last.
  mutating func number(of rows: SessionRows) -> Int? {
    guard let index = entries.firstIndex(where: { $0.rows.serves(rows) }) else { return nil }
    let entry = entries.remove(at: index)
    entries.append(entry)
    return entry.number
  }

  /// A number for rows, in place of those that were used least recently where there is no room; the last one
  /// used stays, so that there can be two.
  mutating func place(for rows: SessionRows) -> Int {
    var free: Int?
    while entries.count > 1,
      entries.count >= Self.countLimit || byteCount + rows.byteCount > Self.byteLimit
    {
      free = entries.removeFirst().number
    }
    let taken = Set(entries.map(\.number))
    let number = free ?? (1...).first { !taken.contains($0) } ?? 1
    entries.append((number, rows))
    return number
  }

  mutating func remove(_ number: Int) { entries.removeAll { $0.number == number } }

  private var byteCount: Int { entries.reduce(0) { $0 + $1.rows.byteCount } }
}

/// The models that a process holds, by number.
struct ResidentModels {
  private static let countLimit = 4

  /// Models that were used least recently come first; nil is a number whose model is not that of a state.
  private var entries: [(number: Int, model: Int?)] = []

  /// The number of a model that is there, and from now on is the one that was used last.
  mutating func number(of model: Int) -> Int? {
    guard let index = entries.firstIndex(where: { $0.model == model }) else { return nil }
    let entry = entries.remove(at: index)
    entries.append(entry)
    return entry.number
  }

  /// A number for a new model.
  mutating func place() -> Int {
    if let empty = entries.first(where: { $0.model == nil }) { return empty.number }
    if entries.count < Self.countLimit {
      entries.append((entries.count + 1, nil))
      return entries.count
    }
    let oldest = entries.removeFirst()
    entries.append((oldest.number, nil))
    return oldest.number
  }

  /// Notes which model has a number.
  mutating func note(_ model: Int, at number: Int) {
    entries.removeAll { $0.number == number }
    entries.append((number, model))
  }
}

extension FeatureMatrix {
  /// Whether both are views of the same values in memory.
  fileprivate func isIdentical(to other: FeatureMatrix) -> Bool {
    guard rowCount == other.rowCount, columnCount == other.columnCount else { return false }
    return values.withUnsafeBufferPointer { mine in
      other.values.withUnsafeBufferPointer { $0.baseAddress == mine.baseAddress }
    }
  }
}

extension SessionRows {
  /// Whether these can be used where others are asked for: rows to be scored need no labels.
  fileprivate func serves(_ other: SessionRows) -> Bool {
    guard features.isIdentical(to: other.features), classCount == other.classCount else {
      return false
    }
    return other.labels == nil
      || (labels == other.labels && weights == other.weights && columns == other.columns)
  }
}
