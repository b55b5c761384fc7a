import PluginKit
import Preprocessing
import TabularData

/// The matrices of one fit: training rows and the rows that judge it, preprocessed.
struct PreparedFit: Sendable {
  let preprocessor: FittedPreprocessor
  /// With the judging rows as monitor.
  let training: TrainingData
  let validation: FeatureMatrix
  let validationLabels: [Int32]
  let validationWeights: [Float]?

  /// Refuses weights that leave nothing to learn from or to judge by.
  ///
  /// - Throws: ``RunError`` if all rows of a part have weight 0.
  func checkWeights(named name: String) throws {
    for (part, weights) in [("training", training.weights), ("validation", validationWeights)] {
      guard let weights, !weights.contains(where: { $0 > 0 }) else { continue }
      throw RunError(
        "all \(part) rows of '\(name)' have weight 0: give weights over 0 to more rows, "
          + "or use another split")
    }
  }

  /// An estimate of the memory in use.
  var byteCount: Int { 4 * (training.features.values.count + validation.values.count) }
}

/// What the matrices of given rows depend on: a part of the keys of everything that trials share.
func preprocessingKey(_ steps: [StepSettings], acceptsMissing: Bool) -> String {
  "\(acceptsMissing)/" + steps.map { "\($0.id)\($0.values.json.text)" }.joined()
}

extension StudyRows {
  /// Preprocesses the rows of a fit; statistics come from its training rows only.
  ///
  /// Trials with the same settings share the result through the cache.
  func prepare(
    _ fit: RowParts.Fit, steps: [StepSettings], acceptsMissing: Bool, cache: SharedCache
  ) throws -> PreparedFit {
    let key = "\(fit.name)/\(preprocessingKey(steps, acceptsMissing: acceptsMissing))"
    return try cache.value(for: key, byteCount: \.byteCount) {
      let preprocessor = try fittedPreprocessor(
        steps, training: fit.training, acceptsMissing: acceptsMissing)
      let validation = try preprocessor.transform(dataset.features, rows: fit.validation)
      let validationLabels = labels(fit.validation)
      return PreparedFit(
        preprocessor: preprocessor,
        training: try trainingData(
          fit.training, preprocessor,
          monitor: LabelledRows(features: validation, labels: validationLabels)),
        validation: validation, validationLabels: validationLabels,
        validationWeights: weights(fit.validation, training: fit.training))
    }
  }

  /// Fits the steps to training rows; those of weight 0 count as absent.
  func fittedPreprocessor(
    _ steps: [StepSettings], training: [Int], acceptsMissing: Bool
  ) throws -> FittedPreprocessor {
    let counted = weighting.column.map { column in training.filter { column[$0] > 0 } } ?? training
    return try FittedPreprocessor.fit(
      steps, to: dataset.features, rows: counted, acceptsMissing: acceptsMissing)
  }

  /// Training data of some rows, preprocessed and weighted.
  func trainingData(
    _ rows: [Int], _ preprocessor: FittedPreprocessor, monitor: LabelledRows? = nil
  ) throws -> TrainingData {
    TrainingData(
      features: try preprocessor.transform(dataset.features, rows: rows), labels: labels(rows),
      classCount: dataset.classes.count, weights: weights(rows, training: rows),
      columns: preprocessor.columns, monitor: monitor)
  }

  /// How much some rows count for a model of given training rows; nil where all count the same.
  func weights(_ rows: [Int], training: [Int]) -> [Float]? {
    weighting.weights(
      rows, labels: dataset.labels, training: training, classCount: dataset.classes.count)
  }
}
