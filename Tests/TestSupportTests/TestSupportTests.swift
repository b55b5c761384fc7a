import Foundation
import TestSupport
import Testing

@Test func bothOutputsAndTheExitCodeOfAProgramAreKept() throws {
  let outcome = try shell("cat; echo $WORD >&2; exit 3", input: "in", environment: ["WORD": "out"])
  #expect(outcome.output == "in")
  #expect(outcome.messages == "out\n")
  #expect(outcome.exitCode == 3)
}

/// A pipe holds 64 KiB; a program that writes more must not wait for a reader.
@Test func aProgramMayWriteMoreThanAPipeHolds() throws {
  let outcome = try shell("head -c 1000000 /dev/zero | tr '\\0' x; head -c 300000 /dev/zero >&2")
  #expect(outcome.output.utf8.count == 1_000_000)
  #expect(outcome.messages.utf8.count == 300_000)
}

@Test func aProgramThatTakesTooLongIsKilled() throws {
  #expect {
    try ChildProcess(executable: "/bin/sleep", arguments: ["600"]).finish(timeLimit: 0.2)
  } throws: {
    "\($0)" == "sleep was killed after 0.2 s; its messages were:\n"
  }
}

@Test func theExitCodeNamesTheSignalThatEndedAProgram() throws {
  let program = try ChildProcess(executable: "/bin/sleep", arguments: ["600"])
  program.send(signal: SIGINT)
  #expect(try program.finish().exitCode == 128 + SIGINT)
}

@Test func aTemporaryFolderGoesWithItsLastReference() throws {
  var folder: TemporaryFolder? = try TemporaryFolder()
  let path = try #require(try folder?.write("text", to: "sub/file"))
  #expect(try folder?.text("sub/file") == "text")
  folder = nil
  #expect(!FileManager.default.fileExists(atPath: path))
}

@Test func theBuiltProgramIsFound() throws {
  #expect(try ProgramRun.program("automl").hasSuffix("/automl"))
  #expect(throws: ProgramNotBuilt.self) { try ProgramRun.program("no-such-program") }
}

@Test func thePackageRootHoldsTheManifest() {
  #expect(FileManager.default.fileExists(atPath: packageRoot.appending(path: "Package.swift").path))
}

@Test(.enabled(if: PythonOracle.isAvailable))
func pythonReadsItsInputAndAnswers() throws {
  let script = "import sys; print(sum(map(int, sys.stdin.read().split())) + int(sys.argv[1]))"
  #expect(try PythonOracle.run(script, input: "1 2", arguments: ["3"]) == "6\n")
  #expect(throws: PythonOracleError.self) { try PythonOracle.run("raise ValueError") }
}

private func shell(
  _ script: String, input: String = "", environment: [String: String] = [:]
) throws -> ChildProcess.Outcome {
  try ChildProcess(
    executable: "/bin/sh", arguments: ["-c", script], input: Data(input.utf8),
    environment: environment
  ).finish()
}
