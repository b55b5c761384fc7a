import Evaluation
import Explanation
import HyperparameterSearch
import ModelExport
import PipelineSpec
import PluginKit
import Preprocessing
import StudyStore
import TabularData

extension Study {
  /// Explains the best model and the search, in `explanations.json`.
  ///
  /// - Parameters:
  ///   - finals: The final models, the best first.
  ///   - leaderboard: All trials.
  ///   - records: All trials by number.
  /// - Returns: What a person should know: why there is no explanation, if it failed.
  /// - Throws: `FileError` if the result can't be written.
  func explain(
    _ finals: [FinalModel], _ leaderboard: Leaderboard, _ records: [Int: TrialRecord]
  ) throws -> [String] {
    try folder.removeExplanations()
    guard experiment.pipeline.explains, !experiment.limits.isCancelled, let final = finals.first
    else { return [] }
    let report: Result<ExplanationReport, any Error> = Result {
      try explanation(of: final, leaderboard, records)
    }
    switch report {
    case .success(let report):
      try folder.write(report.json.indentedText, to: RunFolder.explanationsName)
      return []
    case .failure(is TrainingInterruption):
      return ["there is no \(RunFolder.explanationsName): the explanation was interrupted"]
    case .failure(let error): return ["there is no \(RunFolder.explanationsName): \(error)"]
    }
  }

  private func explanation(
    of final: FinalModel, _ leaderboard: Leaderboard, _ records: [Int: TrialRecord]
  ) throws -> ExplanationReport {
    let metric = experiment.pipeline.search.metric
    let seed = Seed(experiment.pipeline.seed).keyed("explanation")
    let entry = leaderboard.ranked.first { $0.trial == final.trial }
    let classifier = try TabularClassifier(final.bundle, registry: planner.registry)
    let limits = experiment.limits
    let model = ExplainedModel(
      fields: final.bundle.schema.features, classes: rows.dataset.classes, costs: rows.costs
    ) { table in
      if limits.isCancelled { throw TrainingInterruption.cancelled }
      return try classifier.predict(table).probabilities
    }
    let judged = explainedRows()
    let predictions = try model.predictions(
      judged.features, labels: judged.labels, weights: judged.weights)
    let sample = judged.sample(columnCount: model.fields.count, seed: seed)
    let importances = try featureImportances(
      model, sample.rows.features, labels: sample.rows.labels, weights: sample.rows.weights,
      metric: metric, repeats: sample.repeats, seed: seed)
    return ExplanationReport(
      metric: metric, model: entry?.model ?? final.bundle.pluginID, trial: final.trial,
      classes: rows.dataset.classes, judgedOn: judged.part.rawValue,
      rowCount: judged.labels.count, importances: importances,
      partialDependence: try partialDependences(model, importances, sample.rows.features),
      worstErrors: worstErrors(predictions, rows: judged.places, limit: 20),
      learningCurve: try final.trial.flatMap { records[$0] }.map {
        try learningCurve($0, final.bundle, seed: seed)
      } ?? [],
      hyperparameters: hyperparameters(leaderboard, records, seed: seed))
  }

  /// Partial dependence of the features of the four most important columns, over at most 200 rows.
  private func partialDependences(
    _ model: ExplainedModel, _ importances: [FeatureImportance], _ table: Table
  ) throws -> [PartialDependence] {
    let rows = table.selecting(rows: Array(0..<min(200, table.rowCount)))
    return try importances.prefix(4).compactMap { importance in
      guard let place = model.fields.firstIndex(where: { $0.column == importance.feature }) else {
        return nil
      }
      return try partialDependence(model, of: place, rows, size: 20)
    }
  }
}

// MARK: Rows to explain by

/// Labelled rows and where they come from.
private struct ExplainedRows {
  /// What the rows are to the final model.
  enum Part: String {
    case test
    case validation
    /// The model has learnt from them.
    case training
  }

  let part: Part
  let features: Table
  let labels: [Int32]
  let weights: [Float]?
  /// Where the rows stand in their table, counted from 0.
  let places: [Int]

  /// So many rows that all columns can be shuffled often enough within about half a million predictions.
  func sample(columnCount: Int, seed: Seed) -> (rows: ExplainedRows, repeats: Int) {
    let budget = 500_000 / max(1, columnCount)
    let count = min(labels.count, 2_000, max(200, budget / 2))
    var generator = seed.keyed("sample").generator()
    let chosen = Array(generator.shuffled(Array(labels.indices)).prefix(count))
    let part = ExplainedRows(
      part: part, features: features.selecting(rows: chosen), labels: chosen.map { labels[$0] },
      weights: weights.map { weights in chosen.map { weights[$0] } },
      places: chosen.map { places[$0] })
    return (part, min(10, max(2, budget / count)))
  }
}

