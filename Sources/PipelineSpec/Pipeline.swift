package import Evaluation
package import HyperparameterSearch
package import PluginKit
package import TabularData

/// A checked pipeline: every name in it is known and every value allowed.
package struct Pipeline: Sendable, Equatable {
  /// For people and for the default output folder; the file's stem where it says nothing.
  package var name: String
  /// The only source of randomness.
  package var seed: UInt64
  /// The table, with paths resolved: relative to the pipeline's folder in the file.
  package var data: TableOptions
  package var split: SplitPlan
  package var preprocess: [PipelineStep]
  /// The folders of the plugins outside of the program that `models` uses, in the order of first use.
  package var pluginFolders: [String]
  package var models: [ModelEntry]
  package var search: SearchSettings
  /// How decision scores become probabilities.
  package var calibration: CalibrationMethod
  /// What is made of the best trials at the end; nil for nothing.
  package var ensemble: EnsembleSettings?
  /// Which entry becomes the model.
  package var choose: Choice
  /// What wrong predictions cost; nil where all cost the same.
  package var decision: DecisionSettings?
  package var refit: Refit
  package var evaluate: TestPolicy
  /// How many rows the best models are checked on, whether they are SVMs; nil for no check.
  package var svmCheckRows: Int?
  /// Whether the best model and the search are explained.
  package var explains: Bool
  /// Where results go, relative to the current folder; `runs/<name>` where the file says nothing.
  package var outputFolder: String
  /// The formats in which the best model is exported.
  package var exports: [String]
  /// The whole pipeline with defaults filled in, in the order of DESIGN; what `pipeline.yaml` in the
  /// run folder says.
  package var resolved: JSONValue
}

extension Pipeline {
  /// `evaluate.svm_check.rows` where a pipeline or a command line says nothing.
  package static let defaultSVMCheckRows = 2_000
  /// The Gram matrix of the most rows takes 1.6 GB.
  package static let allowedSVMCheckRows = 10...20_000
}

/// A step of preprocessing, with what is fixed and what is searched of it.
package struct PipelineStep: Sendable, Equatable {
  /// The id of a step declaration.
  package var use: String
  /// The values that the file fixes.
  package var fixed: [String: ParameterValue]
  /// What is searched; empty for most steps.
  package var tune: [SearchDimension]
}

/// An entry of `models:`.
package struct ModelEntry: Sendable, Equatable {
  /// The leaderboard's word for the entry; unique.
  package var name: String
  /// The id of a plugin.
  package var use: String
  /// The values that the file fixes.
  package var fixed: [String: ParameterValue]
  /// What is searched: the file's `tune`, or the plugin's default space less what is fixed.
  package var tune: [SearchDimension]
}

/// The `search:` section.
package struct SearchSettings: Sendable, Equatable {
  package var use: SamplerKind
  package var metric: Metric
  /// How many trials, apart from the baseline.
  package var trials: Int
  package var pruning: Pruning
  /// Trial t sees the results of trials up to t - `parallel`.
  package var parallel: Int
  /// Seconds for the whole run, with refit and export; nil for no limit.
  package var time: Double?
  /// Seconds for one trial; nil for no limit.
  package var trialTime: Double?
  /// A study whose trials the sampler knows from the beginning, or a folder with one; nil for none.
  package var warmStart: String?
}

/// The `ensemble:` section.
package struct EnsembleSettings: Sendable, Equatable {
  /// The id of an ensemble declaration.
  package var use: String
  /// A value for each of its parameters.
  package var values: ParameterValues
}

/// Which entry of the leaderboard becomes the model: the words of `choose:`.
package enum Choice: String, Sendable, CaseIterable {
  /// The first.
  case best
  /// Of those that can't be told from the first, the one whose model has the fewest bytes.
  case smallestTie = "smallest-tie"
}

/// What the best models are trained on again before they are tested: the words of `refit:`.
package enum Refit: String, Sendable, CaseIterable {
  case none
  case trainAndValidation = "train+validation"
}

/// Which entries are tested on the test rows: the words of `evaluate.test`.
package enum TestPolicy: String, Sendable, CaseIterable {
  case bestOfEach = "best-of-each"
  case winner
  case all
  case none
}
