package import Foundation

/// A program that was started and whose output is collected.
///
/// Both outputs go to files, so that a program that writes much never waits for its reader.
package final class ChildProcess {
  /// What a program leaves when it has ended.
  package struct Outcome {
    /// The exit code; 128 plus the signal's number where a signal ended the program.
    package let exitCode: Int32
    /// Standard output.
    package let output: String
    /// Standard error.
    package let messages: String
  }

  private let process = Process()
  private let ended = DispatchSemaphore(value: 0)
  private let folder: TemporaryFolder
  private let title: String

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - executable: The path of the program's file.
  ///   - arguments: Its arguments, without its own name.
  ///   - input: What it reads from standard input.
  ///   - environment: Variables that are set besides those of this process.
  ///   - directory: The folder it runs in; nil is the current one.
  /// - Throws: An error of the system if the program can't be started.
  package init(
    executable: String, arguments: [String], input: Data = Data(),
    environment: [String: String] = [:], directory: String? = nil
  ) throws {
    folder = try TemporaryFolder()
    title = URL(filePath: executable).lastPathComponent
    try folder.write(input, to: "input")
    try folder.write("", to: "output")
    try folder.write("", to: "messages")
    process.executableURL = URL(filePath: executable)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    if let directory { process.currentDirectoryURL = URL(filePath: directory) }
    process.standardInput = try FileHandle(forReadingFrom: folder.url.appending(path: "input"))
    process.standardOutput = try FileHandle(forWritingTo: folder.url.appending(path: "output"))
    process.standardError = try FileHandle(forWritingTo: folder.url.appending(path: "messages"))
    process.terminationHandler = { [ended] _ in ended.signal() }
    try withoutBlockedSignals { try process.run() }
  }

  deinit { if process.isRunning { send(signal: SIGKILL) } }

  /// What the program has written to standard error so far.
  package var messagesSoFar: String { (try? folder.text("messages")) ?? "" }

  /// Sends a signal, such as `SIGINT` for Ctrl-C.
  package func send(signal: Int32) { kill(process.processIdentifier, signal) }

  /// Waits for the end of the program.
  ///
  /// - Throws: ``ChildProcessTimeout`` if it takes longer than `timeLimit` seconds; it is killed then.
  package func finish(timeLimit: Double = 60) throws -> Outcome {
    guard ended.wait(timeout: .now() + timeLimit) == .success else {
      send(signal: SIGKILL)
      ended.wait()
      throw ChildProcessTimeout(title: title, seconds: timeLimit, messages: messagesSoFar)
    }
    let status = process.terminationStatus
    return Outcome(
      exitCode: process.terminationReason == .exit ? status : 128 + status,
      output: try folder.text("output"), messages: try folder.text("messages"))
  }
}

/// Runs `body` with a signal mask that blocks nothing.
///
/// Tests run on threads of the dispatch library, which block all signals, and a child inherits the mask: it
/// would hear neither Ctrl-C nor a request to end.
private func withoutBlockedSignals(_ body: () throws -> Void) rethrows {
  var none = sigset_t()
  var previous = sigset_t()
  sigemptyset(&none)
  pthread_sigmask(SIG_SETMASK, &none, &previous)
  defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
  try body()
}

/// A program that had to be killed because it took too long.
package struct ChildProcessTimeout: Error, CustomStringConvertible {
  let title: String
  let seconds: Double
  let messages: String

  package var description: String {
    "\(title) was killed after \(seconds) s; its messages were:\n\(messages)"
  }
}
