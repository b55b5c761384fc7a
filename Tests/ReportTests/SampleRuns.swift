import Evaluation
import PluginKit
import Report

/// What a run of the given size knows of itself, drawn at random but always the same.
func runFacts(
  classes: Int = 4, trials: Int = 30, features: Int = 7, rows: Int = 200, hasTest: Bool = true,
  hasModel: Bool = true, clock: Double = 1, seed: UInt64 = 1
) -> RunFacts {
  var generator = SeededGenerator(seed: seed)
  let names = (0..<classes).map { "room \($0 + 1)" }
  var entries = (0..<trials).map { trial in
    entry(trial, isComplete: hasModel && trial % 9 != 8, clock: clock, &generator)
  }
  if hasModel, hasTest {
    entries[1].test = MetricValues([(.accuracy, 0.96), (.logLoss, 0.14)])
  }
  let leaderboard = Leaderboard(
    metric: .accuracy, classes: names,
    search: SearchState(state: .complete, trials: trials - 1, deterministic: true),
    entries: entries)
  let parts = (hasTest ? ["test"] : []) + ["validation"]
  let judged = parts.map { name in
    (name: name, rows: judgedRows(classes, rows, &generator))
  }
  return RunFacts(
    name: "sample", leaderboard: leaderboard, pipeline: .object([("version", .integer(1))]),
    pipelineText: "version: 1\nname: \"a <b>\"\n", record: record(clock: clock),
    table: table(names, features, rows, hasTest), curves: [curves(&generator)],
    judged: hasModel ? JudgedModel(model: "quasi-svm", trial: 1, parts: judged) : nil)
}

private func entry(
  _ trial: Int, isComplete: Bool, clock: Double, _ generator: inout SeededGenerator
) -> LeaderboardEntry {
  let model = ["quasi-svm", "linear-svm", "deep"][trial % 3]
  let value = 0.97 - 0.2 * generator.uniform() * generator.uniform()
  let parameters: [(String, JSONValue)] = [
    ("output_dim", .integer(64 + generator.index(below: 4_000))),
    ("l2", .number(1e-6 * Double(1 + generator.index(below: 100_000)))),
    ("loss", .string(["hinge", "squared-hinge"][generator.index(below: 2)])),
  ]
  guard isComplete else {
    return LeaderboardEntry(
      trial: trial, model: model, plugin: model, status: .failed,
      reason: "the loss became infinite in epoch \(trial)", parameters: .object(parameters))
  }
  return LeaderboardEntry(
    trial: trial, model: model, plugin: model == "deep" ? "mlp-svm" : model, status: .complete,
    validation: MetricValues([(.accuracy, value), (.logLoss, 1.2 - value)]),
    validationInterval: .wilson(share: value, count: 400), parameters: .object(parameters),
    trainableParameters: 100 + trial, fitSeconds: clock * 0.01 * Double(trial + 1),
    predictMicrosecondsPerRow: clock * (0.1 + generator.uniform()), modelBytes: 4_096)
}

private func judgedRows(
  _ classes: Int, _ rows: Int, _ generator: inout SeededGenerator
) -> JudgedPart {
  let labels = (0..<rows).map { Int32($0 % classes) }
  let values = labels.flatMap { label in
    (0..<classes).map { Float(generator.normal() + ($0 == Int(label) ? 3 : 0)) }
  }
  let scores = ScoreMatrix(rowCount: rows, columnCount: classes, values: values)
  let predictions = Predictions(
    labels: labels, scores: scores, calibration: .temperature(TemperatureScaling(beta: 1)))
  return JudgedPart(predictions: predictions, scores: scores)
}

private func curves(_ generator: inout SeededGenerator) -> ModelCurves {
  let epochs = (1...25).map { epoch -> EpochReport in
    let share = 1 / Double(epoch)
    let noise = 0.01 * generator.uniform()
    return EpochReport(
      epoch: epoch, trainingLoss: share + noise, trainingAccuracy: 1 - 0.5 * share,
      monitorLoss: 0.1 + share, monitorAccuracy: epoch == 3 ? nil : 0.95 - 0.5 * share)
  }
  return ModelCurves(model: "deep", trial: 2, fits: [epochs])
}

private func table(
  _ classes: [String], _ features: Int, _ rows: Int, _ hasTest: Bool
) -> TableFacts {
  let counts = classes.indices.map { rows / classes.count + ($0 < rows % classes.count ? 1 : 0) }
  let parts = ["training", "validation"] + (hasTest ? ["test"] : [])
  return TableFacts(
    target: "room", rows: parts.count * rows,
    features: (0..<features).map { index in
      TableFacts.Feature(
        name: "signal of access point \(index)", kind: index % 5 == 4 ? "categorical" : "numeric",
        missing: index % 3, categories: index % 5 == 4 ? 12 : nil)
    },
    parts: parts.map { TableFacts.Part(name: $0, counts: counts) }, fits: 1,
    omitted: [("note", "holds <b>text</b> & more")])
}

private func record(clock: Double) -> JSONValue {
  .object([
    ("version", .integer(1)), ("identity", .string("sha256:0123456789abcdef")),
    ("program", .object([("name", .string("automl")), ("version", .string("0"))])),
    ("formats", .object([("model", .integer(1))])),
    ("plugins", .object([("quasi-svm", .integer(1))])), ("plugin_files", .object([])),
    ("seed", .integer(7)), ("data", .object([("source", .string("sha256:fedcba9876543210"))])),
    ("cpu", .object([("path", .string("avx2"))])),
    ("machine", .object([("processor", .string("P")), ("cores", .integer(Int(clock)))])),
    ("workers", .integer(Int(clock))), ("started", .string("2026-01-0\(Int(clock))T00:00:00Z")),
    ("timings", .object([("total_seconds", .number(clock))])), ("starts", .integer(Int(clock))),
    ("elapsed_seconds", .number(12.5 * clock)), ("segments", .array([])),
    ("warm_start", .null), ("deterministic", .bool(true)), ("stopped_trials", .array([])),
    ("warnings", .array([.string("the class 'room 3' has <2> & \"few\" rows")])),
  ])
}
