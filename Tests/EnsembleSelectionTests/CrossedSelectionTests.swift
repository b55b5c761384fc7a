import EnsembleSelection
import Evaluation
import PluginKit
import Testing

private let selection = GreedySelection(size: 15)

@Test func aRowHasNoSayInTheScoresThatJudgeIt() {
  let library = randomLibrary(models: 10, rows: 120, skill: 0.3, seed: 21)
  let folds = (0..<120).map { $0 % 4 }
  let crossed = CrossedSelection(selection, library, folds: folds)
  for fold in 0..<4 {
    // All labels of a fold become others, which turns selections upside down, but not its own.
    let labels = library.labels.indices.map { row in
      folds[row] == fold ? (library.labels[row] + 1) % 3 : library.labels[row]
    }
    let other = EnsembleLibrary(
      classCount: 3, labels: labels, probabilities: library.probabilities)
    let scores = CrossedSelection(selection, other, folds: folds).scores
    let own = labels.indices.filter { folds[$0] == fold }
    #expect(own.allSatisfy { Array(scores.row($0)) == Array(crossed.scores.row($0)) })
    #expect(scores != crossed.scores)
  }
}

@Test func anEnsembleOfGuessesIsJudgedAsAGuess() {
  // Forty models that know nothing: the selection finds some that fit by chance.
  let library = randomLibrary(models: 40, rows: 400, classCount: 2, skill: 0, seed: 22)
  let crossed = CrossedSelection(selection, library, folds: (0..<400).map { $0 % 5 })
  var mean = MeanProbabilities(rowCount: 400, classCount: 2)
  let total = Double(crossed.counts.reduce(0, +))
  for (model, count) in crossed.counts.enumerated() {
    mean.add(library.probabilities[model].map { Double($0) }, weight: Double(count) / total)
  }
  #expect(accuracy(mean.scores, library.labels) > 0.55)
  // Four standard errors about a half.
  #expect(abs(accuracy(crossed.scores, library.labels) - 0.5) < 0.1)
}

@Test func theCountsAreThoseOfAllRows() {
  let library = randomLibrary(models: 9, rows: 80, skill: 0.4, seed: 23)
  let crossed = CrossedSelection(selection, library, folds: (0..<80).map { $0 / 20 })
  #expect(crossed.counts == selection.counts(from: library, rows: Array(0..<80)))
}

@Test func aSingleFoldIsJudgedByTheBestModel() {
  let library = randomLibrary(models: 3, rows: 30, skill: 0.4, seed: 24)
  let crossed = CrossedSelection(selection, library, folds: Array(repeating: 0, count: 30))
  var best = MeanProbabilities(rowCount: 30, classCount: 3)
  best.add(library.probabilities[0].map { Double($0) }, weight: 1)
  #expect(crossed.scores == best.scores)
}
