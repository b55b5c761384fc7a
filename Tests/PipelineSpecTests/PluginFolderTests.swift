import PipelineSpec
import PluginKit
import Testing

/// A plugin that lies in a folder.
private struct FoundPlugin: ModelPlugin {
  let toy: ToyPlugin
  let folder: String?

  init(id: String, folder: String) {
    toy = ToyPlugin(id: id, parameters: [])
    self.folder = folder
  }

  var manifest: PluginManifest { toy.manifest }

  func train(
    _ data: TrainingData, parameters: ParameterValues, context: TrainingContext
  ) throws -> TrainingOutcome {
    try toy.train(data, parameters: parameters, context: context)
  }

  func load(_ state: ModelState) throws(ModelStateError) -> any TrainedModel {
    try toy.load(state)
  }
}

/// Reads a pipeline with `plugins:`, where each folder holds the plugin of its own name.
private func read(plugins: String, models: String, set settings: [String] = []) throws -> Pipeline {
  let reader = PipelineReader(
    registry: try toyRegistry(), steps: toySteps,
    loadPlugins: { folder, registry in
      let name = folder.split(separator: "/").last.map(String.init) ?? ""
      guard name != "nowhere" else { throw TrainingFailure("there is no folder '\(folder)'") }
      try registry.register(FoundPlugin(id: name, folder: "/real/\(folder)"))
    })
  return try reader.read(
    text: smallest("plugins: \(plugins)", models: models), path: "pipelines/toy.yaml",
    settings: settings)
}

@Test func thePluginsOfAPipelineJoinTheOthers() throws {
  let pipeline = try read(
    plugins: "[more/forest, trees]",
    models: "[{use: trees}, {use: linear-svm}, {use: trees, name: again}]")
  #expect(pipeline.models.map(\.use) == ["trees", "linear-svm", "trees"])
  // Only what is used is kept, from where it was found.
  #expect(pipeline.pluginFolders == ["/real/pipelines/trees"])
  #expect(pipeline.resolved["plugins"] == .array([.string("/real/pipelines/trees")]))
}

@Test func pathsOfPluginsInOptionsAreSeenFromTheCurrentFolder() throws {
  let pipeline = try read(plugins: "[]", models: "[{use: trees}]", set: ["plugins=[trees]"])
  #expect(pipeline.pluginFolders == ["/real/trees"])
}

@Test func aPipelineWithoutOtherPluginsSaysNothingOfThem() throws {
  #expect(try read(smallest()).resolved["plugins"] == nil)
}

@Test func aFolderWithoutAPluginIsNamedAtItsPlace() throws {
  let error = #expect(throws: PipelineIssues.self) {
    try read(plugins: "[trees, nowhere]", models: "[{use: trees}]")
  }
  #expect(
    error?.description == """
      pipelines/toy.yaml:4:18: error: plugins[1]: there is no folder 'pipelines/nowhere'
          4 | plugins: [trees, nowhere]
            |                  ^~~~~~~
      1 error; nothing was run
      """)
}
