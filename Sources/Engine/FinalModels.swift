import Evaluation
import ModelExport
import PipelineSpec
import PluginKit
import Preprocessing
import StudyStore
import TabularData

/// A model as it leaves the run, and its figures on the test rows.
struct FinalModel: Sendable {
  /// The number of the trial; nil for the ensemble.
  let trial: Int?
  let bundle: ModelBundle
  /// What it says about the test rows; nil where it was not tested.
  let test: Predictions?
}

/// Trains the best trials again, on all rows that are not test rows, and tests them once.
///
/// Which trials these are was decided before: nothing is selected by a test figure.
struct FinalModels: Sendable {
  let rows: StudyRows
  let runner: TrialRunner
  let planner: TrialPlanner
  /// Models that are taken as they are, by trial, where there is no refit; nil where there is.
  ///
  /// One that an earlier start trained is trained again, to the same bits.
  let trained: [Int: SearchJournal.KeptModel]?

  /// The entries to refit: the winner, then the others in the leaderboard's order.
  static func entries(_ leaderboard: Leaderboard, policy: TestPolicy) -> [LeaderboardEntry] {
    guard let winner = leaderboard.winner else { return [] }
    let others =
      switch policy {
      case .bestOfEach: leaderboard.bestOfEachModel
      case .all: Array(leaderboard.ranked)
      case .winner, .none: [LeaderboardEntry]()
      }
    return [winner] + others.filter { $0.trial != winner.trial }
  }

  /// Makes the final model of a trial.
  ///
  /// - Throws: ``PluginKit/TrainingFailure``, such as for more memory than the trial took with fewer rows.
  func make(_ record: TrialRecord, tests: Bool) throws -> FinalModel {
    guard let result = record.result else {
      preconditionFailure("trial \(record.number) is not complete")
    }
    let plan = planner.plan(of: record)
    let (model, preprocessor, report) = try trainedModel(plan, result)
    let test = tests ? try evaluate(model, preprocessor, result.calibration) : nil
    let bundle = ModelBundle(
      schema: rows.dataset.schema, preprocessing: preprocessor, calibration: result.calibration,
      classWeights: rows.classWeights(training: trainingRows),
      pluginID: record.plugin, pluginVersion: plan.plugin.manifest.version, state: model.state(),
      report: report, pipeline: planner.pipeline.essence(of: record))
    return FinalModel(trial: record.number, bundle: bundle, test: test)
  }

  /// Puts the final model of an ensemble together.
  ///
  /// - Parameters:
  ///   - ensemble: What was selected.
  ///   - models: The final models of its members, in the order of the members.
  /// - Returns: The model, tested if all of its members were.
  func make(_ ensemble: StudyEnsemble, of models: [FinalModel]) -> FinalModel {
    let members = zip(ensemble.members, models).map { member, model in
      var bundle = model.bundle
      // The ensemble's own pipeline says the rest.
      bundle.pipeline = .object([("entry", bundle.pipeline["entry"] ?? .null)])
      return ModelBundle.Member(weight: member.weight, bundle: bundle)
    }
    return FinalModel(
      trial: nil,
      bundle: ModelBundle(
        ensembleOf: members, calibration: ensemble.calibration,
        pipeline: planner.pipeline.essence(of: ensemble)),
      test: test(ensemble, models))
  }

  private func test(_ ensemble: StudyEnsemble, _ models: [FinalModel]) -> Predictions? {
    let tests = models.compactMap(\.test)
    guard let first = tests.first, tests.count == models.count else { return nil }
    var mean = MeanProbabilities(rowCount: first.rowCount, classCount: first.classCount)
    for (member, test) in zip(ensemble.members, tests) {
      mean.add(test.probabilities, weight: member.weight)
    }
    return Predictions(
      labels: first.labels, scores: mean.scores, calibration: ensemble.calibration,
      weights: first.weights, costs: rows.costs)
  }

