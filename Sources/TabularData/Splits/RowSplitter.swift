package import PluginKit

/// Divides rows into training, validation and test rows as a plan says.
///
/// * `stratified` and `random` keep rows with the same features together. A unit of rows that holds
///   all rows of a class is always trained on and never judged, and every class stands in each
///   training part.
/// * `group` keeps groups whole and comes as near to the shares as it can.
/// * `time` trains on early rows and judges by later ones; rows of one time stay together. Its
///   folds grow: fold k trains on all blocks of time before the one that it validates.
///
/// With `group` and `time`, rows with the same features may stand in several parts, since the
/// column decides; a warning then counts them.
///
/// The same seed gives the same rows, whatever else is in the pipeline.
package enum RowSplitter {
  /// Splits the rows of a data set.
  ///
  /// - Parameters:
  ///   - plan: Shares of all rows, folds and method.
  ///   - dataset: Its labels, features, groups and times decide.
  ///   - seed: The seed of the study.
  ///   - hasTestFile: Whether test rows come from another file, so that none are taken here.
  /// - Returns: The rows of each part, with warnings for classes that are missing from one and
  ///   for rows whose features stand in several.
  /// - Throws: ``TableError`` if there are too few rows or groups for the plan.
  package static func split(
    plan: SplitPlan, dataset: Dataset, seed: Seed, hasTestFile: Bool
  ) throws(TableError) -> RowParts {
    var plan = plan
    if hasTestFile { plan.test = 0 }
    if plan.folds != nil { plan.validation = 0 }
    try check(plan)
    let parts: RowParts
    if plan.method == .time {
      parts = try TimeSplit(plan: plan, times: dataset.times).parts()
    } else {
      parts = try UnitSplit(plan: plan, dataset: dataset, seed: seed.keyed("split")).parts()
    }
    return try parts.checked(dataset, plan.method)
  }

  private static func check(_ plan: SplitPlan) throws(TableError) {
    if plan.folds == nil, !(plan.validation > 0) {
      throw .plan("split.validation is 0 and there are no folds; set one of them to rank models by")
    }
    if let folds = plan.folds, folds < 2 {
      throw .plan("split.folds is \(folds); it must be at least 2")
    }
    guard plan.validation >= 0, plan.test >= 0, plan.validation + plan.test < 1 else {
      throw .plan(
        "split.validation \(plan.validation) and split.test \(plan.test) leave no rows to train on; "
          + "their sum must be less than 1")
    }
    if plan.method == .time, plan.folds != nil, plan.repeats > 1 {
      throw .plan(
        "folds by time can't be repeated, since nothing in them is random; set split.repeats to 1")
    }
  }
}

extension TableError {
  /// An error of the plan rather than of the table.
  static func plan(_ message: String) -> TableError { TableError(path: "split", message: message) }

  static func tooFew(_ needed: Int, _ noun: String, found: Int) -> TableError {
    plan(
      "this split needs at least \(needed) \(noun), found \(found); use fewer folds or smaller shares"
    )
  }
}

/// Splits units of rows at random.
private struct UnitSplit {
  let plan: SplitPlan
  let dealer: UnitDealer
  let seed: Seed

  init(plan: SplitPlan, dataset: Dataset, seed: Seed) {
    self.plan = plan
    self.seed = seed
    let units: RowUnits
    if plan.method == .group {
      guard let groups = dataset.groups else {
        preconditionFailure("the data set was loaded without the groups of split.by")
      }
      units = .groups(groups)
    } else {
      units = .duplicates(in: dataset.features)
    }
    dealer = UnitDealer(
      units: units, labels: dataset.labels, isStratified: plan.method == .stratified)
  }

  private var isGrouped: Bool { plan.method == .group }
  private var noun: String { isGrouped ? "groups" : "different rows" }

  func parts() throws(TableError) -> RowParts {
    let all = Array(0..<dealer.units.count)
    let parts = try holdOut(all)
    guard let folds = plan.folds else {
      let fit = RowParts.Fit(
        name: "train", training: dealer.rows(of: parts[0]), validation: dealer.rows(of: parts[1]))
      return RowParts(test: dealer.rows(of: parts[2]), fits: [fit], warnings: [])
    }
    var fits: [RowParts.Fit] = []
    for round in 0..<max(1, plan.repeats) {
      fits += try crossValidation(parts[0], folds, round)
    }
    return RowParts(test: dealer.rows(of: parts[2]), fits: fits, warnings: [])
  }

  /// The units for training, validation and testing.
  private func holdOut(_ all: [Int]) throws(TableError) -> [[Int]] {
    let needed = (plan.folds ?? 1) + (plan.validation > 0 ? 1 : 0) + (plan.test > 0 ? 1 : 0)
    guard all.count >= needed else { throw .tooFew(needed, noun, found: all.count) }
    let counts = dealer.counts(all)
    let pinned = isGrouped ? [] : dealer.irreplaceable(among: all)
    let free = all.removing(pinned)
    let pinnedCounts = dealer.counts(pinned.sorted())
    let reserved = pinnedCounts.map { max($0, plan.folds == nil ? 1 : 2) }
    let sizes = PartSizes.holdOut(
      counts, test: plan.test, validation: plan.validation, reserved: reserved)
    let needs = counts.indices.map { kind in
      let (test, validation) = (sizes.test[kind], sizes.validation[kind])
      return [counts[kind] - test - validation - pinnedCounts[kind], validation, test]
    }
    var parts = dealer.deal(free, needs: needs, seed: seed)
    parts[0] += pinned.sorted()
    if !isGrouped { dealer.bringClasses(intoFirstOf: &parts) }
    if isGrouped {
      dealer.fillEmpty(&parts, needs: [1, plan.validation > 0 ? 1 : 0, plan.test > 0 ? 1 : 0])
    }
    for (part, share) in [(1, plan.validation), (2, plan.test)]
    where share > 0 && parts[part].isEmpty {
      let purpose = part == 1 ? "validation" : "testing"
      throw .plan(
        "no rows can be held out for \(purpose): there are too few \(noun); "
          + "add rows, or enlarge the share")
    }
    return parts
  }

  private func crossValidation(
    _ development: [Int], _ folds: Int, _ round: Int
  ) throws(TableError) -> [RowParts.Fit] {
    let pinned = isGrouped ? [] : dealer.irreplaceable(among: development)
    let free = development.removing(pinned)
    guard free.count >= folds else {
      throw .tooFew(folds, "\(noun) for \(folds) folds", found: free.count)
    }
    var parts = dealer.deal(
      free, needs: PartSizes.folds(dealer.counts(free), folds), seed: seed.keyed("folds", round))
    dealer.fillEmpty(&parts, needs: Array(repeating: 1, count: folds))
    if !isGrouped { dealer.spreadClasses(over: &parts) }
    return parts.indices.map { fold in
      let training = parts.indices.filter { $0 != fold }.flatMap { parts[$0] } + pinned.sorted()
      let name = "fold-\(fold + 1)"
      return RowParts.Fit(
        name: plan.repeats > 1 ? "repeat-\(round + 1)/\(name)" : name,
        training: dealer.rows(of: training), validation: dealer.rows(of: parts[fold]))
    }
  }
}

extension [Int] {
  /// The numbers that are not in a set.
  fileprivate func removing(_ some: Set<Int>) -> [Int] {
    some.isEmpty ? self : filter { !some.contains($0) }
  }
}
