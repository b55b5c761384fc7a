import Engine
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Ctrl-C: the first one stops the search, the second one the program.
enum Interruption {
  // A signal handler can't capture anything; it may touch only what needs no lock.
  private static let limits = RunLimits()
  private static let count = Atomic<Int>(0)

  /// Catches SIGINT and SIGTERM from now on.
  ///
  /// - Returns: What the run has to look at.
  static func catchSignals() -> RunLimits {
    _ = limits.isCancelled  // made before a handler can run
    let handler: @convention(c) (Int32) -> Void = { _ in
      guard Interruption.count.add(1, ordering: .relaxed).newValue == 1 else {
        _exit(ExitStatus.interrupted.rawValue)
      }
      Interruption.limits.cancel()
    }
    signal(SIGINT, handler)
    signal(SIGTERM, handler)
    return limits
  }
}
