package import Evaluation
import ModelExport
import PluginKit
import StudyStore
import SystemFiles

/// The folder in which a run leaves its results.
struct RunFolder: Sendable {
  let path: String

  /// Writes the leaderboard as JSON and CSV.
  func write(_ leaderboard: Leaderboard, durable: Bool = true) throws {
    try writeFile(file("leaderboard.json"), leaderboard.json.indentedText, durable: durable)
    try writeFile(file("leaderboard.csv"), leaderboard.csv, durable: durable)
  }

  /// Writes the scores of a trial's judged rows: fits in their order, rows ascending within a fit.
  func writeScores(_ scores: ScoreMatrix, trial: Int) throws {
    let tensor = NamedTensor(
      "scores", shape: [scores.rowCount, scores.columnCount], values: scores.values)
    let file = SafetensorsFile(
      metadata: [.init("trial", String(trial)), .init("format_version", "1")], tensors: [tensor])
    try writeFile(scoresFile(trial), file.encoded())
  }

  /// The scores of a trial; nil where they are missing or damaged.
  func scores(trial: Int) -> ScoreMatrix? { scores(in: scoresFile(trial)) }

  /// The scores that the ensemble was judged by; nil where they are missing or damaged.
  var ensembleScores: ScoreMatrix? { scores(in: file(Self.ensembleScores)) }

  private func scores(in path: String) -> ScoreMatrix? {
    guard let bytes = try? readFile(path),
      let tensor = try? SafetensorsFile(decoding: bytes).tensors.first, tensor.shape.count == 2
    else { return nil }
    return ScoreMatrix(
      rowCount: tensor.shape[0], columnCount: tensor.shape[1], values: tensor.values)
  }

  /// Writes the scores that the ensemble was judged by, or removes those of an earlier one.
  func writeEnsembleScores(_ scores: ScoreMatrix?) throws {
    guard let scores else { return try removeFile(file(Self.ensembleScores)) }
    let tensor = NamedTensor(
      "scores", shape: [scores.rowCount, scores.columnCount], values: scores.values)
    let file = SafetensorsFile(metadata: [.init("format_version", "1")], tensors: [tensor])
    try writeFile(self.file(Self.ensembleScores), file.encoded())
  }

  func removeScores(trial: Int) throws { try removeFile(scoresFile(trial)) }

  /// The trials whose scores are there, ascending.
  func trialsWithScores() -> [Int] {
    folderContents(file("trials")).compactMap { name in
      name.hasSuffix(Self.scoresSuffix) ? Int(name.dropLast(Self.scoresSuffix.count)) : nil
    }.sorted()
  }

  func removeSVMCheck() throws { try removeFile(file(Self.svmCheckName)) }
  func removeExplanations() throws { try removeFile(file(Self.explanationsName)) }

  func write(_ text: String, to name: String) throws { try writeFile(file(name), text) }

  func write(_ bytes: [UInt8], to name: String) throws { try writeFile(file(name), bytes) }

  /// Whether something is there already.
  var exists: Bool { fileExists(path) }

  /// Makes the folder.
  func make() throws { try makeFolder(file("trials")) }

  /// Keeps other runs out of the folder, which must be there.
  func lock() throws -> RunLock {
    // What is there and is no folder is refused by its own name, not by that of the lock.
    try makeFolder(path)
    return try RunLock(folder: path)
  }

  /// Removes what an earlier run left.
  func clear() throws {
    for trial in trialsWithScores() { try removeScores(trial: trial) }
    for name in Self.results + [Self.ensembleScores] { try removeFile(file(name)) }
    for name in exports {
      do { try removeFile(file(name)) } catch { try removeFolder(file(name)) }
    }
  }

  /// The files and folders that the best model was exported to.
  private var exports: [String] {
    folderContents(path).filter { $0.hasPrefix("best.") && $0 != "best.safetensors" }.sorted()
  }

  /// Removes what writers left that were killed.
  func removeUnfinishedFiles() throws {
    for part in ["", "trials/"] {
      for name in folderContents(file(part)) where isAbandonedFile(name) {
        try removeFile(file(part + name))
      }
    }
  }

  /// Refuses a folder in which files of a person bear the names of results.
  ///
  /// - Throws: ``RunError`` if there are such files, and no study.
  func refuseForeignFiles() throws {
    guard !hasStudy else { return }
    // Logs of a database that is gone are what a killed `--fresh` left.
    let found =
      Self.results.filter { !$0.hasPrefix(Self.studyName + "-") && fileExists(file($0)) }
      + trialsWithScores().map { "trials/\($0)\(Self.scoresSuffix)" } + exports
    guard let first = found.first else { return }
    throw RunError(
      "'\(path)' holds '\(first)' and no \(Self.studyName) of a run that could go on: choose another "
        + "folder with --output, or replace what is there with --fresh")
  }

