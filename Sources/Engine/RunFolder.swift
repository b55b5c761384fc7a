package import Evaluation
import ModelExport
import PluginKit
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
    let scoresFile = SafetensorsFile(
      metadata: [.init("trial", String(trial)), .init("format_version", "1")], tensors: [tensor])
    try writeFile(file("trials/\(trial).safetensors"), scoresFile.encoded(), durable: false)
  }

  func removeScores(trial: Int) throws { try removeFile(file("trials/\(trial).safetensors")) }

  func write(_ text: String, to name: String) throws { try writeFile(file(name), text) }

  func write(_ bytes: [UInt8], to name: String) throws { try writeFile(file(name), bytes) }

  /// Makes the folder and removes what an earlier run left.
  func begin() throws {
    try makeFolder(file("trials"))
    for name in folderContents(file("trials")) where name.hasSuffix(".safetensors") {
      try removeFile(file("trials/\(name)"))
    }
    for name in Self.results { try removeFile(file(name)) }
  }

  /// Refuses a folder in which files of a person bear the names of results.
  ///
  /// - Throws: ``RunError`` if there are such files, and no leaderboard that a run wrote.
  func refuseForeignFiles() throws {
    guard earlierLeaderboard() == nil else { return }
    let found =
      Self.results.filter { fileExists(file($0)) }
      + folderContents(file("trials")).filter { $0.hasSuffix(".safetensors") }.map {
        "trials/\($0)"
      }
    guard let first = found.first else { return }
    throw RunError(
      "'\(path)' holds '\(first)', and no run wrote it: choose another folder with --output, or "
        + "replace what is there with --fresh")
  }

  /// Whether the model is there and is as it was written.
  var hasWholeModel: Bool {
    guard let bytes = try? readFile(file("best.safetensors")) else { return false }
    return (try? ModelBundle(decoding: bytes)) != nil
  }

  /// The leaderboard of an earlier run, or nil where there is none that can be read.
  func earlierLeaderboard() -> Leaderboard? {
    guard let bytes = try? readFile(file("leaderboard.json")),
      let json = try? JSONValue(parsing: bytes)
    else { return nil }
    return try? Leaderboard(json: json)
  }

  /// What identifies the earlier run in the folder: a hash over its pipeline and tables.
  func earlierIdentity() -> String? {
    guard let bytes = try? readFile(file("run.json")), let json = try? JSONValue(parsing: bytes)
    else { return nil }
    return json["identity"]?.string
  }

  private static let results = [
    "best.safetensors", "curves.csv", "leaderboard.csv", "leaderboard.json", "pipeline.yaml",
    "run.json", "split.csv",
  ]

  private func file(_ name: String) -> String { resolvedPath(name, from: path) }
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
    return try Leaderboard(json: JSONValue(parsing: bytes))
  } catch {
    throw RunError("'\(file)' can't be understood: \(error)")
  }
}
