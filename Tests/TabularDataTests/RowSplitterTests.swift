import PluginKit
import TabularData
import Testing

/// A table with unequal classes and, if asked for, rows that occur several times.
private func table(seed: UInt64, rows: Int, duplicates: Bool = false) throws -> Dataset {
  var generator = SeededGenerator(seed: seed)
  var text = "x,y,site,day,room\n"
  for row in 0..<rows {
    let draw = generator.uniform()
    let room = draw < 0.5 ? "a" : draw < 0.8 ? "b" : draw < 0.88 ? "c" : "d"
    let x = duplicates ? Double(generator.index(below: rows / 3)) : generator.uniform()
    text +=
      "\(x),\(duplicates ? 0.5 : generator.uniform() + Double(row)),s\(generator.index(below: 12)),"
    text += "\(generator.index(below: 40)),\(room)\n"
  }
  return try load(text, target: .name("room"), by: SplitPlan(method: .group, by: .name("site"))) {
    $0.columns = [
      ColumnRule(pattern: "y", role: .numeric), ColumnRule(pattern: "day", role: .ignore),
    ]
  }
}

private func split(
  _ plan: SplitPlan, _ dataset: Dataset, seed: UInt64 = 7
) throws -> RowParts {
  try RowSplitter.split(plan: plan, dataset: dataset, seed: Seed(seed), hasTestFile: false)
}

private func counts(_ rows: [Int], _ dataset: Dataset) -> [Int] {
  rows.reduce(into: [Int](repeating: 0, count: dataset.classes.count)) {
    $0[Int(dataset.labels[$1])] += 1
  }
}

/// Every row stands in exactly one of the parts.
private func expectPartition(_ parts: [[Int]], of rows: [Int]) {
  #expect(parts.flatMap { $0 }.sorted() == rows)
  #expect(parts.allSatisfy { $0 == $0.sorted() })
}

@Test(arguments: 0..<20 as Range<UInt64>)
func stratifiedPartsHaveTheSharesOfEachClass(seed: UInt64) throws {
  let dataset = try table(seed: seed, rows: 60 + Int(seed) * 13)
  let parts = try split(SplitPlan(), dataset, seed: seed)
  let fit = parts.fits[0]
  expectPartition([fit.training, fit.validation, parts.test], of: Array(0..<dataset.rowCount))
  let total = counts(Array(0..<dataset.rowCount), dataset)
  for (rows, share) in [(parts.test, 0.2), (fit.validation, 0.2), (fit.training, 0.6)] {
    for (count, all) in zip(counts(rows, dataset), total) {
      #expect(abs(Double(count) - share * Double(all)) < 1 + 1e-9)
    }
    #expect(abs(Double(rows.count) - share * Double(dataset.rowCount)) <= 1)
  }
}

@Test(arguments: 0..<10 as Range<UInt64>)
func foldsAreBalancedAndCoverAllRows(seed: UInt64) throws {
  let dataset = try table(seed: seed, rows: 97)
  let parts = try split(
    SplitPlan(validation: 0, test: 0.2, folds: 5, repeats: 3), dataset, seed: seed)
  #expect(parts.fits.map(\.name).prefix(2) == ["repeat-1/fold-1", "repeat-1/fold-2"])
  #expect(parts.fits.count == 15)
  for round in 0..<3 {
    let fits = parts.fits[round * 5..<round * 5 + 5]
    expectPartition(fits.map(\.validation) + [parts.test], of: Array(0..<dataset.rowCount))
    let folds = fits.map { counts($0.validation, dataset) }
    for kind in dataset.classes.indices {
      let sizes = folds.map { $0[kind] }
      #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
    }
    for fit in fits { expectPartition([fit.training, fit.validation], of: parts.development) }
  }
  #expect(parts.fits[0].validation != parts.fits[5].validation)
}

@Test func theSeedAloneDecides() throws {
  let dataset = try table(seed: 3, rows: 80)
  #expect(try split(SplitPlan(), dataset) == split(SplitPlan(), dataset))
  #expect(try split(SplitPlan(), dataset, seed: 8).test != split(SplitPlan(), dataset).test)
}

