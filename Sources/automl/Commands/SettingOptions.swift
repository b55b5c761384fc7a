import ArgumentParser
import ExternalPlugins
import PipelineSpec
import PluginKit
import Preprocessing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// `--set`, for every command that reads a pipeline.
struct SettingOptions: ParsableArguments {
  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Set a value of the pipeline, such as search.trials=20; may be repeated.",
      valueName: "key=value"))
  var set: [String] = []

  /// Reads a pipeline with these settings, and gives the plugins that it may use along with it.
  func read(
    _ path: String, _ plugins: PluginOptions
  ) throws -> (pipeline: Pipeline, registry: PluginRegistry) {
    try readPipeline(path, settings: set, plugins)
  }
}

/// Reads a pipeline, and gives the plugins that it may use along with it.
func readPipeline(
  _ path: String, settings: [String] = [], _ plugins: PluginOptions
) throws -> (pipeline: Pipeline, registry: PluginRegistry) {
  let reader = PipelineReader(
    registry: try modelPlugins(plugins), steps: StepDeclaration.all,
    loadPlugins: { folder, registry in try PluginFolders.register(folder, in: &registry) })
  return try reader.readWithPlugins(path: path, settings: settings)
}

/// How many processors this process may use.
func processorCount() -> Int {
  max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
}
