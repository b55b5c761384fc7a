import Evaluation
import PluginKit
import TabularData

extension Study {
  /// Compares entries with the best on the rows that judge them all.
  ///
  /// These are the entries whose scores are kept. Folds are compared by the corrected t-test, the accuracy of a
  /// hold-out without row weights by McNemar's, anything else by a bootstrap.
  func compare(_ leaderboard: inout Leaderboard, _ ensemble: StudyEnsemble?) {
    guard let best = leaderboard.best, let judged = predictions(of: best, ensemble) else { return }
    let comparer = EntryComparer(runner: runner, best: judged)
    let kept = Set(SearchJournal.trialsWithScores(leaderboard))
    for entry in leaderboard.ranked.dropFirst()
    where entry.trial.map(kept.contains) ?? (ensemble != nil) {
      if let predictions = predictions(of: entry, ensemble) {
        leaderboard.setComparison(comparer.comparison(of: predictions), trial: entry.trial)
      }
    }
  }

  /// What an entry says about the judged rows; nil where its scores are not kept.
  private func predictions(
    of entry: LeaderboardEntry, _ ensemble: StudyEnsemble?
  ) -> Predictions? {
    let judged = rows.judged
    let scores = entry.trial.map { folder.scores(trial: $0) } ?? ensemble?.scores
    guard let scores, scores.rowCount == judged.rows.count else { return nil }
    let method = entry.trial == nil ? StudyEnsemble.calibration(runner) : runner.calibration
    return Predictions(
      labels: judged.labels, probabilities: runner.judgedProbabilities(of: scores, by: method),
      classCount: scores.columnCount, weights: judged.weights, costs: rows.costs)
  }
}

/// Compares predictions with those of the best.
private struct EntryComparer {
  private let metric: Metric
  private let seed: Seed
  private let best: Predictions
  private let bestValue: Double
  /// Where the rows of each fit lie among the judged rows.
  private let folds: [Range<Int>]
  /// The rows that judge a fit by those that train it.
  private let testShare: Double
  private let bestOnFolds: [Double]
  private let bestSamples: [Double]

  private enum Kind { case folds, rows, samples }
  private let kind: Kind

  init(runner: TrialRunner, best: Predictions) {
    metric = runner.metric
    seed = runner.seed.keyed("comparison")
    self.best = best
    bestValue = metric.value(of: best)
    let fits = runner.rows.parts.fits
    var start = 0
    folds = fits.map { fit in
      defer { start += fit.validation.count }
      return start..<start + fit.validation.count
    }
    testShare =
      fits.reduce(0) { $0 + Double($1.validation.count) / Double($1.training.count) }
      / Double(fits.count)
    kind =
      fits.count > 1 ? .folds : metric == .accuracy && best.weights == nil ? .rows : .samples
    bestOnFolds = kind == .folds ? Self.values(metric, best, folds) : []
    bestSamples =
      kind == .samples ? ConfidenceInterval.samples(of: metric, best, seed: seed) : []
  }

  func comparison(of entry: Predictions) -> PairedComparison {
    let difference = metric.value(of: entry) - bestValue
    switch kind {
    case .folds:
      return .correctedT(
        Self.values(metric, entry, folds), best: bestOnFolds, testShare: testShare,
        difference: difference)
    case .rows: return .mcNemar(entry, best: best)
    case .samples:
      return .bootstrap(
        difference: difference, ConfidenceInterval.samples(of: metric, entry, seed: seed),
        best: bestSamples)
    }
  }

  private static func values(
    _ metric: Metric, _ predictions: Predictions, _ folds: [Range<Int>]
  ) -> [Double] {
    folds.map { metric.value(of: predictions.selecting(rows: Array($0))) }
  }
}
