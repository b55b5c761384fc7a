/// Splits rows by time: the latest are for testing, the ones before them for validation.
struct TimeSplit {
  let plan: SplitPlan
  /// The rows of each time, early times first.
  private let units: RowUnits
  private let rowCount: Int

  init(plan: SplitPlan, times: [Double]?) {
    guard let times else {
      preconditionFailure("the data set was loaded without the times of split.by")
    }
    self.plan = plan
    units = .times(times)
    rowCount = times.count
  }

  func parts() throws(TableError) -> RowParts {
    let blocks = plan.folds.map { $0 + 1 } ?? 2
    let needed = blocks + (plan.test > 0 ? 1 : 0)
    guard units.count >= needed else {
      throw .tooFew(needed, "different times", found: units.count)
    }
    // Each cut leaves at least one time on each side of it.
    let development =
      plan.test > 0
      ? cut(near: Double(rowCount) * (1 - plan.test), in: blocks...units.count - 1) : units.count
    let test = rows(development..<units.count)
    guard plan.folds != nil else {
      let goal = Double(rowCount) * (1 - plan.test - plan.validation)
      let training = cut(near: goal, in: 1...development - 1)
      let fit = RowParts.Fit(
        name: "train", training: rows(0..<training), validation: rows(training..<development))
      return RowParts(test: test, fits: [fit], warnings: [])
    }
    let cuts = blockCuts(development, blocks)
    let fits = (1..<blocks).map { block in
      RowParts.Fit(
        name: "fold-\(block)", training: rows(0..<cuts[block]),
        validation: rows(cuts[block]..<cuts[block + 1]))
    }
    return RowParts(test: test, fits: fits, warnings: [])
  }

  /// Where `blocks` consecutive blocks of about the same number of rows begin, and where the last
  /// one ends.
  private func blockCuts(_ end: Int, _ blocks: Int) -> [Int] {
    let rowCount = rowCount(before: end)
    var cuts = [0]
    for block in 1..<blocks {
      let goal = Double(rowCount) * Double(block) / Double(blocks)
      cuts.append(cut(near: goal, in: cuts[block - 1] + 1...end - blocks + block))
    }
    return cuts + [end]
  }

  /// The number of times that together have nearly `goal` rows; the smaller of two that are equally
  /// near.
  private func cut(near goal: Double, in range: ClosedRange<Int>) -> Int {
    var rows = rowCount(before: range.lowerBound)
    var best = (cut: range.lowerBound, distance: abs(Double(rows) - goal))
    for position in range.dropFirst() {
      rows += units.size(position - 1)
      let distance = abs(Double(rows) - goal)
      if distance < best.distance { best = (position, distance) }
    }
    return best.cut
  }

  private func rows(_ range: Range<Int>) -> [Int] {
    range.flatMap { units[$0] }.sorted().map(Int.init)
  }

  /// How many rows the times before one have.
  private func rowCount(before end: Int) -> Int {
    (0..<end).reduce(0) { $0 + units.size($1) }
  }
}
