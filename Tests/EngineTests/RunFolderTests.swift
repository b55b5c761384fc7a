import Engine
import Evaluation
import Foundation
import ModelExport
import PluginKit
import TestSupport
import Testing

@Test func aCompleteFolderIsNotRunAgain() async throws {
  let log = TrainingLog()
  let study = try ToyStudy([log.plugin()])
  let pipeline = try study.pipeline(search: "{use: random, trials: 4}")
  let first = try await study.run(pipeline)
  let files = try FileManager.default.contentsOfDirectory(atPath: study.folder.path("run"))
  let calls = log.calls.count
  #expect(Set(files).isSuperset(of: ["best.safetensors", "leaderboard.json", "trials"]))
  let second = try await study.run(pipeline, workers: 1)
  #expect(second.wasComplete && !first.wasComplete)
  #expect(log.calls.count == calls)
  #expect(second.leaderboard == first.leaderboard)
  try await study.run(pipeline, isFresh: true)
  #expect(log.calls.count == 2 * calls)
}

@Test func aCompleteFolderOfAnotherPipelineOrTableIsLeftAlone() async throws {
  let study = try ToyStudy()
  try await study.run(study.pipeline(search: "{use: random, trials: 4}"))
  let model = try study.folder.data("run/best.safetensors")
  let other = try study.pipeline(
    models: "[{use: centroids, tune: {noise: {min: 0, max: 2}}}]",
    search: "{use: random, trials: 4, parallel: 2}")
  await #expect(
    throws: RunError(
      "'\(study.folder.path("run"))' holds a study with other settings:\n"
        + "  models[0].tune.noise.max: 3.0 → 2.0\n  search.parallel: 8 → 2\n"
        + "which would have given other trials: --output DIR keeps both, --fresh starts anew")
  ) { try await study.run(other) }
  let same = try study.pipeline(search: "{use: random, trials: 4}")
  try study.folder.write(toyTable(seed: 2), to: "table.csv")
  let error = await #expect(throws: RunError.self) { try await study.run(same) }
  #expect(error?.description.contains("\n  data.source (bytes): sha256:") == true)
  #expect(try study.folder.data("run/best.safetensors") == model)
  #expect(try await study.run(other, isFresh: true).leaderboard.search.trials == 4)
}

@Test func aFolderIsStillCompleteWhenTheTableHasMoved() async throws {
  let study = try ToyStudy()
  var pipeline = try study.pipeline(search: "{use: random, trials: 4}")
  try await study.run(pipeline)
  try study.folder.write(study.folder.text("table.csv"), to: "elsewhere/same.csv")
  pipeline = try study.pipeline(
    search: "{use: random, trials: 4}", source: "elsewhere/same.csv")
  #expect(try await study.run(pipeline).wasComplete)
}

@Test func aRunThatCannotStartLeavesTheFolderAsItWas() async throws {
  let study = try ToyStudy()
  let limits = RunLimits()
  let pipeline = try study.pipeline(search: "{use: random, trials: 20}")
  try await study.run(pipeline, limits: limits) { event in
    if case .finished(_, let count, _) = event, count == 5 { limits.cancel() }
  }
  let before = try study.folder.data("run/best.safetensors")
  try study.folder.write(
    study.folder.text("table.csv") + ",0,a\n0.3,,b\n", to: "table.csv")
  await #expect(throws: (any Error).self) { try await study.run(pipeline) }
  #expect(try study.folder.data("run/best.safetensors") == before)
}

@Test func scoresOfTheBestFiftyTrialsAreKept() async throws {
  let study = try ToyStudy([centroids, failing])
  let result = try await study.run(study.pipeline(search: "{use: random, trials: 130}"))
  let best = result.leaderboard.ranked.prefix(50).compactMap(\.trial)
  #expect(best.count == 50 && result.leaderboard.ranked.count > 50)
  #expect(Set(try study.folder.trialFiles()) == Set(best))
}

@Test func aTrialsScoresGiveItsFigures() async throws {
  let study = try ToyStudy()
  let result = try await study.run(
    study.pipeline(search: "{use: random, trials: 3}", more: "split: {folds: 4, test: 0.25}"))
  let entry = try result.entry(2)
  let file = try SafetensorsFile(decoding: Array(study.folder.data("run/trials/2.safetensors")))
  let scores = try #require(file.tensors.first)
  let parts = try study.rows()
  let labels = try study.labels()
  let judged = (1...4).flatMap { fold in parts["fold-\(fold)"] ?? [] }
  #expect(scores.shape == [90, 3] && judged.count == 90)
  let correct = judged.enumerated().count { row, value in
    let own = scores.values[3 * row..<3 * row + 3]
    return own.max() == own[3 * row + (labels[value] ?? 0)]
  }
  #expect(entry.validation[.accuracy] == Double(correct) / 90)
}

@Test func aFolderThatIsNoRunIsNamed() throws {
  let folder = try TemporaryFolder()
  let error = #expect(throws: RunError.self) { try readLeaderboard(ofRun: folder.path) }
  #expect(
    error?.description
      == "'\(folder.path)' is no run folder: it has no leaderboard.json; give the folder that "
      + "'automl run' names")
}

extension TemporaryFolder {
  /// The numbers of the trials whose scores lie in the run folder.
  fileprivate func trialFiles() throws -> [Int] {
    try FileManager.default.contentsOfDirectory(atPath: path("run/trials")).compactMap {
      Int($0.split(separator: ".")[0])
    }
  }
}
