import Evaluation
import Synchronization
import SystemFiles

/// A study in an SQLite file, in the form of Optuna's storage: `optuna.load_study` and Optuna's dashboard
/// read it as it is.
///
/// What Optuna has no place for is in user attributes, by the leaderboard's names. A claim is a system
/// attribute and its renewal Optuna's heartbeat. Optuna's columns of a finished trial, and all that its record
/// needs, are covered by a digest, as are facts about the study: SQLite itself does not notice a changed byte.
///
/// The file is in WAL mode, so that others can read it while a trial is kept. A finished trial costs one wait
/// for the disk.
package final class SQLiteTrialStore: TrialStore {
  package let isShared = true
  /// The file.
  package let path: String
  let policy: ClaimPolicy
  private let state: Mutex<State>

  /// What one thread at a time works with.
  struct State: Sendable {
    let connection: SQLiteConnection
    /// What is optimised, by Optuna's word and by ours.
    let study: StudyFacts
    /// Nil for a study that is only read.
    let parameters: OptunaParameters?
    var isOpen = true
    var finished = FinishedLog()
    /// The numbers in `finished`.
    var known: Set<Int> = []
    /// A copy of the file that was made to read it.
    var copy: TemporaryCopy?
  }

  private init(path: String, policy: ClaimPolicy, _ state: State) {
    self.path = path
    self.policy = policy
    self.state = Mutex(state)
  }

  deinit { try? close() }

  /// Makes the file of a new study.
  ///
  /// It appears whole or not at all.
  ///
  /// - Throws: ``TrialStoreError``, also where there is a file already.
  package static func create(
    _ path: String, _ description: StudyDescription, policy: ClaimPolicy = ClaimPolicy()
  ) throws(TrialStoreError) -> SQLiteTrialStore {
    guard !fileExists(path) else { throw TrialStoreError(path: path, .exists) }
    try makeStudyFile(path, description)
    return try open(path, for: description, policy: policy)
  }

  /// Opens a study to go on with it.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - description: The study as it is now: what it says about ranges and new entries is taken over.
  ///   - policy: How long claims hold.
  /// - Returns: The store.
  /// - Throws: ``TrialStoreError``, also where the file is damaged.
  package static func open(
    _ path: String, for description: StudyDescription, policy: ClaimPolicy = ClaimPolicy()
  ) throws(TrialStoreError) -> SQLiteTrialStore {
    guard fileExists(path) else { throw TrialStoreError(path: path, .missing) }
    try checkWriteAheadLog(of: path)
    let connection = try SQLiteConnection(path, .write)
    // What is damaged must not become worse.
    connection.movesLogOnClose(false)
    try connection.script(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0")
    let facts = try checkedFacts(connection)
    guard facts.metric == description.metric else {
      throw TrialStoreError(
        path: path,
        .notAStudy("it optimises \(facts.metric.rawValue), not \(description.metric.rawValue)"))
    }
    let parameters = OptunaParameters(description.space)
    try connection.transaction { () throws(TrialStoreError) in
      try bringDistributionsUpToDate(connection, parameters)
    }
    connection.movesLogOnClose(true)
    return SQLiteTrialStore(
      path: path, policy: policy,
      State(connection: connection, study: facts, parameters: parameters))
  }

  /// Opens a study to look at it, also one that is being worked on, and in a folder that may not be written to.
  ///
  /// - Throws: ``TrialStoreError``, also where the file is damaged.
  package static func open(
    reading path: String, policy: ClaimPolicy = ClaimPolicy()
  ) throws(TrialStoreError) -> SQLiteTrialStore {
    guard fileExists(path) else { throw TrialStoreError(path: path, .missing) }
    try checkWriteAheadLog(of: path)
    let (connection, copy) = try readingConnection(path)
    let facts = try checkedFacts(connection)
    return SQLiteTrialStore(
      path: path, policy: policy,
      State(connection: connection, study: facts, parameters: nil, copy: copy))
  }

  /// Removes a study and what belongs to it; where there is none, nothing happens.
  ///
  /// - Throws: ``TrialStoreError`` if a file can't be removed.
  package static func remove(_ path: String) throws(TrialStoreError) {
    for suffix in ["", "-wal", "-shm"] {
      do throws(FileError) {
        try removeFile(path + suffix)
      } catch {
        throw TrialStoreError(path: path, error)
      }
    }
  }

  package func close() throws(TrialStoreError) {
    state.withLock { state in
      guard state.isOpen else { return }
      state.isOpen = false
      state.connection.close()
      state.copy?.remove()
    }
  }

  /// Works with the file.
  func use<Result: Sendable>(
    _ body: (inout State) throws(TrialStoreError) -> Result
  ) throws(TrialStoreError) -> Result {
    try state.withLock { state throws(TrialStoreError) in
      guard state.isOpen else { throw TrialStoreError(path: path, .other("it was closed")) }
      return try body(&state)
    }
  }

  /// Works with the file in one transaction.
  func change<Result: Sendable>(
    _ body: (inout State) throws(TrialStoreError) -> Result
  ) throws(TrialStoreError) -> Result {
    try use { state throws(TrialStoreError) in
      try state.connection.transaction { () throws(TrialStoreError) in try body(&state) }
    }
  }
}
