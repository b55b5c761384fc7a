import Evaluation
import ModelExport
import PluginKit
import TabularData
import TestSupport
import Testing

/// A table of a number, a rare gap in it, and a category, from a seed; `change` is applied to each row.
private func table(
  rows: Int, seed: UInt64, colours: [String] = ["red", "green", "blue", "pale"],
  change: (Int, Double?, Int) -> (Double?, Int) = { ($1, $2) }
) -> Table {
  var generator = Seed(seed).keyed("drift").generator()
  var numbers: [Double] = []
  var codes: [Int32] = []
  for row in 0..<rows {
    let number = generator.normal()
    let isMissing = generator.index(below: 50) == 0
    let (value, code) = change(row, isMissing ? nil : number, generator.index(below: 3))
    numbers.append(value ?? .nan)
    codes.append(Int32(code))
  }
  return Table(
    rowCount: rows,
    columns: [
      Column(name: "height", values: .numeric(numbers)),
      Column(name: "colour", values: .categorical(codes: codes, categories: colours)),
    ])
}

/// A monitor of the columns of ``table(rows:seed:colours:change:)``; `pale` is in no training row.
private func monitor(rows: Int = 2_000, seed: UInt64 = 1) -> DriftMonitor {
  let training = table(rows: rows, seed: seed)
  let fields = [
    FeatureField(name: "height", column: "height", position: 0, kind: .numeric),
    FeatureField(
      name: "colour", column: "colour", position: 1,
      kind: .categorical(["red", "green", "blue", "pale"])),
  ]
  return DriftMonitor(TrainingProfile(training, rows: Array(0..<rows)), fields)
}

private let advice =
  "on such rows the model may do worse than in its tests: check where the table comes from and its units, "
  + "or train again with rows like these"

/// No false alarm in 600 tables of all sizes that are drawn as the training rows were.
@Test func rowsLikeTheTrainingRowsGiveNoWarning() {
  for (training, rows) in [
    (50, 40), (300, 100), (300, 1_000), (2_000, 10), (2_000, 500), (5_000, 5_000),
  ] {
    for seed in 1...UInt64(100) {
      let monitor = monitor(rows: training, seed: seed)
      let warnings = monitor.warnings(monitor.counts(table(rows: rows, seed: 1_000 + seed)))
      #expect(warnings == [], "\(rows) rows, \(training) training rows, seed \(seed)")
    }
  }
}

@Test func valuesBeyondTheTrainingRangeAreNamed() {
  let monitor = monitor()
  let far = table(rows: 400, seed: 9) { row, number, colour in (row < 40 ? 99 : number, colour) }
  guard case .numeric(let range) = monitor.profile.columns[0].values else {
    Issue.record("height is no column of numbers")
    return
  }
  #expect(
    monitor.warnings(monitor.counts(far)) == [
      "column 'height': 40 of 400 rows (10.0 %) lie outside of the training rows' range, "
        + "\(FigureFormat.short(range.smallest)) to \(FigureFormat.short(range.largest))", advice,
    ])
  let two = table(rows: 400, seed: 9) { row, number, colour in (row < 2 ? 99 : number, colour) }
  #expect(monitor.warnings(monitor.counts(two)) == [])
}

@Test func gapsAndNewCategoriesAreNamed() {
  let monitor = monitor()
  let gaps = table(rows: 400, seed: 9) { row, number, colour in
    (row < 100 ? nil : number ?? 0, colour)
  }
  let before = Double(monitor.profile.columns[0].missing) / 20
  #expect(
    monitor.warnings(monitor.counts(gaps)) == [
      "column 'height': 25.0 % of the values are missing, and \(FigureFormat.fixed(before, digits: 1)) % "
        + "were in the training rows", advice,
    ])
  // One of them the schema knows from rows that are no training rows, the other it does not know.
  let strange = table(rows: 400, seed: 9, colours: ["red", "green", "blue", "pale", "violet"]) {
    row, number, colour in (number, row == 7 ? 4 : row < 60 ? 3 : colour)
  }
  #expect(
    monitor.warnings(monitor.counts(strange)) == [
      "column 'colour': 60 of 400 rows (15.0 %) hold a category that no training row holds, such as "
        + "'pale'; its values are distributed otherwise than in the training rows (population stability "
        + "index 1.00)", advice,
    ])
}

