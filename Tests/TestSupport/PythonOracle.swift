package import Foundation

/// A Python interpreter with the packages of `Tests/requirements.txt`: independent answers to compare with.
///
/// It is the one that `AUTOML_TEST_PYTHON` names, otherwise the virtual environment `.venv` in the root of
/// the package. Tests that need it are skipped without it, except where `CI` is set: they fail there.
///
///     @Test(.enabled(if: PythonOracle.isAvailable))
///     func agreesWithScikitLearn() throws {
///       let answer = try PythonOracle.run("import sys, sklearn; print(sys.stdin.read())", input: "1")
package enum PythonOracle {
  /// Whether tests that need the oracle are to run.
  package static var isAvailable: Bool { interpreter != nil || isRequired }

  /// Runs a script and returns what it printed.
  ///
  /// - Parameters:
  ///   - script: The text of the script.
  ///   - input: What it reads from standard input.
  ///   - arguments: What it finds in `sys.argv[1:]`.
  ///   - timeLimit: Seconds after which it is killed.
  /// - Returns: Its standard output.
  /// - Throws: ``PythonOracleError`` with what it said on standard error, or ``ChildProcessTimeout``.
  package static func run(
    _ script: String, input: Data, arguments: [String] = [], timeLimit: Double = 120
  ) throws -> String {
    guard let interpreter else { throw PythonOracleError.notFound }
    let outcome = try ChildProcess(
      executable: interpreter, arguments: ["-c", script] + arguments, input: input,
      environment: ["OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONUTF8": "1"]
    ).finish(timeLimit: timeLimit)
    guard outcome.exitCode == 0 else {
      throw PythonOracleError.failed(exitCode: outcome.exitCode, messages: outcome.messages)
    }
    return outcome.output
  }

  /// Runs a script on a text and returns what it printed.
  package static func run(
    _ script: String, input: String = "", arguments: [String] = [], timeLimit: Double = 120
  ) throws -> String {
    try run(script, input: Data(input.utf8), arguments: arguments, timeLimit: timeLimit)
  }

  /// A `PATH` on which `python3` is the oracle's interpreter, for plugins in Python.
  package static var searchPath: String {
    let standard = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return interpreter.map { parent(of: $0) + ":" + standard } ?? standard
  }

  /// The path of the interpreter; `python3` where there is none.
  package static var program: String { interpreter ?? "python3" }

  private static func parent(of path: String) -> String {
    URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
  }

  private static var interpreter: String? {
    let named = ProcessInfo.processInfo.environment["AUTOML_TEST_PYTHON"] ?? ""
    let standard = packageRoot.appending(path: ".venv/bin/python").path(percentEncoded: false)
    return [named, standard].first {
      !$0.isEmpty && FileManager.default.isExecutableFile(atPath: $0)
    }
  }

  private static var isRequired: Bool {
    !(ProcessInfo.processInfo.environment["CI"] ?? "").isEmpty
  }
}

/// Why there is no answer from Python.
package enum PythonOracleError: Error, CustomStringConvertible {
  /// Neither the environment variable nor the virtual environment leads to an interpreter.
  case notFound
  /// The script ended with an error.
  case failed(exitCode: Int32, messages: String)

  package var description: String {
    switch self {
    case .notFound:
      "no Python for the tests: make one by 'python3 -m venv .venv && "
        + ".venv/bin/pip install -r Tests/requirements.txt', or set AUTOML_TEST_PYTHON"
    case .failed(let exitCode, let messages):
      "the Python script ended with \(exitCode):\n\(messages)"
    }
  }
}
