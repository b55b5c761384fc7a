import PluginKit

/// What scores promise.
let scorePromises: [PluginPromise] = [
  .trained(
    "class-order-is-kept",
    advice: "let column k be class k of the data, also where a class before it is absent"
  ) { subject in
    let classes = subject.classCount
    var tables = (0..<classes).map { frequent in
      // Four of five rows are of one class, so that it wins even where nothing is learnt from features.
      let labels = (0..<60).map { Int32($0 % 5 == 0 ? $0 / 5 % classes : frequent) }
      return (
        name: "with most rows in class \(frequent)", expected: frequent,
        data: distantClouds(labels: labels, classCount: classes)
      )
    }
    let last = Int32(classes)
    tables.append(
      (
        name: "with class 1 absent", expected: classes,
        data: distantClouds(
          labels: (0..<60).map { $0 % 5 == 0 ? 0 : last }, classCount: classes + 1)
      ))
    var findings: [String] = []
    for table in tables {
      let model: any TrainedModel
      do {
        var training = subject.training(on: table.data)
        training.values = [:]  // few epochs may be too few to learn anything
        model = try training.run().model
      } catch is TrainingFailure {
        continue  // told under the promises about tables
      }
      let scores = try model.scores(for: table.data.features)
      guard scores.columnCount == table.data.classCount else { continue }
      let rows = table.data.labels.indices.filter { table.data.labels[$0] == table.expected }
      let right = rows.count { scores.winner(ofRow: $0) == table.expected }
      if 2 * right <= rows.count {
        findings.append(
          "\(table.name): \(right) of \(rows.count) rows of class \(table.expected) are "
            + "recognised, though they are most and far from all others")
      }
    }
    return .broken(
      by: findings, otherwise: "each class in turn was the most frequent, one was absent")
  },
  .trained(
    "a-rows-scores-do-not-depend-on-its-batch",
    advice: "score each row by itself: no statistics and no random numbers over the rows of a call"
  ) { subject in
    let model = try subject.model
    let rows = blobs(rows: 301, classes: subject.classCount, seed: 9).features
    let whole = try model.scores(for: rows)
    var generator = Seed(4).keyed("batches").generator()
    for size in [1, 1, 2, 3, 8] + (0..<20).map({ _ in 1 + generator.index(below: 70) }) {
      let batch = (0..<size).map { _ in generator.index(below: 301) }
      let scores = try model.scores(for: rows.selecting(rows: batch))
      for (place, row) in batch.enumerated()
      where !subject.areEqual(scores.row(place), whole.row(row)) {
        return .broken([
          "row \(row) has the scores \(text(whole.row(row))) among 301 rows, and "
            + "\(text(scores.row(place))) among \(size)"
        ])
      }
    }
    return .kept(
      "25 batches of 1 to 70 rows"
        + (subject.tolerance > 0 ? ", equal within \(subject.tolerance) of the largest score" : ""))
  },
  .trained(
    "scoring-changes-nothing",
    advice: "let a model be the same after scoring as before"
  ) { subject in
    let model = try subject.training().run().model
    let rows = subject.table.features
    let state = model.state()
    let first = try model.scores(for: rows)
    _ = try model.scores(for: blobs(rows: 7, classes: subject.classCount, seed: 10).features)
    let isSame = try model.scores(for: rows) == first && model.state().isIdentical(to: state)
    return isSame
      ? .kept("the same scores and the same state after scoring other rows")
      : .broken(["the scores or the state differ after scoring other rows"])
  },
  .trained(
    "no-rows-give-no-scores", advice: "give a matrix of 0 rows and a column for each class"
  ) { subject in
    let scores = try subject.model.scores(
      for: FeatureMatrix(rowCount: 0, columnCount: subject.table.features.columnCount))
    return scores.rowCount == 0 && scores.columnCount == subject.classCount
      ? .kept("0 rows of \(subject.classCount) scores")
      : .broken(["no rows have scores of shape \(scores.rowCount) x \(scores.columnCount)"])
  },
]

extension CheckedPlugin {
  /// Whether two rows of scores are equal: to the bit, or within the tolerance.
  fileprivate func areEqual(_ first: ArraySlice<Float>, _ second: ArraySlice<Float>) -> Bool {
    if first.map(\.bitPattern) == second.map(\.bitPattern) { return true }
    guard tolerance > 0, first.count == second.count else { return false }
    let scale = first.reduce(Float.leastNormalMagnitude) { max($0, abs($1)) }
    return zip(first, second).allSatisfy { abs($0 - $1) <= tolerance * scale }
  }
}

extension ScoreMatrix {
  /// The class with the largest score; ties go to the lower class.
  fileprivate func winner(ofRow row: Int) -> Int {
    let scores = Array(self.row(row))
    return scores.indices.reduce(0) { scores[$1] > scores[$0] ? $1 : $0 }
  }
}

private func text(_ scores: ArraySlice<Float>) -> String {
  "[" + scores.map { "\($0)" }.joined(separator: ", ") + "]"
}