@Test func aDistributionThatHasMovedIsNamed() throws {
  let monitor = monitor()
  let moved = table(rows: 1_000, seed: 9) { _, number, colour in (number.map { $0 * 0.4 + 0.3 }, 0)
  }
  let warnings = monitor.warnings(monitor.counts(moved))
  let start =
    "its values are distributed otherwise than in the training rows (population stability index "
  try #require(warnings.count == 3)
  #expect(warnings[0].hasPrefix("column 'height': " + start))
  #expect(warnings[1].hasPrefix("column 'colour': " + start))
  #expect(warnings[2] == advice)
}

/// What is counted does not depend on the pieces in which the table is read.
@Test func piecesAddUpToTheWhole() {
  let monitor = monitor()
  let whole = table(rows: 1_000, seed: 9, colours: ["red", "green", "blue", "pale", "violet"]) {
    row, number, colour in (row % 9 == 0 ? 50 : number, row % 7 == 3 ? 4 : colour)
  }
  for size in [1, 13, 400, 1_000] {
    var counts = monitor.nothing
    for start in stride(from: 0, to: 1_000, by: size) {
      counts.add(monitor.counts(whole.selecting(rows: Array(start..<min(1_000, start + size)))))
    }
    #expect(counts == monitor.counts(whole))
  }
}

@Test func ofManyColumnsFiveAreNamed() {
  let training = Table(
    rowCount: 100,
    columns: (0..<7).map { Column(name: "x\($0)", values: .numeric((0..<100).map(Double.init))) })
  let fields = (0..<7).map {
    FeatureField(name: "x\($0)", column: "x\($0)", position: $0, kind: .numeric)
  }
  let monitor = DriftMonitor(TrainingProfile(training, rows: Array(0..<100)), fields)
  func warnings(changed: Int) -> [String] {
    let columns = (0..<7).map { place in
      Column(
        name: "x\(place)", values: .numeric((0..<50).map { place < changed ? -5 : Double($0 * 2) }))
    }
    return monitor.warnings(monitor.counts(Table(rowCount: 50, columns: columns)))
  }
  #expect(warnings(changed: 0) == [])
  #expect(warnings(changed: 5).count == 6)
  #expect(
    warnings(changed: 7) == (0..<5).map {
      "column 'x\($0)': 50 of 50 rows (100.0 %) lie outside of the training rows' range, 0 to 99"
    } + ["2 more columns differ likewise", advice])
  #expect(warnings(changed: 6)[5] == "1 more column differs likewise")
}

@Test func profilesOfOddColumnsAreReadBack() throws {
  let count = 1_200
  let training = Table(
    rowCount: count,
    columns: [
      Column(name: "constant", values: .numeric(Array(repeating: 3, count: count))),
      Column(name: "absent", values: .numeric(Array(repeating: .nan, count: count))),
      Column(name: "binary", values: .numeric((0..<count).map { Double($0 % 2) })),
      Column(
        name: "many",
        values: .categorical(
          codes: (0..<count).map { Int32($0 < 600 ? $0 % 300 : $0 % 7) },
          categories: (0..<310).map { "c\($0)" })),
      Column(
        name: "no category",
        values: .categorical(codes: Array(repeating: -1, count: count), categories: [])),
    ])
  let fields = training.columns.enumerated().map { place, column in
    let kind: FeatureField.Kind =
      if case .categorical(_, let categories) = column.values { .categorical(categories) } else {
        .numeric
      }
    return FeatureField(name: column.name, column: column.name, position: place, kind: kind)
  }
  let profile = TrainingProfile(training, rows: Array(0..<count))
  let monitor = DriftMonitor(profile, fields)
  #expect(monitor.warnings(monitor.counts(training)) == [])
  var bundle = try smallBundle("linear-svm")
  bundle.schema = TableSchema(
    features: fields, targetPlace: .init(name: "kind", position: 5), weightPlace: nil,
    classes: bundle.schema.classes, hadHeader: true, columnCount: 6)
  bundle.use = ModelUse(
    profile: profile,
    sets: ConformalSets(
      labels: [0, 1], probabilities: [0.5, 0.2, 0.3, 0.1, 0.8, 0.1], classCount: 3),
    costs: DecisionCosts(classCount: 3, costs: [(actual: 0, predicted: 1, cost: 2.5)]))
  #expect(try ModelBundle(decoding: bundle.encoded()).use == bundle.use)
  // A model that weighs costs is not for a program that does not know of them.
  #expect(try header(of: bundle.encoded())["__metadata__"]?["format_version"]?.string == "2")
}
