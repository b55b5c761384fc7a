import Evaluation
import PluginKit
import SystemFiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a file says about its study as a whole.
struct StudyFacts: Sendable {
  let name: String
  let metric: Metric

  /// The version of what this program adds to Optuna's tables.
  static let form = 1
  static let attribute = "automl:study"

  var json: JSONValue {
    .object([
      ("form", .integer(Self.form)), ("name", .string(name)), ("metric", .string(metric.rawValue)),
    ])
  }

  var direction: String { metric.direction == .maximize ? "MAXIMIZE" : "MINIMIZE" }
}

// MARK: Making

/// Makes the file of a study: under another name, then renamed.
func makeStudyFile(
  _ path: String, _ description: StudyDescription
) throws(TrialStoreError) {
  let temporary = "\(path).\(getpid()).part"
  do throws(TrialStoreError) {
    // What an earlier study left would be taken for the new one's.
    try SQLiteTrialStore.remove(path)
    try SQLiteTrialStore.remove(temporary)
    try fillStudyFile(temporary, named: path, description)
    guard rename(temporary, path) == 0 else {
      throw TrialStoreError(path: path, FileError.last("write", path))
    }
    try syncFolder(of: path)
  } catch {
    try? SQLiteTrialStore.remove(temporary)
    throw error
  }
}

