import Synchronization

/// Where the trials of a study are kept.
///
/// A trial is claimed once and finished once; what is finished never changes.
package protocol TrialStore: Sendable {
  /// Takes the next trial number for a worker: 0, 1, 2, ….
  func claim() throws -> Int
  /// Keeps a finished trial before anybody is told of it.
  func finish(_ record: TrialRecord) throws
  /// All finished trials in the order of their numbers.
  func list() throws -> [TrialRecord]
  /// A finished trial, or nil if there is none of that number.
  func load(_ number: Int) throws -> TrialRecord?
}

/// A store that lasts as long as the process.
package final class MemoryTrialStore: TrialStore {
  private struct Contents {
    var claimed = 0
    var records: [Int: TrialRecord] = [:]
  }

  private let contents = Mutex(Contents())

  package init() {}

  package func claim() -> Int {
    contents.withLock { contents in
      contents.claimed += 1
      return contents.claimed - 1
    }
  }

  package func finish(_ record: TrialRecord) {
    contents.withLock { contents in
      precondition(record.number < contents.claimed, "trial \(record.number) was never claimed")
      precondition(
        contents.records[record.number] == nil, "trial \(record.number) is finished already")
      contents.records[record.number] = record
    }
  }

  package func list() -> [TrialRecord] {
    contents.withLock { contents in contents.records.values.sorted { $0.number < $1.number } }
  }

  package func load(_ number: Int) -> TrialRecord? {
    contents.withLock { $0.records[number] }
  }
}
