import ArgumentParser
import BuiltInPlugins
public import PluginKit

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The program, for packages that build it with plugins of their own.
///
///     import AutoMLCommands
///
///     @main
///     enum Main {
///       static func main() async { await AutoMLProgram.main(adding: [MyPlugin()]) }
///     }
public enum AutoMLProgram {
  /// Does what the command line says; where that fails, the process ends with a message.
  ///
  /// - Parameter plugins: What is added to the built-in plugins; an id that is taken is an error.
  public static func main(adding plugins: [any ModelPlugin] = []) async {
    // A closed pipe (`automl … | head`) is an error of writing, not a death.
    signal(SIGPIPE, SIG_IGN)
    do {
      try await AddedPlugins.$all.withValue(plugins) { try await run() }
    } catch {
      finish(with: error)
    }
  }

  private static func run() async throws {
    var command = try AutoML.parseAsRoot()
    if var asynchronous = command as? any AsyncParsableCommand {
      try await asynchronous.run()
    } else {
      try command.run()
    }
  }

  private static func finish(with error: any Error) -> Never {
    let status = ExitStatus(of: error)
    switch (error, status) {
    case (is ExitStatus, _): break
    case (_, .done): Terminal.output.write(AutoML.fullMessage(for: error) + "\n")
    default: Terminal.messages.writeLine(message(for: error))
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

/// The plugins that are part of this program: the built-in ones, and those that another package adds.
///
/// - Throws: `RegistryError` if two have the same id.
func programPlugins() throws(RegistryError) -> PluginRegistry {
  var registry = try builtInPlugins()
  for plugin in AddedPlugins.all { try registry.register(plugin) }
  return registry
}

/// What ``AutoMLProgram/main(adding:)`` was given.
private enum AddedPlugins {
  @TaskLocal static var all: [any ModelPlugin] = []
}