@Test(arguments: [SplitPlan.Method.stratified, .random])
func equalRowsStayOnOneSide(method: SplitPlan.Method) throws {
  for seed in 0..<10 as Range<UInt64> {
    let dataset = try table(seed: seed, rows: 150, duplicates: true)
    let x = dataset.numbers("x")
    let plans = [
      SplitPlan(method: method), SplitPlan(method: method, validation: 0, test: 0.2, folds: 4),
    ]
    for plan in plans {
      let parts = try split(plan, dataset, seed: seed)
      let sides = [parts.test] + parts.fits.map(\.validation)
      var sideOf: [Double: Int] = [:]
      for (side, rows) in sides.enumerated() {
        for row in rows { #expect(sideOf.updateValue(side, forKey: x[row]) ?? side == side) }
      }
      #expect(abs(Double(parts.test.count) / 150 - 0.2) < 0.05)
      for fit in parts.fits {
        #expect(Set(fit.training.map { x[$0] }).isDisjoint(with: fit.validation.map { x[$0] }))
      }
    }
  }
}

@Test func smallClassesStandInEveryTraining() throws {
  var text = "x,room\n"
  for row in 0..<60 { text += "\(row * row),a\n" }
  text += "0.5,single\n1.5,pair\n2.5,pair\n3.5,few\n4.5,few\n5.5,few\n"
  let dataset = try load(text)
  for seed in 0..<20 as Range<UInt64> {
    for plan in [SplitPlan(), SplitPlan(validation: 0, test: 0.2, folds: 5)] {
      let parts = try split(plan, dataset, seed: seed)
      for fit in parts.fits { #expect(counts(fit.training, dataset).allSatisfy { $0 > 0 }) }
    }
  }
}

@Test func groupsStayWhole() throws {
  for seed in 0..<10 as Range<UInt64> {
    let dataset = try table(seed: seed, rows: 240)
    let groups = try #require(dataset.groups)
    let holdOut = try split(SplitPlan(method: .group, by: .name("site")), dataset, seed: seed)
    let folds = try split(
      SplitPlan(method: .group, validation: 0, test: 0.2, folds: 3, by: .name("site")), dataset,
      seed: seed)
    #expect(abs(Double(holdOut.test.count) / 240 - 0.2) < 0.08)
    for parts in [holdOut, folds] {
      let sides =
        [parts.test] + (parts.fits.count == 1 ? [parts.fits[0].training] : [])
        + parts.fits.map(\.validation)
      expectPartition(sides, of: Array(0..<240))
      let groupsOfSides = sides.map { rows in Set(rows.map { groups[$0] }) }
      #expect(groupsOfSides.reduce(0) { $0 + $1.count } == Set(groups).count)
    }
  }
}

@Test func laterRowsJudgeEarlierOnes() throws {
  var text = "x,day,room\n"
  for row in 0..<100 { text += "\(row % 7),2020-03-\(10 + (row * 37) % 20),\(row % 2)\n" }
  let plan = SplitPlan(method: .time, by: .name("day"))
  let dataset = try load(text, by: plan)
  let times = try #require(dataset.times)
  func range(_ rows: [Int]) -> (first: Double, last: Double) {
    (rows.map { times[$0] }.min() ?? 0, rows.map { times[$0] }.max() ?? 0)
  }
  let parts = try split(plan, dataset)
  let fit = parts.fits[0]
  expectPartition([fit.training, fit.validation, parts.test], of: Array(0..<100))
  #expect(range(fit.training).last < range(fit.validation).first)
  #expect(range(fit.validation).last < range(parts.test).first)
  #expect([fit.training.count, fit.validation.count, parts.test.count] == [60, 20, 20])

  let folds = try split(
    SplitPlan(method: .time, validation: 0, test: 0.2, folds: 3, by: .name("day")), dataset)
  #expect(
    folds.fits.map { [$0.training.count, $0.validation.count] } == [
      [20, 20], [40, 20], [60, 20],
    ])
  for fit in folds.fits { #expect(range(fit.training).last < range(fit.validation).first) }
  #expect(folds.development == (0..<100).filter { !folds.test.contains($0) })
}

@Test func splitsAreWrittenWithTheRowsOfTheFile() throws {
  let rows = (0..<10).map { "\($0 * $0),\($0 == 3 ? "" : "\($0 % 2)")\n" }.joined()
  let dataset = try load("x,room\n" + rows) { $0.missingLabel = .drop }
  let parts = try split(SplitPlan(validation: 0.2, test: 0.2), dataset)
  let lines = parts.csv(dataset: dataset).split(separator: "\n")
  #expect(lines[0] == "row,part")
  #expect(
    lines.dropFirst().map { $0.prefix { $0 != "," } } == [
      "0", "1", "2", "4", "5", "6", "7", "8", "9",
    ])
  for row in parts.test { #expect(lines[row + 1] == "\(dataset.sourceRows[row]),test") }
  for row in parts.fits[0].validation {
    #expect(lines[row + 1] == "\(dataset.sourceRows[row]),validation")
  }
  for row in parts.fits[0].training {
    #expect(lines[row + 1] == "\(dataset.sourceRows[row]),train")
  }
}

@Test func plansThatCannotBeMetAreRefused() throws {
  func refusal(_ plan: SplitPlan, _ dataset: Dataset) -> String? {
    do {
      _ = try split(plan, dataset)
      return nil
    } catch {
      return "\(error)"
    }
  }
  let rows = "x,site,room\n1,s,p\n2,s,q\n4,t,p\n4.5,t,q\n"
  let dataset = try load(rows, by: SplitPlan(method: .group, by: .name("site")))
  #expect(
    refusal(SplitPlan(method: .group, by: .name("site")), dataset)
      == "split: error: this split needs at least 3 groups, found 2; use fewer folds or smaller shares"
  )
  #expect(
    refusal(SplitPlan(validation: 0, test: 0.2, folds: 9), dataset)
      == "split: error: this split needs at least 10 different rows, found 4; use fewer folds or smaller shares"
  )
  #expect(
    refusal(SplitPlan(validation: 0, test: 0.2), dataset)
      == "split: error: split.validation is 0 and there are no folds; set one of them to rank models by"
  )
  #expect(
    refusal(SplitPlan(validation: 0.6, test: 0.5), dataset)
      == "split: error: split.validation 0.6 and split.test 0.5 leave no rows to train on; their sum must be less than 1"
  )
}

