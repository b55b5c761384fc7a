import PluginKit

/// What training promises on tables at the ends of what a plugin may be given.
let tablePromises: [PluginPromise] =
  [
    PluginPromise(
      PluginPromise.ordinaryTable,
      advice: "train with the defaults on numbers without gaps, in two or more classes"
    ) { subject in
      switch subject.ordinary {
      case .success(let outcome):
        .broken(
          by: try faults(of: outcome.model, trainedOn: subject.table),
          otherwise: "\(subject.table.inWords) in \(subject.classCount) classes")
      case .failure(let error): .broken(["\(subject.table.inWords): \(subject.inWords(error))"])
      }
    }
  ]
  + unusualTables.map { name, advice, tables in
    PluginPromise(name, advice: advice, after: prerequisites(of: name)) { subject in
      let tables = tables(subject.classCount)
      var findings: [String] = []
      var refusal: String?
      for (called, data) in tables {
        switch attempt(subject.training(on: data), subject) {
        case .trained(let faults): findings += faults.map { "\(called): \($0)" }
        case .refused(let reason): refusal = refusal ?? "\(called): \(reason)"
        }
      }
      if findings.isEmpty, let refusal { return .refused(refusal) }
      return .broken(by: findings, otherwise: tables.map(\.name).joined(separator: ", "))
    }
  }

/// In few rows some class is absent.
private func prerequisites(of name: String) -> [String] {
  [PluginPromise.ordinaryTable] + (name == fewRows ? [PluginPromise.absentClass] : [])
}

private let fewRows = "one-row-trains-or-says-why-not"

/// How a training went that may be refused.
enum Attempt {
  /// A model, or an error that is no refusal; with what is wrong.
  case trained(faults: [String])
  /// The reason that the plugin gives.
  case refused(String)
}

/// Trains, and looks at the model: it must give finite scores of the right shape; or a reason.
func attempt(_ training: PluginTraining, _ subject: CheckedPlugin) -> Attempt {
  let model: any TrainedModel
  do {
    model = try training.run().model
  } catch let failure as TrainingFailure {
    return failure.description.isEmpty
      ? .trained(faults: ["training is refused without a reason"]) : .refused(failure.description)
  } catch {
    return .trained(faults: [subject.inWords(error)])
  }
  do {
    return .trained(faults: try faults(of: model, trainedOn: training.data))
  } catch {
    return .trained(faults: ["there is a model, but no score: \(error)"])
  }
}

/// What is wrong with a model at first sight.
private func faults(
  of model: any TrainedModel, trainedOn data: TrainingData
) throws -> [String] {
  var faults: [String] = []
  if model.classCount != data.classCount {
    faults.append("the model has \(model.classCount) classes instead of \(data.classCount)")
  }
  if model.featureCount != data.features.columnCount {
    faults.append(
      "the model has \(model.featureCount) columns instead of \(data.features.columnCount)")
  }
  if model.trainableParameterCount < 0 {
    faults.append("the model has \(model.trainableParameterCount) trainable parameters")
  }
  let scores = try model.scores(for: data.features)
  if scores.rowCount != data.labels.count || scores.columnCount != data.classCount {
    faults.append(
      "the scores have shape \(scores.rowCount) x \(scores.columnCount) instead of "
        + "\(data.labels.count) x \(data.classCount)")
  } else if let place = scores.values.firstIndex(where: { !$0.isFinite }) {
    faults.append(
      "the score of row \(place / data.classCount) for class \(place % data.classCount) is "
        + "\(scores.values[place])")
  }
  return faults
}

/// Names of promises, advice, and for a number of classes that can be had: what to train on.
private let unusualTables:
  [(name: String, advice: String, tables: @Sendable (Int) -> [(name: String, data: TrainingData)])] =
    [
      (
        "two-to-26-classes-train-or-say-why-not",
        "score each class by a column of its own, in the order of the classes",
        { _ in
          [2, 4, 26].map { ("\($0) classes", blobs(rows: max(60, 5 * $0), classes: $0)) }
        }
      ),
      (
        PluginPromise.absentClass,
        "count classes by the data's number of classes, not by the labels that occur",
        { classes in
          let data = blobs(classes: classes)
          return [
            ("the last two classes absent", data.renaming(classCount: classes + 2) { $0 }),
            ("the first class absent", data.renaming(classCount: classes + 1) { $0 + 1 }),
            ("one class only", data.selecting(rows: data.rows(ofClass: 1))),
          ]
        }
      ),
      (
        fewRows, "beware of variances and counts minus one",
        { classes in
          let data = blobs(classes: classes)
          return [
            ("one row", data.selecting(rows: [4])), ("two rows", data.selecting(rows: [0, 1])),
            ("the same row 30 times", data.selecting(rows: Array(repeating: 7, count: 30))),
          ]
        }
      ),
      (
        "one-column-trains-or-says-why-not",
        "let no step need two columns, or more rows than columns",
        { classes in
          [
            ("one column", blobs(columns: 1, classes: classes)),
            ("70 columns for 12 rows", blobs(rows: 12, columns: 70, classes: classes)),
          ]
        }
      ),
      (
        "a-constant-column-trains-or-says-why-not", "do not divide by a spread that can be 0",
        { classes in
          let data = blobs(classes: classes)
          var features = data.features
          for row in 0..<features.rowCount { features[row, 1] = -7 }
          let constant = FeatureMatrix(rowCount: features.rowCount, columnCount: 2, repeating: 3)
          return [
            ("one constant column", data.replacing(features)),
            ("constant columns only", data.replacing(constant)),
          ]
        }
      ),
      (
        "large-and-small-values-train-or-say-why-not",
        "scale columns, or sum in double precision, so that nothing overflows",
        { classes in
          let data = blobs(classes: classes)
          return [Float(1e6), 1e-6].map { factor in
            var features = data.features
            features.values = features.values.map { $0 * factor }
            return ("values times \(factor)", data.replacing(features))
          }
        }
      ),
    ]

extension TrainingData {
  /// The size, such as `60 rows of 3 columns`.
  var inWords: String {
    "\(counted(features.rowCount, "row")) of \(counted(features.columnCount, "column"))"
  }

  fileprivate func rows(ofClass label: Int32) -> [Int] {
    labels.indices.filter { labels[$0] == label }
  }

  fileprivate func renaming(classCount: Int, _ name: (Int32) -> Int32) -> TrainingData {
    TrainingData(features: features, labels: labels.map(name), classCount: classCount)
  }
}
