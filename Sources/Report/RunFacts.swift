package import Evaluation
package import PluginKit

/// What a finished run knows of itself: all that a report is made of.
package struct RunFacts: Sendable {
  /// The name of the pipeline.
  package var name: String
  /// With test figures, in its final order.
  package var leaderboard: Leaderboard
  /// The pipeline with all defaults, as JSON and as the text of `pipeline.yaml`.
  package var pipeline: JSONValue
  package var pipelineText: String
  /// The contents of `run.json`.
  package var record: JSONValue
  package var table: TableFacts
  /// Of the best trial of each model that learns in epochs, in the leaderboard's order.
  package var curves: [ModelCurves]
  /// The model that was kept; nil where there is none.
  package var judged: JudgedModel?
  /// What other parts of the program found out about that model, by the member of the report.
  package var additions: [(String, JSONValue)]

  package init(
    name: String, leaderboard: Leaderboard, pipeline: JSONValue, pipelineText: String,
    record: JSONValue, table: TableFacts, curves: [ModelCurves], judged: JudgedModel?,
    additions: [(String, JSONValue)] = []
  ) {
    self.name = name
    self.leaderboard = leaderboard
    self.pipeline = pipeline
    self.pipelineText = pipelineText
    self.record = record
    self.table = table
    self.curves = curves
    self.judged = judged
    self.additions = additions
  }
}

/// The table of a run: its columns, and how many rows of each class were used for what.
package struct TableFacts: Sendable {
  /// A column that models learn from.
  package struct Feature: Sendable {
    package let name: String
    /// `numeric`, `categorical` or `date`.
    package let kind: String
    /// How many rows have no value.
    package let missing: Int
    /// How many values there are; nil for numbers.
    package let categories: Int?

    package init(name: String, kind: String, missing: Int, categories: Int?) {
      self.name = name
      self.kind = kind
      self.missing = missing
      self.categories = categories
    }
  }

  /// Rows that were used for one thing.
  package struct Part: Sendable {
    /// Such as `training`.
    package let name: String
    /// The rows of each class.
    package let counts: [Int]

    package init(name: String, counts: [Int]) {
      self.name = name
      self.counts = counts
    }
  }

  /// The column of labels.
  package let target: String
  package let rows: Int
  package let features: [Feature]
  package let parts: [Part]
  /// How many fits judge a trial: 1 for a hold-out.
  package let fits: Int
  /// Columns that were left out, with the reason.
  package let omitted: [(name: String, reason: String)]

  package init(
    target: String, rows: Int, features: [Feature], parts: [Part], fits: Int,
    omitted: [(name: String, reason: String)]
  ) {
    self.target = target
    self.rows = rows
    self.features = features
    self.parts = parts
    self.fits = fits
    self.omitted = omitted
  }
}

/// The learning curves of a trial, one for each of its fits.
package struct ModelCurves: Sendable {
  package let model: String
  package let trial: Int
  package let fits: [[EpochReport]]

  package init(model: String, trial: Int, fits: [[EpochReport]]) {
    self.model = model
    self.trial = trial
    self.fits = fits
  }
}

/// The model that was kept, and what it says about rows whose classes are known.
package struct JudgedModel: Sendable {
  package let model: String
  /// nil for a model that is no trial.
  package let trial: Int?
  /// Such as `test` and `validation`.
  package let parts: [(name: String, rows: JudgedPart)]
  /// What could not be found out, in sentences for the report's warnings.
  package let notes: [String]

  package init(
    model: String, trial: Int?, parts: [(name: String, rows: JudgedPart)], notes: [String] = []
  ) {
    self.model = model
    self.trial = trial
    self.parts = parts
    self.notes = notes
  }
}

/// Rows of one kind with what a model says about them.
package struct JudgedPart: Sendable {
  package let predictions: Predictions
  /// Decision scores, rows x classes.
  package let scores: ScoreMatrix
  /// How often each row stands here: more than once after repeated folds.
  package let repeats: Int

  package init(predictions: Predictions, scores: ScoreMatrix, repeats: Int = 1) {
    self.predictions = predictions
    self.scores = scores
    self.repeats = repeats
  }
}
