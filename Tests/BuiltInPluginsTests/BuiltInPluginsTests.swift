import BuiltInPlugins
import Foundation
import PluginKit
import TestSupport
import Testing

private let ids = (try? builtInPlugins().ids) ?? []

@Test func theRegistryHoldsEveryFolderOfPlugins() throws {
  let folder = packageRoot.appending(path: "plugins").path(percentEncoded: false)
  let folders = try FileManager.default.contentsOfDirectory(atPath: folder)
    .filter { !$0.hasPrefix(".") }
  let expected = folders.map { $0.lowercased() }.sorted()
  #expect(try builtInPlugins().ids.map { $0.replacing("-", with: "") }.sorted() == expected)
}

@Test func anIdCanBeTakenOnce() throws {
  var registry = try builtInPlugins()
  let first = try #require(registry.plugins.first)
  let error = #expect(throws: RegistryError.self) { try registry.register(first) }
  #expect(error?.description == "there are two plugins with the id 'baseline'")
}

@Test(arguments: ids, PluginCheck.all)
func aPluginKeepsItsPromise(id: String, check: PluginCheck) throws {
  let plugin = try #require(try builtInPlugins()[id])
  #expect(try check.findings(plugin).map(\.description) == [])
}

@Test(arguments: ids.filter { $0 != "baseline" })
func longTrainingsLookWhetherTheyMayGoOn(id: String) throws {
  let plugin = try #require(try builtInPlugins()[id])
  #expect(throws: TrainingInterruption.outOfTime) { try Trial(plugin).run { .outOfTime } }
}

/// A plugin that breaks promises, so that it is known that checks can fail.
private struct FaultyPlugin: ModelPlugin {
  let manifest = PluginManifest(
    id: "Faulty_", version: 0, summary: "Breaks promises.",
    capabilities: Capabilities(weights: true),
    parameters: [
      Parameter.real(
        "Size", 0...1, default: 0.5, searched: .real(0...2), summary: ""
      ).declaration
    ])
  private let counter = Counter()

  func train(
    _ data: TrainingData, parameters: ParameterValues, context: TrainingContext
  ) throws -> TrainingOutcome {
    do { try context.checkpoint() } catch { throw TrainingFailure("it was stopped") }
    let scores = (0..<data.classCount).map { Float($0 * counter.next() * context.threads) }
    return TrainingOutcome(
      model: FaultyModel(featureCount: data.features.columnCount, scores: scores),
      report: TrainingReport(stopping: .converged))
  }

  func load(_ state: ModelState) throws(ModelStateError) -> any TrainedModel {
    FaultyModel(featureCount: 1, scores: [0, 1])
  }

  func conflicts(in parameters: ParameterValues) -> [ParameterConflict] { [] }
}

/// Its scores depend on the number of rows.
private struct FaultyModel: TrainedModel {
  let featureCount: Int
  let scores: [Float]
  var classCount: Int { scores.count }
  var trainableParameterCount: Int { 0 }

  func scores(for features: FeatureMatrix) -> ScoreMatrix {
    ScoreMatrix(
      rowCount: features.rowCount, columnCount: classCount,
      values: (0..<features.rowCount).flatMap { _ in
        scores.map { $0 / Float(features.rowCount % 6) }
      })
  }

  func state() -> ModelState {
    ModelState(
      tensors: [
        NamedTensor("a", shape: [scores.count], values: scores),
        NamedTensor("a", shape: [], values: [1]),
      ])
  }
}

@Test func checksFindWhatIsBroken() throws {
  let broken = try PluginCheck.all.filter { check in
    // The corners of a range that is not allowed can't be made into parameters.
    try check.name != "every-corner-trains-or-says-why-not"
      && !check.findings(FaultyPlugin()).isEmpty
  }.map(\.name)
  let unbroken = [
    "words-are-kebab-case", "defaults-are-allowed-and-do-not-conflict",
    "conditions-point-to-earlier-parameters", "every-corner-trains-or-says-why-not",
    "no-rows-give-no-scores",
  ]
  #expect(broken == PluginCheck.all.map(\.name).filter { !unbroken.contains($0) })
}