  /// Where the study is kept.
  var studyPath: String { file(Self.studyName) }

  /// Whether a study was begun here.
  var hasStudy: Bool { fileExists(studyPath) }

  /// That this is no run folder.
  var absence: RunError {
    RunError(
      "'\(path)' is no run folder: it has no \(Self.studyName); give the folder that 'automl run' names"
    )
  }

  /// Opens the study to look at it, also while a run is at work.
  ///
  /// - Throws: ``RunError`` if this is no run folder; errors of the store.
  func openStudyForReading() throws -> any TrialStore {
    guard hasStudy else { throw absence }
    return try SQLiteTrialStore.open(reading: studyPath)
  }

  /// The file of the best model.
  func modelBytes() throws -> [UInt8] { try readFile(file("best.safetensors")) }

  /// Whether a model is there.
  var hasModel: Bool { fileExists(file("best.safetensors")) }

  /// Whether the model is there and is as it was written.
  var hasWholeModel: Bool {
    guard let bytes = try? modelBytes() else { return false }
    return (try? ModelBundle(decoding: bytes)) != nil
  }

  /// The leaderboard of an earlier run, or nil where there is none that can be read.
  func earlierLeaderboard() -> Leaderboard? {
    guard let bytes = try? readFile(file("leaderboard.json")),
      let json = try? JSONValue(parsing: bytes)
    else { return nil }
    return try? Leaderboard(json: json)
  }

  /// What an earlier run noted about itself, or nil where there is nothing that can be read.
  func earlierRecord() -> JSONValue? { json("run.json") }

  /// A document of the folder, or nil where there is none that can be read.
  func json(_ name: String) -> JSONValue? {
    (try? readFile(file(name))).flatMap { try? JSONValue(parsing: $0) }
  }

  private static let studyName = "study.db"
  static let svmCheckName = "svm-check.json"
  static let explanationsName = "explanations.json"
  private static let scoresSuffix = ".safetensors"
  private static let ensembleScores = "trials/ensemble" + scoresSuffix
  private static let results = [
    studyName, studyName + "-wal", studyName + "-shm", "best.safetensors", "curves.csv",
    "leaderboard.csv", "leaderboard.json", "pipeline.yaml", "report.html", "report.json",
    "run.json", "split.csv", "MODEL_CARD.md",
    svmCheckName, explanationsName,
  ]

  private func file(_ name: String) -> String { resolvedPath(name, from: path) }

  private func scoresFile(_ trial: Int) -> String { file("trials/\(trial)\(Self.scoresSuffix)") }
}

/// The file with the resolved pipeline of a run.
///
/// - Throws: ``RunError`` if the folder is that of no run.
package func pipelineFile(ofRun path: String) throws(RunError) -> String {
  let folder = RunFolder(path: path)
  guard folder.hasStudy else { throw folder.absence }
  return resolvedPath("pipeline.yaml", from: path)
}

/// Reads the leaderboard of a run folder, also while the run is in progress.
///
/// - Throws: ``RunError`` if there is none.
package func readLeaderboard(ofRun path: String) throws -> Leaderboard {
  let file = resolvedPath("leaderboard.json", from: path)
  guard fileExists(file) else {
    throw RunError(
      "'\(path)' is no run folder: it has no leaderboard.json; give the folder that 'automl run' names"
    )
  }
  let bytes = try readFile(file)
  do {
    let leaderboard = try Leaderboard(json: JSONValue(parsing: bytes))
    return leaderboard.search.state == .running ? leaderboard.current(in: path) : leaderboard
  } catch {
    throw RunError("'\(file)' can't be understood: \(error)")
  }
}

/// Whether a process of this machine is at work in a run folder.
package func isRunAtWork(in path: String) -> Bool { RunLock.isHeld(folder: path) }

extension Leaderboard {
  /// The leaderboard with all trials of the study: the file of a run at work, or of one that was killed, lacks
  /// the newest ones.
  fileprivate func current(in path: String) -> Leaderboard {
    guard let store = try? RunFolder(path: path).openStudyForReading() else { return self }
    defer { try? store.close() }
    guard let records = try? store.list() else { return self }
    var search = search
    search.trials = records.count { $0.number > 0 }
    return Leaderboard(
      metric: metric, classes: classes, search: search,
      entries: records.map { $0.leaderboardEntry() })
  }
}
