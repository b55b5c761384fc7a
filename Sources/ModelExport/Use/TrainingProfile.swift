package import TableColumns

/// What the columns of a table looked like in the rows that a model was trained on.
package struct TrainingProfile: Sendable, Equatable {
  /// The number of training rows, at least 1.
  package let rowCount: Int
  /// One for each feature, in the order of the schema.
  package let columns: [ColumnProfile]

  /// Looks at the training rows: O(n) for each column, and a sort of at most 2¹² of its values.
  ///
  /// - Parameters:
  ///   - table: The features of the schema.
  ///   - rows: The training rows, at least one.
  package init(_ table: Table, rows: [Int]) {
    precondition(!rows.isEmpty, "at least 1 training row is needed")
    rowCount = rows.count
    columns = table.columns.map { ColumnProfile($0.values, rows: rows) }
  }
}

/// What the values of a column were.
package struct ColumnProfile: Sendable, Equatable {
  package let missing: Int
  package let values: Values

  package enum Values: Sendable, Equatable {
    case numeric(NumericProfile)
    case categorical(CategoricalProfile)
    /// All were missing.
    case none
  }
}

/// What the numbers of a column were.
package struct NumericProfile: Sendable, Equatable {
  package let smallest: Double
  package let largest: Double
  /// The deciles, ascending, without those that are equal to another one or to the largest number; of more
  /// than 2¹² numbers those of as many at equal distances.
  package let deciles: [Double]
  /// How many numbers lie in the intervals that the deciles end, each with its upper end; one more than
  /// there are deciles.
  package let counts: [Int]
}

/// What the categories of a column were.
package struct CategoricalProfile: Sendable, Equatable {
  /// Those that are kept, as places among the categories of the schema, ascending: at most 256, the most
  /// frequent ones.
  package let categories: [Int]
  /// How many rows held each of them; 0 for a category of rows that are no training rows.
  package let counts: [Int]
  /// How many rows held one of the others.
  package let others: Int
  /// How many categories occurred once: about as many rows in n hold one that has not occurred yet.
  ///
  /// I. J. Good, "The population frequencies of species and the estimation of population parameters",
  /// Biometrika 40, 1953.
  package let once: Int
}

extension ColumnProfile {
  fileprivate init(_ values: Column.Values, rows: [Int]) {
    switch values {
    case .numeric(let numbers):
      var present: [Double] = []
      present.reserveCapacity(rows.count)
      for row in rows where !numbers[row].isNaN { present.append(numbers[row]) }
      missing = rows.count - present.count
      self.values = NumericProfile(present).map { .numeric($0) } ?? .none
    case .categorical(let codes, let categories):
      var counts = [Int](repeating: 0, count: categories.count)
      var missing = 0
      for row in rows {
        if codes[row] < 0 { missing += 1 } else { counts[Int(codes[row])] += 1 }
      }
      self.missing = missing
      self.values = missing == rows.count ? .none : .categorical(CategoricalProfile(counts))
    }
  }
}

extension NumericProfile {
  private static let sampleLimit = 1 << 12

  /// The profile of numbers that are not NaN; nil of none.
  fileprivate init?(_ numbers: [Double]) {
    guard var smallest = numbers.first else { return nil }
    var largest = smallest
    for number in numbers {
      smallest = min(smallest, number)
      largest = max(largest, number)
    }
    let step = (numbers.count + Self.sampleLimit - 1) / Self.sampleLimit
    let sample = stride(from: 0, to: numbers.count, by: step).map { numbers[$0] }.sorted()
    var deciles: [Double] = []
    for tenth in 1...9 {
      let value = sample[(sample.count * tenth + 9) / 10 - 1]
      if value != deciles.last, value < largest { deciles.append(value) }
    }
    self.smallest = smallest
    self.largest = largest
    self.deciles = deciles
    counts = intervalCounts(numbers, ends: deciles)
  }
}

/// How many numbers lie in each of the intervals that ascending numbers end, each with its upper end, and in
/// the one after them; NaN lies nowhere.
func intervalCounts(_ numbers: [Double], ends: [Double]) -> [Int] {
  var present = 0
  for number in numbers { present += number == number ? 1 : 0 }
  // The number beyond each end: a loop that the compiler turns into vector instructions.
  let beyond = ends.map { end in
    var count = 0
    for number in numbers { count += number > end ? 1 : 0 }
    return count
  }
  return zip([present] + beyond, beyond + [0]).map { $0 - $1 }
}

extension CategoricalProfile {
  private static let limit = 256

  /// The profile of categories that occur so often.
  fileprivate init(_ counts: [Int]) {
    let kept =
      counts.count <= Self.limit
      ? Array(counts.indices)
      : counts.indices.sorted { (counts[$1], $0) < (counts[$0], $1) }.prefix(Self.limit).sorted()
    categories = kept
    self.counts = kept.map { counts[$0] }
    others = counts.reduce(0, +) - self.counts.reduce(0, +)
    once = counts.count { $0 == 1 }
  }
}
