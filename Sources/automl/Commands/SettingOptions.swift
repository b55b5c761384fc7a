import ArgumentParser
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

  /// A reader that knows all plugins and steps.
  func reader() throws -> PipelineReader {
    PipelineReader(registry: try programPlugins(), steps: StepDeclaration.all)
  }
}

/// How many processors this process may use.
func processorCount() -> Int {
  max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
}
