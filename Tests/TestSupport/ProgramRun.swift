package import Foundation

/// A run of the `automl` program that was built together with the tests.
package struct ProgramRun {
  /// The exit code; 128 plus the signal's number where a signal ended the program.
  package let exitCode: Int32
  /// Standard output: results.
  package let output: String
  /// Standard error: messages for people.
  package let messages: String

  /// Runs the program to its end.
  ///
  /// - Parameters:
  ///   - arguments: What a person types after `automl`.
  ///   - input: What it reads from standard input.
  ///   - environment: Variables that are set besides those of this process.
  ///   - directory: The folder it runs in; nil is the root of the package.
  ///   - timeLimit: Seconds after which it is killed.
  /// - Throws: ``ProgramNotBuilt`` or ``ChildProcessTimeout``.
  package init(
    _ arguments: String..., input: Data = Data(), environment: [String: String] = [:],
    directory: String? = nil, timeLimit: Double = 120
  ) throws {
    let outcome = try Self.start(
      arguments, input: input, environment: environment, directory: directory
    ).finish(timeLimit: timeLimit)
    exitCode = outcome.exitCode
    output = outcome.output
    messages = outcome.messages
  }

  /// Starts the program and does not wait, for tests that interrupt it.
  ///
  /// - Parameters:
  ///   - arguments: What a person types after `automl`.
  ///   - input: What it reads from standard input.
  ///   - environment: Variables that are set besides those of this process.
  ///   - directory: The folder it runs in; nil is the root of the package.
  /// - Returns: The running program.
  /// - Throws: ``ProgramNotBuilt`` if there is no program beside the tests.
  package static func start(
    _ arguments: [String], input: Data = Data(), environment: [String: String] = [:],
    directory: String? = nil
  ) throws -> ChildProcess {
    try ChildProcess(
      executable: try program("automl"), arguments: arguments, input: input,
      environment: environment, directory: directory ?? packageRoot.path(percentEncoded: false))
  }

  /// The path of a program of this package: it lies in the folder of the running test bundle, or above.
  package static func program(_ name: String) throws -> String {
    let bundle = URL(filePath: CommandLine.arguments[0]).absoluteURL
    var folder = bundle.deletingLastPathComponent()
    while folder.pathComponents.count > 1 {
      let candidate = folder.appending(path: name).path(percentEncoded: false)
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: candidate, isDirectory: &isFolder),
        !isFolder.boolValue, FileManager.default.isExecutableFile(atPath: candidate)
      {
        return candidate
      }
      folder.deleteLastPathComponent()
    }
    throw ProgramNotBuilt(name: name, searched: bundle.path(percentEncoded: false))
  }
}

/// A program of this package that does not lie beside the tests.
package struct ProgramNotBuilt: Error, CustomStringConvertible {
  let name: String
  let searched: String

  package var description: String {
    "no program '\(name)' in the folders above \(searched); run 'swift build' in the same configuration"
  }
}
