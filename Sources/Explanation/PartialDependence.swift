package import PluginKit
package import TableColumns

/// The mean probability of a class when a column has the same value in all rows.
///
/// It shows what the model does, not what the world would do; where columns hang together, some of these
/// rows can't occur.
///
/// Reference: J. H. Friedman, "Greedy function approximation: a gradient boosting machine", Annals of
/// Statistics 29, 2001.
package struct PartialDependence: Sendable, Equatable {
  /// The values that a column is set to.
  package enum Grid: Sendable, Equatable {
    case numbers([Double])
    case categories([String])
  }

  /// The name of the feature.
  package let feature: String
  package let grid: Grid
  /// For each value of the grid the mean probability of each class.
  package let means: [[Double]]

  /// An element for each class.
  package func json(classes: [String]) -> [JSONValue] {
    let places: JSONValue =
      switch grid {
      case .numbers(let numbers): .array(numbers.map { .number($0) })
      case .categories(let names): .array(names.map { .string($0) })
      }
    return classes.enumerated().map { label, name in
      .object([
        ("feature", .string(feature)), ("class", .string(name)), ("x", places),
        ("y", .array(means.map { .number($0[label]) })),
      ])
    }
  }
}

/// Partial dependence of a feature; nil for one that has fewer than two values, or is a part of a date.
///
/// - Parameters:
///   - model: What is explained.
///   - place: The position of the feature among the model's.
///   - table: Rows over which means are taken.
///   - size: The most values of the grid: quantiles of the numbers, or the most frequent categories.
/// - Returns: Means over the rows.
/// - Throws: What the model throws.
package func partialDependence(
  _ model: ExplainedModel, of place: Int, _ table: Table, size: Int
) throws -> PartialDependence? {
  if case .date = model.fields[place].kind { return nil }
  let grid: PartialDependence.Grid
  let columns: [Column]
  let column = table.columns[place]
  switch column.values {
  case .numeric(let numbers):
    let values = gridNumbers(numbers, size: size)
    grid = .numbers(values)
    columns = values.map { value in
      Column(
        name: column.name, values: .numeric(Array(repeating: value, count: table.rowCount)))
    }
  case .categorical(let codes, let categories):
    let chosen = frequentCodes(codes, count: categories.count, size: size)
    grid = .categories(chosen.map { categories[$0] })
    columns = chosen.map { code in
      Column(
        name: column.name,
        values: .categorical(
          codes: Array(repeating: Int32(code), count: table.rowCount), categories: categories))
    }
  }
  guard columns.count > 1 else { return nil }
  let means = try columns.map { column in
    meanRow(
      try model.probabilities(table.replacing([place]) { _ in column }),
      width: model.classes.count)
  }
  return PartialDependence(feature: model.fields[place].name, grid: grid, means: means)
}

/// Quantiles from 2.5 % to 97.5 %, without repeats.
private func gridNumbers(_ numbers: [Double], size: Int) -> [Double] {
  let sorted = numbers.filter { !$0.isNaN }.sorted()
  guard !sorted.isEmpty, size > 1 else { return [] }
  var values: [Double] = []
  for step in 0..<size {
    let share = 0.025 + 0.95 * Double(step) / Double(size - 1)
    let value = sorted[Int((share * Double(sorted.count - 1)).rounded())]
    if values.last != value { values.append(value) }
  }
  return values
}

/// The most frequent categories, in the order of the column's.
private func frequentCodes(_ codes: [Int32], count: Int, size: Int) -> [Int] {
  var counts = [Int](repeating: 0, count: count)
  for code in codes where code >= 0 { counts[Int(code)] += 1 }
  return counts.indices.filter { counts[$0] > 0 }
    .sorted { (counts[$1], $0) < (counts[$0], $1) }.prefix(size).sorted()
}

private func meanRow(_ values: [Double], width: Int) -> [Double] {
  let rowCount = values.count / width
  return (0..<width).map { column in
    (0..<rowCount).reduce(0.0) { $0 + values[$1 * width + column] } / Double(rowCount)
  }
}
