import PluginKit
import TabularData

extension StudyRows {
  /// What makes figures better, or less telling, than they look: one sentence for each finding.
  static func warnings(about dataset: Dataset, _ parts: RowParts) -> [String] {
    [leakWarning(dataset, parts), rareClassWarning(dataset)].compactMap { $0 }
  }

  // MARK: Columns that give the label away

  /// The most rows to look a value up in, and to be judged by: more would not change the finding.
  private static let mostLookedUp = (training: 2_000, validation: 1_000)

  /// A column that alone is right about so large a share of unseen rows is not a feature but another name of
  /// the label.
  private static let leakShare = 0.995

  /// Fewer rows could be told apart by chance.
  private static let fewestJudges = 50

  private static func leakWarning(_ dataset: Dataset, _ parts: RowParts) -> String? {
    let fit = parts.fits[0]
    let training = fit.training.thinned(to: mostLookedUp.training)
    let validation = fit.validation.thinned(to: mostLookedUp.validation)
    guard validation.count >= fewestJudges else { return nil }
    let labels = validation.map { dataset.labels[$0] }
    let mostFrequent = labels.reduce(into: [Int32: Int]()) { $0[$1, default: 0] += 1 }.values.max()
    // Where nearly all rows are of one class, any column is right about them.
    guard Double(mostFrequent ?? 0) < 0.9 * Double(labels.count) else { return nil }
    let leaks = dataset.features.columns.compactMap { column -> String? in
      let guesses = column.values.nearestLabels(of: validation, among: training, dataset.labels)
      let right = zip(guesses, labels).count { $0 == $1 }
      return Double(right) >= leakShare * Double(labels.count) ? quoted(column.name) : nil
    }
    guard let first = leaks.first else { return nil }
    let (noun, verb) = leaks.count == 1 ? ("the column", "gives") : ("each of the columns", "gives")
    return
      "\(noun) \(listed(leaks, atMost: 6)) alone \(verb) the label away; if it is not known before the "
      + "label is, leave it out: data.columns: {\(first.dropFirst().dropLast()): ignore}"
  }

  // MARK: Rare classes

  private static func rareClassWarning(_ dataset: Dataset) -> String? {
    var counts = [Int](repeating: 0, count: dataset.classes.count)
    for label in dataset.labels { counts[Int(label)] += 1 }
    // Classes with a single row, or none, were mentioned when the table was read.
    let rare = counts.indices.filter { (2..<10).contains(counts[$0]) }
      .map { "\(quoted(dataset.classes[$0])) (\(counts[$0]) rows)" }
    guard !rare.isEmpty else { return nil }
    return rare.count == 1
      ? "the class \(rare[0]) is rare: figures about it say little"
      : "the classes \(listed(rare, atMost: 6)) are rare: figures about them say little"
  }
}

extension Column.Values {
  /// For each of some rows the label of the training row with the nearest value, or the most frequent one of
  /// its category; -1 where there is none.
  fileprivate func nearestLabels(
    of rows: [Int], among training: [Int], _ labels: [Int32]
  ) -> [Int32] {
    switch self {
    case .numeric(let values):
      let sorted = training.filter { !values[$0].isNaN }
        .sorted { (values[$0], $0) < (values[$1], $1) }
      return rows.map { row in
        guard !values[row].isNaN, !sorted.isEmpty else { return -1 }
        let place = sorted.partition(before: values[row], in: values)
        let (below, above) = (max(0, place - 1), min(place, sorted.count - 1))
        let isBelowNearer =
          values[row] - values[sorted[below]] < values[sorted[above]] - values[row]
        return labels[sorted[isBelowNearer ? below : above]]
      }
    case .categorical(let codes, let categories):
      var counts = [[Int32: Int]](repeating: [:], count: categories.count)
      for row in training where codes[row] >= 0 {
        counts[Int(codes[row])][labels[row], default: 0] += 1
      }
      let best = counts.map { own in
        own.max { ($0.value, -$0.key) < ($1.value, -$1.key) }?.key ?? -1
      }
      return rows.map { codes[$0] < 0 ? -1 : best[Int(codes[$0])] }
    }
  }
}

extension [Int] {
  /// At most so many of the rows, evenly spread.
  fileprivate func thinned(to most: Int) -> [Int] {
    guard count > most else { return self }
    return (0..<most).map { self[$0 * count / most] }
  }

  /// How many of the rows, which ascend by value, have a smaller value.
  fileprivate func partition(before value: Double, in values: [Double]) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if values[self[middle]] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
