import Foundation
import TestSupport
import Testing

/// `script` gives a program a terminal of its own.
#if os(Linux)
  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script")))
  func aTerminalGetsColoursAndOneLineThatChanges() throws {
    let workplace = try Workplace()
    let shown = try workplace.onTerminal(
      "run points.csv --target kind --set search.trials=3 --set 'models=[{use: linear-svm}]'")
    #expect(shown.contains("\r\u{1B}[K"))
    #expect(shown.contains(" 0 of 3 trials"))
    #expect(shown.contains("\u{1B}[1mRanked by validation accuracy"))
    #expect(shown.contains("\u{1B}[32m   1 * "))
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script")))
  func withNO_COLORATerminalGetsPlainText() throws {
    let workplace = try Workplace()
    let shown = try workplace.onTerminal(
      "run points.csv --target kind --set search.trials=3 --set 'models=[{use: linear-svm}]'",
      environment: ["NO_COLOR": "1"])
    #expect(shown.contains("3 of 3 trials · best accuracy "))
    #expect(!shown.contains("\u{1B}"))
  }

  extension Workplace {
    /// What a terminal shows of a command of the program.
    fileprivate func onTerminal(
      _ command: String, environment: [String: String] = ["NO_COLOR": ""]
    ) throws -> String {
      let program = try ProgramRun.program("automl")
      let outcome = try ChildProcess(
        executable: "/usr/bin/script",
        arguments: ["--quiet", "--return", "--command", "\(program) \(command)", "/dev/null"],
        environment: environment, directory: folder.path
      ).finish(timeLimit: 120)
      #expect(outcome.exitCode == 0)
      return outcome.output
    }
  }
#endif
