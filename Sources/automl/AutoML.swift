import ArgumentParser
import Engine
import PipelineSpec
import PluginKit

/// The version of the program: it stands in `run.json` and answers `--version`.
let programVersion = "0.1.0"

struct AutoML: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "automl",
    abstract: "Find the best classifier for a table, and say what it really is.",
    discussion: """
      Start with a table:      automl run table.csv --target COLUMN
      or with a pipeline:      automl run pipelines/tabular.yaml
      """,
    version: programVersion,
    subcommands: [
      RunCommand.self, InitCommand.self, CheckCommand.self, LeaderboardCommand.self,
      PredictCommand.self, EvaluateCommand.self, SVMCheckCommand.self, ExportCommand.self,
      RunsCommand.self, ReportCommand.self,
      ShowCommand.self, CompareCommand.self, ReproduceCommand.self, WorkerCommand.self,
      PluginCommand.self, SchemaCommand.self,
    ])
}
