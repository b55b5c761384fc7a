import Engine
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Ctrl-C, a request to end, a closed terminal: the first one stops the search, the second one the program.
enum Interruption {
  // A signal handler can't capture anything; it may touch only what needs no lock.
  private static let limits = RunLimits()
  private static let count = Atomic<Int>(0)
  private static let isDecorated = Atomic<Bool>(false)

  /// Catches SIGINT, SIGTERM and SIGHUP from now on.
  ///
  /// - Returns: What the run has to look at.
  static func catchSignals() -> RunLimits {
    _ = limits.isCancelled  // made before a handler can run
    isDecorated.store(Terminal.messages.isDecorated, ordering: .relaxed)
    let handler: @convention(c) (Int32) -> Void = { _ in
      guard Interruption.count.add(1, ordering: .relaxed).newValue == 1 else {
        Interruption.say("\n", inFiles: "")
        _exit(ExitStatus.interrupted.rawValue)
      }
      Interruption.say(
        "\r\u{1B}[KStopping; the best model so far is kept. Ctrl-C again ends at once.\n",
        inFiles: "stopping; the best model so far is kept\n")
      Interruption.limits.cancel()
    }
    signal(SIGINT, handler)
    signal(SIGTERM, handler)
    // Who starts a program with nohup wants it to go on when the terminal is closed.
    var earlier = sigaction()
    sigaction(SIGHUP, nil, &earlier)
    if !isIgnored(earlier) { signal(SIGHUP, handler) }
    return limits
  }

  /// Whether a signal came.
  static var hasHappened: Bool { count.load(ordering: .relaxed) > 0 }

  private static func isIgnored(_ action: sigaction) -> Bool {
    #if canImport(Darwin)
      let handler = action.__sigaction_u.__sa_handler
    #else
      let handler = action.__sigaction_handler.sa_handler
    #endif
    // Functions can't be compared, but this one is a number in disguise.
    return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// Writes to standard error without memory or locks, as a signal handler must.
  private static func say(_ onTerminal: StaticString, inFiles: StaticString) {
    let text = isDecorated.load(ordering: .relaxed) ? onTerminal : inFiles
    // There is nobody to tell if this fails.
    _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
  }
}
