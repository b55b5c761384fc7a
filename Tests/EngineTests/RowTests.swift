import Engine
import Evaluation
import ModelExport
import PluginKit
import TestSupport
import Testing

@Test func testRowsReachNoTrainingAndNoMonitor() async throws {
  let log = TrainingLog()
  let study = try ToyStudy([log.plugin()])
  try await study.run(
    study.pipeline(
      search: "{use: random, trials: 3}", more: "split: {folds: 3, repeats: 2, test: 0.25}"))
  let test = Set(try study.rows()["test"] ?? [])
  #expect(test.count == 30)
  #expect(log.calls.count == 3 * 6 + 1)
  for call in log.calls {
    #expect(test.isDisjoint(with: call.rows))
    #expect(test.isDisjoint(with: call.monitorRows))
    #expect(Set(call.rows).isDisjoint(with: call.monitorRows))
  }
  // The refit takes all rows that are not tested on.
  #expect(log.calls.last?.rows.count == 90)
}

@Test func eachRowIsJudgedOncePerRepeat() async throws {
  let log = TrainingLog()
  let study = try ToyStudy([log.plugin()])
  try await study.run(
    study.pipeline(
      models: "[{use: recorder, tune: {}}]", search: "{use: random, trials: 1}",
      more: "split: {folds: 4, repeats: 3, test: 0.25}"))
  let fits = log.calls.filter { !$0.monitorRows.isEmpty }
  #expect(fits.count == 12)
  for repetition in 0..<3 {
    let judged = fits[4 * repetition..<4 * repetition + 4].flatMap(\.monitorRows)
    #expect(judged.count == 90 && Set(judged).count == 90)
    #expect(Set(judged) == Set(log.calls.last?.rows ?? []))
  }
  for fit in fits { #expect(fit.rows.count + fit.monitorRows.count == 90) }
  #expect(
    Set(fits.prefix(4).map { Set($0.monitorRows) }) != Set(fits[4..<8].map { Set($0.monitorRows) }))
}

@Test(arguments: ["accuracy", "log_loss", "macro_f1"])
func repeatsDoNotNarrowTheInterval(metric: String) async throws {
  var widths: [Double] = []
  for repeats in [1, 9] {
    let study = try ToyStudy()
    let result = try await study.run(
      study.pipeline(
        search: "{use: random, trials: 1, metric: \(metric)}",
        more: "split: {folds: 3, repeats: \(repeats), test: 0.25}"))
    let interval = try #require(try result.entry(1).validationInterval)
    let value = try #require(
      try result.entry(1).validation.all.first { $0.metric.rawValue == metric }?.value)
    #expect(interval.contains(value))
    widths.append(interval.high - interval.low)
  }
  // Nine times the rows would make it a third as wide.
  #expect(widths[1] > 0.75 * widths[0])
}

@Test func preprocessingLearnsFromTrainingRowsOnly() async throws {
  let log = TrainingLog()
  let study = try ToyStudy([log.plugin()])
  try await study.run(
    study.pipeline(
      search: "{use: random, trials: 2}",
      more: "split: {folds: 3, test: 0.25}\npreprocess: [{use: scale, with: {method: standard}}]"))
  #expect(log.calls.count == 7)
  for call in log.calls {
    for column in 0..<2 {
      let values = (0..<call.features.rowCount).map { Double(call.features[$0, column]) }
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      #expect(abs(mean) < 1e-6 && abs(variance - 1) < 1e-5)
    }
  }
  // Rows that judge are scaled by the others' statistics, which do not fit them exactly.
  let judged = log.calls[0].monitorRows
  #expect(abs(judged.reduce(0, +) / Float(judged.count)) > 1e-4)
}

@Test func searchedPreprocessingIsPartOfTrials() async throws {
  let log = TrainingLog()
  let study = try ToyStudy([log.plugin()])
  let result = try await study.run(
    study.pipeline(
      models: "[{use: recorder, tune: {}}]", search: "{use: grid, trials: 10}",
      more: "preprocess: [{use: scale, tune: {method: {choices: [standard, minmax, none]}}}]"))
  let methods = (1...3).compactMap { trial in
    try? result.entry(trial).parameters["preprocess.scale.method"]?.string
  }
  #expect(methods.sorted() == ["minmax", "none", "standard"])
  #expect(result.leaderboard.search.trials == 3)
  let least = log.calls.prefix(3).compactMap { $0.rows.min() }
  #expect(least.contains(0) && Set(least).count == 3)
}

