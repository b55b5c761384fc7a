import PluginKit

/// What training promises.
let trainingChecks = [
  PluginCheck(name: "every-corner-trains-or-says-why-not") { plugin in
    try plugin.corners.flatMap { corner -> [Finding] in
      var trial = Trial(plugin)
      trial.values.merge(corner) { $1 }
      return try findings(of: trial, called: "\(corner.sorted { $0.key < $1.key })")
    }
  },
  PluginCheck(name: "unusual-tables-train-or-say-why-not") { plugin in
    try unusualTables.flatMap { table in
      try findings(of: Trial(plugin, data: table.data), called: table.name)
    }
  },
  PluginCheck(name: "the-same-training-gives-the-same-bytes-whatever-came-before") { plugin in
    let first = try Trial(plugin).run()
    var other = Trial(plugin, data: blobs(rows: 33, columns: 5, classes: 2))
    other.studySeed = 99
    _ = try other.run()
    let again = try Trial(plugin).run()
    return first.model.isIdentical(to: again.model) && first.report == again.report
      ? [] : [Finding("two trainings with the same seeds differ")]
  },
  PluginCheck(name: "threads-change-no-byte") { plugin in
    var trial = Trial(plugin, data: blobs(rows: 500, columns: 6))
    let first = try trial.run()
    trial.threads = 2
    return try first.model.isIdentical(to: trial.run().model)
      ? [] : [Finding("two threads give another model than one")]
  },
  PluginCheck(name: "the-cache-changes-no-byte") { plugin in
    let trial = Trial(plugin)
    let parameters = ParameterValues(plugin.manifest.parameters, trial.values)
    let models = try [0, 1 << 30].flatMap { limit in
      let context = TrainingContext(
        studySeed: Seed(1), trialSeed: Seed(2), cache: SharedCache(byteLimit: limit))
      return try (0..<2).map { _ in
        try plugin.train(trial.data, parameters: parameters, context: context).model
      }
    }
    return models.allSatisfy { $0.isIdentical(to: models[0]) }
      ? [] : [Finding("a hit in the cache gives another model than a miss")]
  },
  PluginCheck(name: "rows-to-watch-change-no-byte") { plugin in
    let plain = Trial(plugin)
    var watched = plain
    let others = blobs(rows: 20, seed: 8)
    watched.data = plain.data.monitoring(
      LabelledRows(features: others.features, labels: others.labels))
    return try plain.run().model.isIdentical(to: watched.run().model)
      ? [] : [Finding("something is learnt from the rows to watch")]
  },
  PluginCheck(name: "an-interruption-ends-training-as-it-is") { plugin in
    [1, 2, 5].flatMap { limit -> [Finding] in
      let counter = Counter()
      do {
        _ = try Trial(plugin, data: blobs(rows: 300)).run {
          counter.next() >= limit ? .cancelled : nil
        }
      } catch TrainingInterruption.cancelled {
        return []
      } catch {
        return [Finding("the interruption became: \(error)")]
      }
      return counter.value >= limit
        ? [Finding("training went on after checkpoint \(limit)")] : []
    }
  },
  PluginCheck(name: "a-weight-of-two-is-a-row-twice") { plugin in
    guard plugin.manifest.capabilities.weights else { return [] }
    let data = blobs()
    let heavy = data.labels.indices.map { $0 % 4 == 1 }
    let weighted = TrainingData(
      features: data.features, labels: data.labels, classCount: data.classCount,
      weights: heavy.map { $0 ? 2 : 1 })
    let doubled = data.selecting(
      rows: data.labels.indices.flatMap { heavy[$0] ? [$0, $0] : [$0] })
    guard try plugin.isExact(weighted) else { return [] }
    let difference = try Trial(plugin, data: weighted).run().model
      .largestDifference(to: Trial(plugin, data: doubled).run().model, on: data.features)
    return difference <= 0.02 ? [] : [Finding("scores differ by \(difference)")]
  },
  PluginCheck(name: "a-weight-of-zero-is-no-row") { plugin in
    guard plugin.manifest.capabilities.weights else { return [] }
    let data = blobs()
    let isAbsent = data.labels.indices.map { $0 % 4 == 1 }
    let weighted = TrainingData(
      features: data.features, labels: data.labels, classCount: data.classCount,
      weights: isAbsent.map { $0 ? 0 : 1 })
    let rest = data.selecting(rows: data.labels.indices.filter { !isAbsent[$0] })
    guard try plugin.isExact(weighted) else { return [] }
    let difference = try Trial(plugin, data: weighted).run().model
      .largestDifference(to: Trial(plugin, data: rest).run().model, on: data.features)
    return difference <= 0.05 ? [] : [Finding("scores differ by \(difference)")]
  },
]

