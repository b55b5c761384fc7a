import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Kills the process groups of plugins when this program has ended in a way that left no time for it.
///
/// It is a small shell that waits at the other end of a pipe: however this program ends, the pipe is closed
/// then, also after SIGKILL. A signal to the death of the parent (PR_SET_PDEATHSIG) would not do: it is sent
/// at the end of a thread, and does not reach grandchildren. Where there is no shell, plugins end by the end
/// of their standard input.
final class ProcessGuard: Sendable {
  static let shared = ProcessGuard()

  private enum State {
    case notStarted
    /// The pipe to the shell; below 0 where it could not be started.
    case started(Int32)
  }

  private static let script = """
    trap '' HUP INT TERM
    groups=' '
    while read -r verb group; do
      case $verb in
        watch) groups="$groups$group " ;;
        forget) groups="${groups%% "$group" *} ${groups#* "$group" }" ;;
      esac
    done
    for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
    """

  private let state = Mutex(State.notStarted)

  /// Kills a group when this program ends.
  func watch(group: pid_t) { tell("watch", group) }

  /// Leaves a group alone: it is gone, and its number may be given to another one.
  func forget(group: pid_t) { tell("forget", group) }

  private func tell(_ verb: String, _ group: pid_t) {
    state.withLock { state in
      if case .notStarted = state { state = .started(Self.start()) }
      guard case .started(let pipe) = state, pipe >= 0 else { return }
      // A shell that is gone can't be told, and nothing depends on it as long as this program runs.
      let line = Array("\(verb) \(group)\n".utf8)
      _ = line.withUnsafeBytes { write(pipe, $0.baseAddress, $0.count) }
    }
  }

  private static func start() -> Int32 {
    guard let ends = pipeEnds() else { return -1 }
    let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
    defer { closeAll([ends[0], nowhere]) }
    let launch = ProcessLaunch(
      program: "/bin/sh", arguments: ["-c", script], folder: "/",
      streams: [ends[0], nowhere, nowhere])
    guard (try? launch.start()) != nil else {
      close(ends[1])
      return -1
    }
    return ends[1]
  }
}
