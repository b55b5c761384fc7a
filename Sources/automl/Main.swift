import ArgumentParser

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@main
enum Main {
  static func main() async {
    // A closed pipe (`automl … | head`) is an error of writing, not a death.
    signal(SIGPIPE, SIG_IGN)
    do {
      var command = try AutoML.parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      finish(with: error)
    }
  }

  private static func finish(with error: any Error) -> Never {
    let status = ExitStatus(of: error)
    switch (error, status) {
    case (is ExitStatus, _): break
    case (_, .done): Terminal.output.write(AutoML.fullMessage(for: error) + "\n")
    default: Terminal.messages.write(message(for: error) + "\n")
    }
    exit(status.rawValue)
  }

  /// Errors of the command line come with usage; all others speak for themselves.
  private static func message(for error: any Error) -> String {
    guard AutoML.exitCode(for: error) != .validationFailure else {
      let text = AutoML.fullMessage(for: error)
      return text.hasPrefix("Error: ") ? "error: " + text.dropFirst("Error: ".count) : text
    }
    let text = "\(error)"
    return text.contains(": error: ") ? text : "error: \(text)"
  }
}
