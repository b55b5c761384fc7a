import ArgumentParser
import ExternalPlugins
import PluginKit

/// `--plugin-path`, for every command that needs plugins.
struct PluginOptions: ParsableArguments {
  @Option(
    name: .customLong("plugin-path"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "A plugin's folder, or a folder of plugins; may be repeated.", valueName: "folder"))
  var pluginPath: [String] = []
}

/// The plugins of the program, then those of `--plugin-path`, then those that are installed.
///
/// - Throws: `PipelineIssues` for what is wrong with a plugin's file, also an id that is taken; or that a
///   folder holds no plugin.
func modelPlugins(_ options: PluginOptions) throws -> PluginRegistry {
  var registry = try programPlugins()
  for path in options.pluginPath { try PluginFolders.register(path, in: &registry) }
  try PluginFolders.registerInstalled(in: &registry)
  return registry
}
