import ArgumentParser
import Engine
import PipelineSpec
import PluginKit

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How the program ends: scripts rely on these numbers.
enum ExitStatus: Int32, Error {
  /// Done, also when a budget ended the search.
  case done = 0
  /// The run failed, also when nothing but the baseline completed.
  case failed = 1
  /// Wrong usage, a wrong pipeline or a wrong table: nothing was run.
  case wrongUsage = 2
  /// Ended by the person.
  case interrupted = 130
}

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
    } catch let status as ExitStatus {
      exit(status.rawValue)
    } catch {
      finish(with: error)
    }
  }

  private static func finish(with error: any Error) -> Never {
    let isHelp = AutoML.exitCode(for: error) == .success
    if isHelp {
      Terminal.output.write(AutoML.fullMessage(for: error) + "\n")
      exit(ExitStatus.done.rawValue)
    }
    Terminal.messages.write(message(for: error) + "\n")
    exit(ExitStatus.wrongUsage.rawValue)
  }

  /// Errors of the command line come with usage; all others speak for themselves.
  private static func message(for error: any Error) -> String {
    guard AutoML.exitCode(for: error) != .validationFailure else {
      return AutoML.fullMessage(for: error)
    }
    let text = "\(error)"
    return text.contains("error:") ? text : "error: \(text)"
  }
}