@Test func classesMissingFromAPartAreNamed() throws {
  var text = "x,day,room\n"
  for row in 0..<40 {
    text += "\(row).5,\(row),\(row < 20 ? "early" : row < 38 ? "mid\(row % 2)" : "late")\n"
  }
  let plan = SplitPlan(method: .time, by: .name("day"))
  let parts = try split(plan, try load(text, by: plan))
  #expect(
    parts.warnings == [
      "none of the training rows is of class 'late', which can't be learnt there; use split.method: stratified, or other shares",
      "none of the validation rows is of the classes 'early' and 'late', which can't count in the ranking; use split.method: stratified, or other shares",
      "none of the test rows is of class 'early', which can't be tested; use split.method: stratified, or other shares",
    ])
}

@Test func adviceDoesNotRepeatThePlan() throws {
  let rows = (0..<12).map { "\($0).5,\($0 < 2 ? "rare" : "often")\n" }.joined()
  let parts = try split(SplitPlan(), try load("x,room\n" + rows))
  #expect(
    parts.warnings.last
      == "none of the test rows is of class 'rare', which can't be tested; "
      + "add rows of it, or use larger shares or fewer folds")
}

@Test(arguments: [
  (SplitPlan.Method.group, "keeps groups together, not duplicates"),
  (.time, "goes by time, not by duplicates"),
])
func equalRowsInSeveralPartsAreCounted(method: SplitPlan.Method, rule: String) throws {
  // Rows 0 and 9 are equal and so are 3 and 4; each row is a group and a time of its own.
  var text = "x,day,room\n"
  for (row, x) in [0, 1, 2, 3, 3, 5, 6, 7, 8, 0].enumerated() {
    text += "\(x).5,\(row),\(row % 2)\n"
  }
  let plan = SplitPlan(method: method, by: .name("day"))
  let dataset = try load(text, by: plan)
  let parts = try split(plan, dataset)
  var partOfRow = [Int](repeating: 0, count: 10)
  for row in parts.fits[0].validation { partOfRow[row] = 1 }
  for row in parts.test { partOfRow[row] = 2 }
  let pairs = [(0, 9), (3, 4)].filter { partOfRow[$0.0] != partOfRow[$0.1] }
  let warnings = parts.warnings.filter { $0.contains("same features") }
  #expect(
    warnings
      == (pairs.isEmpty
        ? []
        : [
          "\(2 * pairs.count) rows with the same features stand in more than one part, "
            + "since split.method: \(method.rawValue) \(rule); the figures may be too good"
        ]))
  if method == .time { #expect(warnings.count == 1) }
}
