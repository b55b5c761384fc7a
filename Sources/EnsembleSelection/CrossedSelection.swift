import Evaluation
package import PluginKit

/// An ensemble, and what it would have said about rows that had no say in its selection.
package struct CrossedSelection: Sendable {
  /// How often each model of the library was chosen by all rows.
  package let counts: [Int]
  /// The scores of each row by the ensemble that the rows of the other folds selected.
  package let scores: ScoreMatrix

  /// Selects once by all rows, and once for each fold by the rows outside of it.
  ///
  /// The best of some dozen models on the very rows that chose it looks better than it is, and so does an
  /// ensemble. Here each row is judged by an ensemble that was selected without it, so that the figures of
  /// ``scores`` hold for a selection by this many rows, less one fold.
  ///
  /// - Parameters:
  ///   - selection: How models are chosen.
  ///   - library: The models.
  ///   - folds: The fold of each row of the library; rows that must not be parted share one.
  package init(_ selection: GreedySelection, _ library: EnsembleLibrary, folds: [Int]) {
    precondition(
      folds.count == library.rowCount, "\(library.rowCount) rows have \(folds.count) folds")
    let all = Array(0..<library.rowCount)
    counts = selection.counts(from: library, rows: all)
    var values = [Float](repeating: 0, count: library.rowCount * library.classCount)
    for fold in Set(folds).sorted() {
      let others = all.filter { folds[$0] != fold }
      // Rows of weight 0 decide nothing; a fold that holds all others is judged by the best model.
      let isDecided = others.contains { library.weight($0) > 0 }
      let counts =
        isDecided ? selection.counts(from: library, rows: others) : [1]
      let scores = library.meanProbabilities(counts).scores
      for row in all where folds[row] == fold {
        for place in row * library.classCount..<(row + 1) * library.classCount {
          values[place] = scores.values[place]
        }
      }
    }
    scores = ScoreMatrix(
      rowCount: library.rowCount, columnCount: library.classCount, values: values)
  }
}

extension EnsembleLibrary {
  /// The mean of models that were chosen so many times; those beyond the end of `counts` were not.
  func meanProbabilities(_ counts: [Int]) -> MeanProbabilities {
    let total = Double(counts.reduce(0, +))
    var mean = MeanProbabilities(rowCount: rowCount, classCount: classCount)
    for (model, count) in counts.enumerated() where count > 0 {
      mean.add(probabilities[model].map { Double($0) }, weight: Double(count) / total)
    }
    return mean
  }
}