/// Tables at the ends of what a plugin may be given.
private let unusualTables: [(name: String, data: TrainingData)] = {
  let data = blobs()
  func constant(_ columns: Int) -> TrainingData {
    TrainingData(
      features: FeatureMatrix(rowCount: 60, columnCount: columns, repeating: 3),
      labels: data.labels, classCount: 3)
  }
  var half = data.features
  for row in 0..<60 { half[row, 1] = -7 }
  return [
    ("2 classes", blobs(classes: 2)), ("26 classes", blobs(rows: 130, classes: 26)),
    ("one column", blobs(columns: 1)), ("many columns", blobs(rows: 12, columns: 70)),
    ("a constant column", TrainingData(features: half, labels: data.labels, classCount: 3)),
    ("constant columns only", constant(2)),
    ("an absent class", TrainingData(features: data.features, labels: data.labels, classCount: 5)),
    ("one class only", data.selecting(rows: data.labels.indices.filter { data.labels[$0] == 1 })),
    ("one row", data.selecting(rows: [4])), ("two rows", data.selecting(rows: [0, 1])),
    ("the same row often", data.selecting(rows: Array(repeating: 7, count: 30))),
    ("large values", scaled(data, by: 1e6)), ("small values", scaled(data, by: 1e-6)),
  ]
}()

private func scaled(_ data: TrainingData, by factor: Float) -> TrainingData {
  var features = data.features
  features.values = features.values.map { $0 * factor }
  return TrainingData(features: features, labels: data.labels, classCount: data.classCount)
}

/// What is wrong with a training: it must give finite scores of the right shape, or a reason.
private func findings(of trial: Trial, called name: String) throws -> [Finding] {
  let features = trial.data.features.values
  let outcome: TrainingOutcome
  do {
    outcome = try trial.run()
  } catch let failure as TrainingFailure {
    return failure.description.isEmpty ? [Finding("\(name): a failure without a reason")] : []
  } catch {
    return [Finding("\(name): \(type(of: error)) instead of a reason: \(error)")]
  }
  var findings: [Finding] = []
  let model = outcome.model
  let scores = try model.scores(for: trial.data.features)
  if !scores.values.allSatisfy(\.isFinite) {
    findings.append(Finding("\(name): a score is not finite"))
  }
  if scores.rowCount != trial.data.labels.count || scores.columnCount != trial.data.classCount
    || model.classCount != trial.data.classCount
    || model.featureCount != trial.data.features.columnCount
  {
    findings.append(Finding("\(name): the shape of the model or of its scores is wrong"))
  }
  if trial.data.features.values.map(\.bitPattern) != features.map(\.bitPattern) {
    findings.append(Finding("\(name): the training rows were changed"))
  }
  return findings
}

extension ModelPlugin {
  /// Every combination of the ends of the default search space, and each word of each choice by itself.
  var corners: [[String: ParameterValue]] {
    var corners: [[String: ParameterValue]] = [[:]]
    for declaration in manifest.parameters {
      guard let domain = declaration.searched else { continue }
      corners = corners.flatMap { corner in
        domain.corners.map { corner.merging([declaration.name: $0]) { $1 } }
      }
    }
    for declaration in manifest.parameters {
      guard case .choice(let words) = declaration.kind else { continue }
      corners += words.map { [declaration.name: .text($0)] }
    }
    return corners.filter { corner in
      conflicts(in: ParameterValues(manifest.parameters, quickSettings.merging(corner) { $1 }))
        .isEmpty
    }
  }

  /// Whether training solves its problem, so that equal problems have equal solutions.
  func isExact(_ data: TrainingData) throws -> Bool {
    try Trial(self, data: data).run().report.stopping == .converged
  }
}