private func fillStudyFile(
  _ file: String, named path: String, _ description: StudyDescription
) throws(TrialStoreError) {
  let facts = StudyFacts(name: description.name, metric: description.metric)
  let connection = try SQLiteConnection(file, .create, named: path)
  defer { connection.close() }
  try connection.script("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
  try connection.transaction { () throws(TrialStoreError) in
    for statement in StudyTables.statements { try connection.script(statement) }
    try connection.rows("INSERT INTO alembic_version VALUES (?)", .text(StudyTables.revision))
    try connection.rows(
      "INSERT INTO version_info VALUES (1, ?, ?)", .integer(StudyTables.schemaVersion),
      .text(StudyTables.optunaVersion))
    try connection.rows("INSERT INTO studies VALUES (1, ?)", .text(facts.name))
    try connection.rows(
      "INSERT INTO study_directions VALUES (1, ?, 1, 0)", .text(facts.direction))
    try connection.writeFact(StudyFacts.attribute, facts.json, in: .system)
  }
}

/// Waits until a folder's list of files is on the disk.
private func syncFolder(of path: String) throws(TrialStoreError) {
  let folder = open(parentFolder(of: path) ?? ".", O_RDONLY | O_CLOEXEC)
  guard folder >= 0 else { throw TrialStoreError(path: path, FileError.last("write", path)) }
  defer { close(folder) }
  guard fsync(folder) == 0 else {
    throw TrialStoreError(path: path, FileError.last("write", path))
  }
}

// MARK: Checking

extension SQLiteConnection {
  /// Looks for damage in the structure of a file; what its cells hold is not looked at.
  func checkPages() throws(TrialStoreError) {
    // Keeps SQLite from trusting sizes inside of pages, and texts of the file from running functions.
    try script(
      "PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY")
    let finding = try rows("PRAGMA integrity_check(1)").first?.first?.text ?? "no answer"
    guard finding == "ok" else { throw TrialStoreError(path: path, .damaged(finding)) }
  }
}

/// Reads what a file says about its study, once nothing is found to say against the file.
///
/// - Throws: ``TrialStoreError`` for damage, and for a file of another program or form.
func checkedFacts(_ connection: SQLiteConnection) throws(TrialStoreError) -> StudyFacts {
  try connection.checkPages()
  func fail(_ problem: TrialStoreError.Problem) -> TrialStoreError {
    TrialStoreError(path: connection.path, problem)
  }
  try checkTables(connection)
  let studies = try connection.rows("SELECT study_id, study_name FROM studies")
  guard studies.count == 1, studies[0][0] == .integer(1), let name = studies[0][1].text else {
    throw fail(.notAStudy("it holds \(studies.count) studies"))
  }
  guard let json = try connection.fact(StudyFacts.attribute, in: .system) else {
    throw fail(.notAStudy("another program made it"))
  }
  guard let form = json["form"]?.integer, form <= StudyFacts.form else {
    throw fail(.unknownForm("it was written by a later version of the program"))
  }
  let direction = try connection.rows("SELECT direction, study_id, objective FROM study_directions")
  guard let metric = json["metric"]?.string.flatMap(Metric.init(rawValue:)) else {
    throw fail(.unknownForm("it optimises a metric that this version does not know"))
  }
  let facts = StudyFacts(name: name, metric: metric)
  guard json["name"]?.string == name,
    direction == [[.text(facts.direction), .integer(1), .integer(0)]]
  else { throw fail(.damaged("the name or the direction of the study has changed")) }
  return facts
}

private func checkTables(_ connection: SQLiteConnection) throws(TrialStoreError) {
  func fail(_ problem: TrialStoreError.Problem) -> TrialStoreError {
    TrialStoreError(path: connection.path, problem)
  }
  let found = try connection.rows("SELECT sql FROM sqlite_master").compactMap(\.first?.text)
  guard found.contains(where: { $0.hasPrefix("CREATE TABLE studies") }) else {
    throw fail(found.isEmpty ? .notAStudy("it is empty") : .notAStudy("it has other tables"))
  }
  let revision = try? connection.rows("SELECT version_num FROM alembic_version").first?.first?.text
  let version = try? connection.rows("SELECT schema_version FROM version_info").first?.first?
    .integer
  guard revision == StudyTables.revision, version == StudyTables.schemaVersion else {
    throw fail(
      .unknownForm("its tables are of another version than Optuna \(StudyTables.optunaVersion)'s"))
  }
  guard Set(found).isSuperset(of: StudyTables.statements) else {
    throw fail(.damaged("the description of its tables has changed"))
  }
}

// MARK: Reading only

/// A copy of a file in a folder of its own.
struct TemporaryCopy: Sendable {
  let folder: String
  var path: String { folder + "/study.db" }

  /// Copies a study with the log of what was not yet moved into it.
  init(of original: String) throws(TrialStoreError) {
    do throws(FileError) {
      folder = try makeTemporaryFolder(named: "automl-study")
    } catch {
      throw TrialStoreError(path: original, error)
    }
    do throws(FileError) {
      try writeFile(path, readFile(original), durable: false)
      try writeFile(path + "-wal", readFile(original + "-wal"), durable: false)
    } catch {
      remove()
      throw TrialStoreError(path: original, error)
    }
  }

  func remove() {
    try? removeFolder(folder)
  }
}

/// Whether a file, if it is there, and its folder may be written to: a log beside it needs both.
func mayWrite(_ path: String) -> Bool {
  let isKept = fileExists(path) && access(path, W_OK) != 0
  return !isKept && access(parentFolder(of: path) ?? ".", W_OK) == 0
}

/// A connection that changes nothing, and where the folder may not be written to, to a copy where one is needed.
func readingConnection(
  _ path: String
) throws(TrialStoreError) -> (connection: SQLiteConnection, copy: TemporaryCopy?) {
  var log = stat()
  let hasLog = stat(path + "-wal", &log) == 0 && log.st_size > 0
  if mayWrite(path) {
    let connection = try SQLiteConnection(path, .write)
    try connection.script("PRAGMA query_only = ON")
    // Without a log SQLite makes one to read the file, and removes it in the end.
    connection.movesLogOnClose(!hasLog)
    return (connection, nil)
  }
  guard hasLog else { return (try SQLiteConnection(path, .readUnchanging), nil) }
  let copy = try TemporaryCopy(of: path)
  return (try SQLiteConnection(copy.path, .write, named: path), copy)
}

// MARK: Going on

/// Has the stored parameters say what values they may have in the study as it is now.
///
/// Optuna compares them between trials, and a study may gain entries.
func bringDistributionsUpToDate(
  _ connection: SQLiteConnection, _ parameters: OptunaParameters
) throws(TrialStoreError) {
  let all = [(OptunaParameters.model, parameters.modelDistribution)] + parameters.distributions
  for (name, distribution) in all {
    try connection.rows(
      """
      UPDATE trial_params SET distribution_json = ?1
      WHERE param_name = ?2 AND distribution_json <> ?1
      """, .text(distribution.text), .text(name))
  }
}
