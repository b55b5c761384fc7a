package import TableColumns

/// Compares the columns of a table with those that a model was trained on.
///
/// Tables are looked at in pieces: ``counts(_:)`` by any thread, then ``DriftCounts/add(_:)`` in their order,
/// and ``warnings(_:)`` at the end. Everything is counted, so that the pieces make no difference.
package struct DriftMonitor: Sendable {
  package let profile: TrainingProfile
  let fields: [FeatureField]
  /// How the categories of each column are counted; nil for numbers.
  private let groups: [CategoryGroups?]

  /// Makes a monitor of the features of a schema.
  ///
  /// - Precondition: the profile has as many columns as there are features.
  package init(_ profile: TrainingProfile, _ features: [FeatureField]) {
    precondition(
      profile.columns.count == features.count,
      "\(features.count) features have profiles of \(profile.columns.count) columns")
    self.profile = profile
    fields = features
    groups = zip(profile.columns, features).map { column, field in
      guard case .categorical(let values) = column.values,
        case .categorical(let categories) = field.kind
      else { return nil }
      return CategoryGroups(values, categoryCount: categories.count)
    }
  }

  /// What is counted before any row was seen.
  package var nothing: DriftCounts {
    DriftCounts(rowCount: 0, columns: Array(repeating: ColumnCounts(), count: fields.count))
  }

  /// Counts the values of a table that was read by the schema.
  package func counts(_ table: Table) -> DriftCounts {
    DriftCounts(
      rowCount: table.rowCount,
      columns: table.columns.indices.map { place in
        counts(table.columns[place].values, profile.columns[place].values, groups[place])
      })
  }

  private func counts(
    _ values: Column.Values, _ profile: ColumnProfile.Values, _ groups: CategoryGroups?
  ) -> ColumnCounts {
    switch (values, profile) {
    case (.numeric(let numbers), .numeric(let profile)): ColumnCounts(numbers, profile)
    case (.categorical(let codes, let categories), .categorical):
      groups.map { ColumnCounts(codes, categories, $0) } ?? ColumnCounts()
    default: ColumnCounts()
    }
  }

  /// How often values of the training rows lay in the intervals or groups that are compared.
  func trainingBins(_ column: Int) -> [Int] {
    switch profile.columns[column].values {
    case .numeric(let values): values.counts
    case .categorical: groups[column]?.counts ?? []
    case .none: []
    }
  }
}

/// What was counted of a table.
package struct DriftCounts: Sendable, Equatable {
  private(set) var rowCount: Int
  private(set) var columns: [ColumnCounts]

  fileprivate init(rowCount: Int, columns: [ColumnCounts]) {
    self.rowCount = rowCount
    self.columns = columns
  }

  /// Adds what was counted of the rows that follow.
  package mutating func add(_ other: DriftCounts) {
    rowCount += other.rowCount
    for place in columns.indices { columns[place].add(other.columns[place]) }
  }
}

/// What was counted of a column.
struct ColumnCounts: Sendable, Equatable {
  var missing = 0
  /// Numbers beyond those of the training rows, or categories that no training row holds.
  var foreign = 0
  /// The first foreign category.
  var example: String?
  /// The other values by interval or group; empty before any row was seen.
  var bins: [Int] = []

  fileprivate init() {}

  fileprivate init(_ numbers: [Double], _ profile: NumericProfile) {
    let counts = intervalCounts(numbers, ends: profile.deciles + [profile.largest])
    var below = 0
    for number in numbers { below += number < profile.smallest ? 1 : 0 }
    let beyond = counts[counts.count - 1]
    missing = numbers.count - counts.reduce(0, +)
    foreign = below + beyond
    bins = Array(counts.dropLast())
    bins[bins.count - 1] += beyond
  }

  fileprivate init(_ codes: [Int32], _ categories: [String], _ groups: CategoryGroups) {
    bins = Array(repeating: 0, count: groups.counts.count)
    var firstForeign: Int?
    for code in codes {
      guard code >= 0 else {
        missing += 1
        continue
      }
      let group = Int(code) < groups.groupOfCategory.count ? groups.groupOfCategory[Int(code)] : -1
      if group < 0 {
        foreign += 1
        firstForeign = firstForeign ?? Int(code)
        bins[bins.count - 1] += 1
      } else {
        bins[group] += 1
      }
    }
    example = firstForeign.map { categories[$0] }
  }

  fileprivate mutating func add(_ other: ColumnCounts) {
    missing += other.missing
    foreign += other.foreign
    example = example ?? other.example
    if bins.isEmpty {
      bins = other.bins
    } else {
      for place in other.bins.indices { bins[place] += other.bins[place] }
    }
  }
}

/// The most frequent categories of a column, and the rest as one group.
private struct CategoryGroups: Sendable {
  private static let limit = 9

  /// How many training rows each group has; the last is the rest.
  let counts: [Int]
  /// The group of each category of the schema; -1 where no training row holds it.
  let groupOfCategory: [Int]

  init(_ profile: CategoricalProfile, categoryCount: Int) {
    let frequent = profile.counts.indices
      .sorted { (profile.counts[$1], $0) < (profile.counts[$0], $1) }.prefix(Self.limit)
    // A category that is not kept is a rare one, but was seen.
    var groups = [Int](repeating: frequent.count, count: categoryCount)
    for (category, count) in zip(profile.categories, profile.counts)
    where count == 0 && category < categoryCount { groups[category] = -1 }
    for (group, place) in frequent.enumerated()
    where profile.counts[place] > 0 && profile.categories[place] < categoryCount {
      groups[profile.categories[place]] = group
    }
    let kept = frequent.map { profile.counts[$0] }
    groupOfCategory = groups
    counts = kept + [profile.counts.reduce(profile.others, +) - kept.reduce(0, +)]
  }
}