extension Study {
  /// The test rows where there are some; otherwise rows that judged the search, or that were learnt from.
  private func explainedRows() -> ExplainedRows {
    let isRefitted = experiment.pipeline.refit != .none
    let training = isRefitted ? rows.searchRows : rows.parts.fits[0].training
    let classWeights = rows.classWeights(training: training)
    if let test = rows.testFile {
      return ExplainedRows(
        part: .test, features: test.table, labels: test.labels,
        weights: test.weights
          ?? classWeights.map { perClass in
            test.labels.map { perClass[Int($0)] }
          }, places: Array(test.labels.indices))
    }
    let (part, chosen): (ExplainedRows.Part, [Int]) =
      if !rows.parts.test.isEmpty {
        (.test, rows.parts.test)
      } else if isRefitted {
        (.training, rows.searchRows)
      } else {
        (.validation, rows.parts.fits[0].validation)
      }
    let labels = rows.labels(chosen)
    return ExplainedRows(
      part: part, features: rows.dataset.features.selecting(rows: chosen), labels: labels,
      weights: rows.weighting.column.map { column in chosen.map { Float(column[$0]) } }
        ?? classWeights.map { perClass in labels.map { perClass[Int($0)] } },
      places: chosen.map { rows.dataset.sourceRows[$0] })
  }
}

// MARK: Learning curve and hyperparameters

extension Study {
  /// What the setting of a trial reaches with parts of the training rows of the first fit.
  private func learningCurve(
    _ record: TrialRecord, _ bundle: ModelBundle, seed: Seed
  ) throws -> [LearningCurvePoint] {
    let plan = planner.plan(of: record)
    let fit = rows.parts.fits[0]
    let subsets = nestedSubsets(
      of: rows.labels(fit.training), classCount: rows.dataset.classes.count,
      shares: [0.1, 0.2, 0.4, 0.7, 1], seed: seed)
    return try subsets.enumerated().map { turn, subset in
      try learningCurvePoint(
        plan, bundle, training: subset.map { fit.training[$0] }, judged: fit.validation,
        seed: seed.keyed("learning-curve-fit", turn))
    }
  }

  private func learningCurvePoint(
    _ plan: TrialPlan, _ bundle: ModelBundle, training: [Int], judged: [Int], seed: Seed
  ) throws -> LearningCurvePoint {
    let metric = experiment.pipeline.search.metric
    let limits = experiment.limits
    let preprocessor = try rows.fittedPreprocessor(
      plan.steps, training: training,
      acceptsMissing: plan.plugin.manifest.capabilities.missingValues)
    let data = try rows.trainingData(training, preprocessor)
    let outcome = try plan.plugin.train(
      data, parameters: plan.parameters,
      context: TrainingContext(
        studySeed: Seed(experiment.pipeline.seed), trialSeed: seed,
        interruption: { limits.isCancelled ? .cancelled : nil }))
    func predictions(
      _ features: FeatureMatrix, _ labels: [Int32], _ weights: [Float]?
    ) throws -> Predictions {
      Predictions(
        labels: labels,
        probabilities: ClassifiedRows(
          scores: try outcome.model.scores(for: features), calibration: bundle.calibration
        ).probabilities, classCount: rows.dataset.classes.count, weights: weights,
        costs: rows.costs)
    }
    let held = try predictions(
      preprocessor.transform(rows.dataset.features, rows: judged), rows.labels(judged),
      rows.weights(judged, training: training))
    let interval = ConfidenceInterval.of(metric, held, seed: seed)
    return LearningCurvePoint(
      rows: training.count, value: metric.value(of: held), low: interval.low, high: interval.high,
      training: metric.value(of: try predictions(data.features, data.labels, data.weights)))
  }

  /// The importance of what was searched, for each entry with enough trials.
  private func hyperparameters(
    _ leaderboard: Leaderboard, _ records: [Int: TrialRecord], seed: Seed
  ) -> [HyperparameterImportance] {
    planner.space.entries.flatMap { entry in
      var points: [[Double]] = []
      var scores: [Double] = []
      for found in leaderboard.entries.sorted(by: { $0.trial ?? -1 < $1.trial ?? -1 }) {
        guard let record = found.trial.flatMap({ records[$0] }), record.point.entry == entry.name,
          let score = found.validation[leaderboard.metric], score.isFinite
        else { continue }
        // A dimension that does not exist here has no say in the score; the middle is as good as any place.
        points.append(
          entry.dimensions.map { dimension in
            record.point[dimension.name].flatMap { dimension.domain.position(of: $0) } ?? 0.5
          })
        scores.append(score)
      }
      return hyperparameterImportances(
        model: entry.name, names: entry.dimensions.map(\.name), points: points, scores: scores,
        seed: seed.keyed(entry.name))
    }
  }
}
