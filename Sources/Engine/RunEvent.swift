package import Evaluation
package import PluginKit
package import StudyStore

/// What a person may want to know while a run goes on.
package enum RunEvent: Sendable {
  /// Something about the table or the pipeline that should be known, in whole sentences.
  case warning(String)
  /// Something about an earlier start of the study that should be known.
  case note(String)
  /// The table is read and split.
  case prepared(RunOverview)
  /// Trials are finished already, the baseline included; the best entry of them.
  case resumed(finished: Int, best: LeaderboardEntry?)
  /// A trial is finished: how many there are now, and the best entry so far.
  case finished(TrialRecord, count: Int, best: LeaderboardEntry?)
  /// An epoch of a trial.
  case epoch(trial: Int, EpochReport)
  /// The best models are trained again and tested.
  case refitting(models: Int)
}

/// The facts of a run before its first trial.
package struct RunOverview: Sendable {
  package let rowCount: Int
  package let featureCount: Int
  package let classes: [String]
  /// The rows of each part: to train on and to validate on in one fit, and to test on.
  package let trainingRows: Int
  package let validationRows: Int
  package let testRows: Int
  /// How many fits a trial has.
  package let fits: Int
  /// How many trials there will be at most, with the baseline.
  package let trials: Int
  package let metric: Metric
}

/// How a run goes apart from what determines its result.
package struct RunOptions: Sendable {
  /// How many trials run at once, 1 or more; it changes no result.
  package var workers: Int
  /// Where results go; nil takes the pipeline's folder.
  package var outputFolder: String?
  /// Whether an older run in the folder is replaced.
  package var isFresh: Bool
  /// The version of the program, for `run.json`.
  package var programVersion: String
  /// How a study grew that is run again; nil for one of a pipeline as it is.
  var segments: [StudySegment]?
  /// What a study that is run again began with; nil to read what the pipeline names.
  var warmStart: WarmStart?

  package init(
    workers: Int, outputFolder: String? = nil, isFresh: Bool = false, programVersion: String
  ) {
    precondition(workers >= 1, "at least 1 worker is needed, got \(workers)")
    self.workers = workers
    self.outputFolder = outputFolder
    self.isFresh = isFresh
    self.programVersion = programVersion
  }
}

/// What came out of a run.
package struct RunResult: Sendable {
  package let leaderboard: Leaderboard
  /// The run folder.
  package let folder: String
  /// Whether the folder held the result already and nothing was run.
  package let wasComplete: Bool
  /// Seconds from the start to the last file.
  package let seconds: Double

  /// Whether any entry besides the baseline is complete.
  package var isUseful: Bool {
    leaderboard.ranked.contains { $0.model != TrialPlanner.baselineName }
  }
}

/// Why nothing was run.
package struct RunError: Error, Equatable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}
