import PluginKit
import SystemFiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A running plugin: the leader of a process group of its own, with a pipe to each of its standard streams.
///
/// The group is killed as a whole when the leader has ended or has to end, so that no child of it stays.
final class PluginProcess {
  /// How a process ended.
  struct Ending {
    enum Cause {
      case status(Int32)
      case signal(Int32)
    }

    let cause: Cause
    /// The most physical memory that the process had, in bytes.
    let peakMemory: Int
    /// Whether it had ended by itself and left others of its group running.
    let leftChildren: Bool
  }

  /// Our ends of the pipes: they do not block.
  let input: Int32
  let output: Int32
  let messages: Int32
  private let leader: pid_t
  private var ending: Ending?
  private var inputIsOpen = true

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - command: The program and its arguments; not empty. With a slash it is relative to `folder`.
  ///   - folder: Where it runs.
  ///   - memoryLimit: The most bytes of its data.
  /// - Throws: ``PluginFault`` if it can't be started.
  init(command: [String], folder: String, memoryLimit: Int) throws(PluginFault) {
    // Writing to a plugin that has ended must be an error, not the end of this program.
    signal(SIGPIPE, SIG_IGN)
    let program = try Self.program(command[0], folder: folder)
    let streams = try Streams()
    let launch = ProcessLaunch(
      program: program, arguments: Array(command.dropFirst()), folder: folder,
      streams: [streams.input.reading, streams.output.writing, streams.messages.writing],
      memoryLimit: memoryLimit)
    defer { streams.closeChildEnds() }
    do {
      leader = try launch.start()
    } catch {
      streams.closeOurEnds()
      let place = fileExists(folder) ? program : folder
      throw PluginFault("could not start the plugin: '\(place)': \(error)")
    }
    input = streams.input.writing
    output = streams.output.reading
    messages = streams.messages.reading
    ProcessGuard.shared.watch(group: leader)
  }

  deinit {
    end(grace: 0)
    closeInput()
    close(output)
    close(messages)
  }

  /// Whether the process has ended, which it may do at any time.
  var hasEnded: Bool {
    if ending != nil { return true }
    // It stays a zombie, so that neither its number nor that of its group can be given to another one.
    var information = siginfo_t()
    let answer = waitid(P_PID, id_t(leader), &information, WEXITED | WNOHANG | WNOWAIT)
    return answer == 0 && information.si_signo == SIGCHLD
  }

  /// Waits for the end of the process, at most some seconds.
  ///
  /// - Returns: Whether it has ended.
  func waitForEnd(seconds: Double) -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    var pause: UInt32 = 500
    while !hasEnded {
      guard ContinuousClock.now < deadline else { return false }
      usleep(pause)
      pause = min(2 * pause, 20_000)
    }
    return true
  }

  /// Closes the pipe to standard input, which tells a plugin to end.
  func closeInput() {
    if inputIsOpen { close(input) }
    inputIsOpen = false
  }

  /// Ends the process and all others of its group.
  ///
  /// - Parameter grace: Seconds between the request to end and the kill.
  /// - Returns: How it ended, the first time and ever after.
  @discardableResult
  func end(grace: Double) -> Ending {
    if let ending { return ending }
    let endedByItself = hasEnded
    if !endedByItself, grace > 0 {
      kill(-leader, SIGTERM)
      _ = waitForEnd(seconds: grace)
    }
    let leftChildren = endedByItself && !runningProcesses(ofGroup: leader).isEmpty
    kill(-leader, SIGKILL)
    var status: Int32 = 0
    var usage = rusage()
    while wait4(leader, &status, 0, &usage) < 0, errno == EINTR {}
    ProcessGuard.shared.forget(group: leader)
    let signal = status & 0x7F
    let ending = Ending(
      cause: signal == 0 ? .status(status >> 8 & 0xFF) : .signal(signal),
      peakMemory: peakBytes(of: usage), leftChildren: leftChildren)
    self.ending = ending
    return ending
  }

  /// The most physical memory that the running process has had so far, in bytes; 0 where it is not known.
  var peakMemory: Int { peakMemoryOfRunningProcess(leader) }

  /// The file of a program: in `PATH` if its name has no slash, otherwise from the plugin's folder.
  private static func program(_ name: String, folder: String) throws(PluginFault) -> String {
    guard !name.contains("/") else {
      return resolvedPath(name.hasPrefix("./") ? String(name.dropFirst(2)) : name, from: folder)
    }
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    let places = path.split(separator: ":").map { absolutePath(resolvedPath(name, from: "\($0)")) }
    if let place = places.first(where: { access($0, X_OK) == 0 }) { return place }
    throw PluginFault("could not start the plugin: there is no '\(name)' in PATH")
  }
}

/// The three pipes of a process.
private struct Streams {
  struct Pipe {
    let reading: Int32
    let writing: Int32
  }

  let input: Pipe
  let output: Pipe
  let messages: Pipe

  init() throws(PluginFault) {
    var pipes: [Pipe] = []
    for _ in 0..<3 {
      guard let pipe = Self.pipe() else {
        closeAll(pipes.flatMap { [$0.reading, $0.writing] })
        throw PluginFault(
          "could not start the plugin: \(String(cString: strerror(errno)))")
      }
      pipes.append(pipe)
    }
    (input, output, messages) = (pipes[0], pipes[1], pipes[2])
    for descriptor in [input.writing, output.reading, messages.reading] {
      _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }
  }

  func closeChildEnds() {
    closeAll([input.reading, output.writing, messages.writing])
  }

  func closeOurEnds() {
    closeAll([input.writing, output.reading, messages.reading])
  }

  private static func pipe() -> Pipe? {
    pipeEnds().map { Pipe(reading: $0[0], writing: $0[1]) }
  }
}