@Test func balancedWeightsReachPluginsAndMetrics() async throws {
  let log = TrainingLog()
  let study = try ToyStudy([log.plugin()])
  let result = try await study.run(
    study.pipeline(search: "{use: random, trials: 1}", data: ", weights: balanced"))
  for call in log.calls {
    let weights = try #require(call.weights)
    for label in Int32(0)..<3 {
      let own = call.labels.indices.filter { call.labels[$0] == label }
      let expected = Float(Double(call.labels.count) / Double(3 * own.count))
      #expect(own.allSatisfy { weights[$0] == expected })
    }
  }
  // Half of the rows are of the most frequent class, which counts a third.
  let accuracy = try #require(try result.entry(0).validation[.accuracy])
  #expect(abs(accuracy - 1.0 / 3) < 1e-6)
  let test = try #require(try result.entry(0).test?[.accuracy])
  #expect(abs(test - 1.0 / 3) < 1e-6)
}

@Test func aColumnOfWeightsReachesPluginsAndMetrics() async throws {
  let log = TrainingLog()
  let study = try ToyStudy(
    [log.plugin()], table: toyTable(weights: ["a": "2", "b": "3", "c": "0"]))
  let result = try await study.run(
    study.pipeline(search: "{use: random, trials: 1}", data: ", weights: {column: w}"))
  for call in log.calls {
    #expect(call.features.columnCount == 2)
    #expect(call.weights == call.labels.map { [2, 3, 0][Int($0)] })
  }
  // Of 24 rows 12 are a, 6 b and 6 c, of which c does not count.
  let accuracy = try #require(try result.entry(0).validation[.accuracy])
  #expect(abs(accuracy - 24.0 / 42) < 1e-6)
}

@Test func aPluginWithoutWeightsFailsWhereRowsHaveThem() async throws {
  let plain = ClosurePlugin("plain", capabilities: Capabilities(weights: false)) { _, _, _ in
    throw TrainingFailure("it was trained")
  }
  let study = try ToyStudy([plain])
  let result = try await study.run(
    study.pipeline(search: "{use: random, trials: 1}", data: ", weights: balanced"))
  #expect(try result.entry(1).reason == "'plain' does not use row weights")
}

@Test func weightsThatAreAllZeroAreRefusedBeforeTheFirstTrial() async throws {
  // Of the last rows by time, which judge, none has a weight.
  var table = "t,x1,x2,label,w\n"
  for row in 0..<60 {
    table += "\(row),\(row * 7 % 11),\(Double(row * 5 % 13) / 2),\(["a", "b"][row % 2]),"
    table += "\(row < 36 ? 1 : 0)\n"
  }
  let study = try ToyStudy(table: table)
  let pipeline = try study.pipeline(
    data: ", weights: {column: w}", more: "split: {method: time, by: t}")
  let error = RunError(
    "all validation rows of 'train' have weight 0: give weights over 0 to more rows, or use another "
      + "split")
  await #expect(throws: error) { try await study.run(pipeline) }
  #expect(!study.folder.contains("run"))
}

@Test func aMissingValueThatOnlyATestRowHasIsFoundBeforeTheFirstTrial() async throws {
  let log = TrainingLog()
  let study = try ToyStudy([log.plugin()])
  try study.folder.write("x1,x2,label\n0.1,,a\n0.2,1,b\n", to: "test.csv")
  let pipeline = try study.pipeline(data: ", test: test.csv", more: "split: {test: 0}")
  await #expect(throws: (any Error).self) { try await study.run(pipeline) }
  #expect(log.calls.isEmpty)
}

@Test func missingValuesGoToPluginsThatTakeThem() async throws {
  let tolerant = ClosurePlugin(
    "tolerant", capabilities: Capabilities(weights: true, missingValues: true)
  ) { data, _, _ in
    guard data.features.values.contains(where: \.isNaN) else {
      throw TrainingFailure("nothing is missing")
    }
    return try majority.train(
      data, parameters: ParameterValues([]),
      context: TrainingContext(
        studySeed: Seed(0), trialSeed: Seed(0)))
  }
  let study = try ToyStudy(
    [centroids, tolerant], table: toyTable() + String(repeating: ",0.5,a\n1,,b\n2,,c\n", count: 3))
  let result = try await study.run(study.pipeline(search: "{use: random, trials: 2}"))
  #expect(try result.entry(1).status == .failed)
  #expect(try result.entry(2).status == .complete)
}
