import PluginKit
import StudyStore
import SystemFiles

/// Keeps two runs out of one folder.
///
/// A lock whose owner has ended is free: the system says so on this machine; of another machine's process
/// it is known by a lock that was not touched for a minute.
struct RunLock: Sendable {
  static let fileName = "run.lock"

  /// Seconds without a sign of life after which a process on another machine counts as dead.
  private static let patience = 60

  private let lock: FileLock

  /// Locks a run folder, which must be there.
  ///
  /// - Throws: ``RunError`` that names the owner, or an error of files.
  init(folder: String) throws {
    let path = resolvedPath(Self.fileName, from: folder)
    switch try FileLock.attempt(path) {
    case .taken(let text): throw Self.refusal(folder, Self.owner(text))
    case .held(let lock, let left):
      if let owner = Self.owner(left), owner.worker.host != WorkerIdentity.current.host,
        Int(secondsSince1970()) - owner.seen < Self.patience
      {
        throw Self.refusal(folder, owner)
      }
      self.lock = lock
      touch()
    }
  }

  /// Whether a process of this machine has the lock.
  static func isHeld(folder: String) -> Bool {
    FileLock.isHeld(resolvedPath(fileName, from: folder))
  }

  /// Shows that the owner lives.
  func touch() {
    let worker = WorkerIdentity.current
    lock.write(
      JSONValue.object([
        ("host", .string(worker.host)), ("process", .integer(Int(worker.process))),
        ("process_start", .string(worker.processStart)),
        ("seen", .integer(Int(secondsSince1970()))),
      ]).text + "\n")
  }

  /// Lets others in.
  func release() { lock.release() }

  /// Who has the lock, and when it was last seen, in seconds since 1970.
  private typealias Owner = (worker: WorkerIdentity, seen: Int)

  private static func owner(_ text: String) -> Owner? {
    guard let json = try? JSONValue(parsing: Array(text.utf8)), let host = json["host"]?.string,
      let process = json["process"]?.integer.flatMap({ Int32(exactly: $0) }),
      let start = json["process_start"]?.string, let seen = json["seen"]?.integer
    else { return nil }
    return (WorkerIdentity(host: host, process: process, processStart: start), seen)
  }

  private static func refusal(_ folder: String, _ owner: Owner?) -> RunError {
    let who = owner.map { ": process \($0.worker.process) on \($0.worker.host)" } ?? ""
    return RunError(
      "another run is at work in '\(folder)'\(who); wait for it, stop it, or choose another folder "
        + "with --output; to help it: automl worker \(shellWord(folder))")
  }
}
