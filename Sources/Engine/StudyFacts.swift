import PluginKit
import StudyStore

/// What a study's store remembers besides its trials.
struct StudyFacts: Sendable {
  /// The names of the facts in the store.
  private enum Name: String {
    case identity
    case segments
    case program
    case starts
    case elapsed = "elapsed_seconds"
    case search
    case warmStart = "warm_start"
  }

  let store: any TrialStore

  /// What determines the study's results; nil where nothing was begun yet.
  func identity() throws -> StudyIdentity? {
    try read(.identity).flatMap { StudyIdentity(json: $0) }
  }

  /// From which trials on how many entries are searched.
  func segments() throws -> [StudySegment] {
    try (read(.segments)?.array ?? []).compactMap { StudySegment(json: $0) }
  }

  /// Seconds that all starts of the study took so far.
  func elapsedSeconds() throws -> Double { try read(.elapsed)?.number ?? 0 }

  /// How often the study was started.
  func starts() throws -> Int { try read(.starts)?.integer ?? 0 }

  /// Whether a run is waiting for trials: other processes stop when it is not.
  func isSearching() throws -> Bool { try read(.search)?.bool ?? false }

  /// The trials of another study that this one began with; nil where there are none.
  func warmStart() throws -> WarmStart? {
    try read(.warmStart).flatMap { WarmStart(json: $0) }
  }

  /// Keeps the trials of another study, so that this one no longer needs it.
  func setWarmStart(_ warmStart: WarmStart) throws { try write(.warmStart, warmStart.json) }

  /// Notes another start, under what may be a changed pipeline.
  func begin(_ identity: StudyIdentity, _ segments: [StudySegment], program: String) throws {
    try store.setAttributes([
      (Name.identity.rawValue, identity.json),
      (Name.segments.rawValue, .array(segments.map(\.json))),
      (Name.program.rawValue, .string(program)),
      (Name.starts.rawValue, .integer(try starts() + 1)),
      (Name.search.rawValue, .bool(true)),
    ])
  }

  func setElapsed(_ seconds: Double) throws { try write(.elapsed, .number(seconds)) }

  /// Lets other processes know that no more trials are wanted.
  func endSearch() throws { try write(.search, .bool(false)) }

  private func read(_ name: Name) throws -> JSONValue? { try store.attribute(name.rawValue) }

  private func write(_ name: Name, _ value: JSONValue) throws {
    try store.setAttribute(name.rawValue, value)
  }
}

extension StudySegment {
  var json: JSONValue {
    .object([("first_trial", .integer(firstTrial)), ("entries", .integer(entryCount))])
  }

  /// Reads what ``json`` gave.
  init?(json: JSONValue) {
    guard let first = json["first_trial"]?.integer, let count = json["entries"]?.integer else {
      return nil
    }
    self.init(firstTrial: first, entryCount: count)
  }
}
