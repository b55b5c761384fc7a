import PipelineSpec
import PluginKit
import Synchronization

/// The processes of a plugin: as many as work at once, each of which serves many trials.
final class PluginPool: Sendable {
  let file: PluginFile
  private let idle = Mutex<[PluginSession]>([])
  private let lastModel = Atomic<Int>(0)

  init(_ file: PluginFile) { self.file = file }

  deinit { close() }

  /// A number for a model, by which processes know whether they hold it.
  func newModelNumber() -> Int { lastModel.add(1, ordering: .relaxed).newValue }

  /// Lends a process to `body`: one that is idle, or a new one.
  ///
  /// - Parameters:
  ///   - context: For a process that has to be started.
  ///   - isPreferred: Which of the idle ones is best.
  ///   - body: Has the process for itself.
  /// - Returns: What `body` returns.
  /// - Throws: What `body` throws, or ``PluginFault`` if no process can be started. A process that is gone
  ///   afterwards is not lent again.
  func withSession<Result>(
    _ context: SessionContext, preferring isPreferred: (PluginSession) -> Bool,
    _ body: (PluginSession) throws -> Result
  ) throws -> Result {
    let session = try idleSession(isPreferred) ?? PluginSession(file, context: context)
    defer { if session.isUsable { idle.withLock { $0.append(session) } } }
    return try body(session)
  }

  /// Ends the processes that are idle.
  func close() {
    let sessions = idle.withLock { idle in
      defer { idle = [] }
      return idle
    }
    for session in sessions { session.close() }
  }

  private func idleSession(_ isPreferred: (PluginSession) -> Bool) -> PluginSession? {
    idle.withLock { idle in
      // One may have ended meanwhile, which is no trial's fault.
      idle.removeAll { !$0.isUsable }
      guard let index = idle.lastIndex(where: isPreferred) ?? idle.indices.last else { return nil }
      return idle.remove(at: index)
    }
  }
}
