import PluginKit
import SVMCheck
import Testing

private func rows(_ counts: [Int], limit: Int, weights: [Float]? = nil) -> CheckedRows {
  let labels = counts.enumerated().flatMap { label, count in
    [Int32](repeating: Int32(label), count: count)
  }
  let data = TrainingData(
    features: FeatureMatrix(
      rowCount: labels.count, columnCount: 1, values: labels.indices.map(Float.init)),
    labels: labels, classCount: counts.count, weights: weights)
  return CheckedRows(data, classes: counts.indices.map { "\($0)" }, limit: limit, seed: Seed(5))
}

@Test func classesKeepTheirShares() {
  let part = rows([600, 300, 100], limit: 100)
  #expect(part.count == 100)
  #expect(part.tableRowCount == 1_000)
  #expect((0..<3).map { label in part.data.labels.count { $0 == label } } == [60, 30, 10])
  #expect(part.tableRows == part.tableRows.sorted())
  #expect(part.data.features.values == part.tableRows.map(Float.init))
}

@Test func foldsShareOutAllRowsAndClasses() {
  let all = rows([50, 25, 5], limit: 2_000)
  #expect(all.folds.count == 5)
  #expect(all.folds.flatMap { $0 }.sorted() == Array(0..<80))
  for fold in all.folds {
    #expect(fold.count == 16)
    #expect((0..<3).map { label in fold.count { all.data.labels[$0] == label } } == [10, 5, 1])
  }
}

@Test func rowsOfNoWeightAreLeftOut() {
  let part = rows([4, 4], limit: 100, weights: [1, 0, 1, 1, 1, 1, 0, 1])
  #expect(part.tableRows == [0, 2, 3, 4, 5, 7])
}

@Test func theSameSeedTakesTheSameRows() {
  #expect(rows([600, 400], limit: 50).tableRows == rows([600, 400], limit: 50).tableRows)
}