  private func trainedModel(
    _ plan: TrialPlan, _ result: TrialResult
  ) throws -> (any TrainedModel, FittedPreprocessor, TrainingReport) {
    if let trained {
      guard let report = result.reports.first else {
        preconditionFailure("trial \(plan.number) has no fit")
      }
      let kept = try trained[plan.number] ?? runner.trainFirstFit(plan)
      return (kept.model, kept.preprocessor, report)
    }
    let preprocessor = try rows.fittedPreprocessor(
      plan.steps, training: trainingRows,
      acceptsMissing: plan.plugin.manifest.capabilities.missingValues)
    let data = try rows.trainingData(trainingRows, preprocessor)
    let outcome = try runner.refit(plan, data, epochs: median(result.bestEpochs))
    return (outcome.model, preprocessor, outcome.report)
  }

  private func evaluate(
    _ model: any TrainedModel, _ preprocessor: FittedPreprocessor, _ calibration: Calibration
  ) throws -> Predictions? {
    guard let test = try rows.testData(preprocessor, training: trainingRows) else { return nil }
    let scores = try model.scores(for: test.features)
    return Predictions(
      labels: test.labels, scores: scores, calibration: calibration, weights: test.weights,
      costs: rows.costs)
  }

  /// The rows that final models are trained on.
  var trainingRows: [Int] {
    trained == nil ? rows.searchRows : rows.parts.fits[0].training
  }

  /// The median, the lower of two; nil of nothing.
  private func median(_ epochs: [Int]) -> Int? {
    epochs.isEmpty ? nil : epochs.sorted()[(epochs.count - 1) / 2]
  }
}

extension StudyRows {
  /// The test rows, preprocessed; nil where there are none.
  ///
  /// Balanced weights are those of the rows that the model was trained on.
  func testData(
    _ preprocessor: FittedPreprocessor, training: [Int]
  ) throws -> (features: FeatureMatrix, labels: [Int32], weights: [Float]?)? {
    let classWeights = classWeights(training: training)
    if let testFile {
      let weights = classWeights.map { perClass in testFile.labels.map { perClass[Int($0)] } }
      return (
        try preprocessor.transform(testFile.table), testFile.labels, testFile.weights ?? weights
      )
    }
    guard !parts.test.isEmpty else { return nil }
    let labels = labels(parts.test)
    let column = weighting.column.map { column in parts.test.map { Float(column[$0]) } }
    return (
      try preprocessor.transform(dataset.features, rows: parts.test), labels,
      column ?? classWeights.map { perClass in labels.map { perClass[Int($0)] } }
    )
  }
}

extension Pipeline {
  /// The parts that determine the model of a trial: never output, workers, paths, dates or timings.
  fileprivate func essence(of record: TrialRecord) -> JSONValue {
    essence(
      ["version", "seed", "split", "preprocess", "labels", "search", "calibration", "decision"],
      entry: [
        ("name", .string(record.model)), ("use", .string(record.plugin)),
        ("trial", .integer(record.number)), ("parameters", record.parameters),
      ])
  }

  /// The parts that determine an ensemble; its members have entries of their own.
  fileprivate func essence(of ensemble: StudyEnsemble) -> JSONValue {
    essence(
      [
        "version", "seed", "split", "preprocess", "labels", "search", "calibration", "ensemble",
        "decision",
      ],
      entry: [
        ("name", .string(ensemble.entry.model)), ("use", .string(ensemble.entry.plugin)),
        ("parameters", ensemble.entry.parameters),
        ("members", .array(ensemble.members.map(\.json))),
      ])
  }

  private func essence(_ kept: [String], entry: [(String, JSONValue)]) -> JSONValue {
    var members = (resolved.members ?? []).filter { kept.contains($0.0) }.map { name, value in
      (name, name == "search" ? value.without("warm_start") : value)
    }
    members.append(("target", .string(data.target.description)))
    members.append(("entry", .object(entry)))
    return .object(members)
  }
}
