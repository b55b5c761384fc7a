import Engine
import Evaluation
import ModelExport
import PluginKit
import TestSupport
import Testing

@Test(arguments: [
  ("split: {validation: 0.3, test: 0.2}", "accuracy", PairedComparison.Test.mcNemar),
  ("split: {validation: 0.3, test: 0.2}", "log_loss", .bootstrap),
  ("split: {folds: 4, test: 0.2}", "accuracy", .correctedT),
  ("split: {folds: 4, repeats: 2, test: 0.2}", "macro_f1", .correctedT),
])
func everyEntryWithScoresIsComparedWithTheBest(
  split: String, metric: String, test: PairedComparison.Test
) async throws {
  let study = try ToyStudy()
  let result = try await study.run(
    study.pipeline(
      search: "{use: random, trials: 60, metric: \(metric)}",
      more: split + "\nensemble: {use: greedy}"))
  let board = result.leaderboard
  let best = try #require(board.best)
  #expect(best.comparison == nil)
  let value = try #require(best.validation[board.metric])
  for (place, entry) in board.ranked.enumerated().dropFirst() {
    // The best fifty trials keep their scores; the ensemble has its own.
    let isKept = entry.trial == nil || board.ranked[...place].count { $0.trial != nil } <= 50
    #expect((entry.comparison != nil) == isKept, "rank \(place + 1)")
    guard let comparison = entry.comparison else { continue }
    #expect(comparison.test == test)
    #expect(abs(comparison.difference - ((entry.validation[board.metric] ?? 0) - value)) < 1e-12)
    #expect((0...1).contains(comparison.p))
  }
  // Centres that were moved far are worse beyond doubt.
  #expect(board.ranked.contains { $0.comparison?.isTie == false })
  #expect(try readLeaderboard(ofRun: study.folder.path("run")) == board)
}

@Test func theSmallestOfATieIsWrittenWhereItIsAskedFor() async throws {
  // Twins that differ in nothing but the size of their state.
  let large = ClosurePlugin("large") { data, _, _ in
    TrainingOutcome(
      model: PaddedModel(centroids: CentroidModel.fit(data)),
      report: TrainingReport(stopping: .converged))
  }
  let study = try ToyStudy([large, centroids])
  let models = "[{use: large, tune: {}}, {use: centroids, with: {noise: 0}, tune: {}}]"
  let best = try await study.run(
    study.pipeline(models: models, search: "{trials: 2}", more: "choose: best"))
  #expect(best.leaderboard.best?.trial == 1)
  #expect(try study.bundle().pluginID == "large")
  let pipeline = try study.pipeline(
    models: models, search: "{trials: 2}", more: "choose: smallest-tie\nevaluate: {test: winner}")
  let smallest = try await study.run(pipeline)
  #expect(smallest.leaderboard.best?.trial == 1)
  #expect(smallest.leaderboard.winner?.trial == 2)
  #expect(try smallest.entry(2).isChosen && smallest.entry(2).test != nil)
  #expect(try smallest.entry(1).test == nil)
  #expect(try study.bundle().pluginID == "centroids")
  #expect(try await study.run(pipeline).wasComplete)
}

/// Centroids with a larger state; the same figures with fewer trainable parameters, so that it is ranked first.
private struct PaddedModel: TrainedModel {
  let centroids: CentroidModel

  var classCount: Int { centroids.classCount }
  var featureCount: Int { centroids.featureCount }
  var trainableParameterCount: Int { 1 }
  func scores(for features: FeatureMatrix) -> ScoreMatrix { centroids.scores(for: features) }

  func state() -> ModelState {
    var state = centroids.state()
    state.tensors.append(
      NamedTensor("padding", shape: [500], values: Array(repeating: 0, count: 500)))
    return state
  }
}

/// Centroids whose scores are twenty times too large.
private struct LoudModel: TrainedModel {
  let centroids: CentroidModel

  var classCount: Int { centroids.classCount }
  var featureCount: Int { centroids.featureCount }
  var trainableParameterCount: Int { centroids.trainableParameterCount }
  func state() -> ModelState { centroids.state() }

  func scores(for features: FeatureMatrix) -> ScoreMatrix {
    let scores = centroids.scores(for: features)
    return ScoreMatrix(
      rowCount: scores.rowCount, columnCount: scores.columnCount,
      values: scores.values.map { 20 * $0 })
  }
}

@Test(arguments: CalibrationMethod.allCases)
func calibrationChangesProbabilitiesAndNoPrediction(method: CalibrationMethod) async throws {
  let loud = ClosurePlugin("loud") { data, _, _ in
    TrainingOutcome(
      model: LoudModel(centroids: CentroidModel.fit(data)),
      report: TrainingReport(stopping: .converged))
  }
  let study = try ToyStudy([loud], table: toyTable(rows: 300))
  func run(_ method: CalibrationMethod, _ name: String) async throws -> LeaderboardEntry {
    try await study.run(
      study.pipeline(
        search: "{use: random, trials: 1}",
        more: "split: {folds: 4, test: 0.25}\ncalibration: \(method.rawValue)"), to: name
    ).entry(1)
  }
  let plain = try await run(.none, "plain")
  let calibrated = try await run(method, "calibrated")
  for metric in [Metric.accuracy, .balancedAccuracy, .macroF1, .matthewsCorrelation] {
    #expect(calibrated.validation[metric] == plain.validation[metric])
    #expect(calibrated.test?[metric] == plain.test?[metric])
  }
  let (loss, before) = (calibrated.validation[.logLoss] ?? 9, plain.validation[.logLoss] ?? 0)
  // As the logarithms of probabilities such scores are far too sure.
  #expect(method == .none ? loss == before : loss < before)
  let bundle = try study.bundle("calibrated")
  switch bundle.calibration {
  case .temperature(let scaling): #expect((scaling.beta == 1) == (method == .none))
  case .margins(let curves):
    #expect(method == .platt || method == .isotonic)
    #expect(curves.curves.count == 3)
  }
  #expect(try ModelBundle(decoding: bundle.encoded()) == bundle)
}

@Test func anotherCalibrationIsAnotherStudy() async throws {
  let study = try ToyStudy()
  try await study.run(study.pipeline(search: "{use: random, trials: 2}"))
  let error = await #expect(throws: RunError.self) {
    try await study.run(
      study.pipeline(search: "{use: random, trials: 2}", more: "calibration: platt"))
  }
  #expect(error?.description.contains("\n  calibration: temperature → platt\n") == true)
}
