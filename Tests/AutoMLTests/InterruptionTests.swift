import Foundation
import PluginKit
import TestSupport
import Testing

@Test func anInterruptedRunKeepsTheBestModelAndTestsNothing() throws {
  let workplace = try Workplace()
  let program = try workplace.startLongRun()
  try program.waitForMessage("best accuracy")
  program.send(signal: SIGINT)
  let outcome = try program.finish()
  #expect(outcome.exitCode == 130)
  #expect(outcome.messages.lines.contains("stopping; the best model so far is kept"))
  #expect(
    outcome.messages.lines.last
      == "interrupted: runs/points/best.safetensors is the best model so far, and nothing was tested"
  )
  let board = try JSONValue(parsing: try workplace.folder.text("runs/points/leaderboard.json"))
  #expect(board["search"]?["state"]?.string == "interrupted")
  #expect(board["entries"]?.array?.allSatisfy { $0["test"] == .null } == true)
  let predictions = try workplace.automl("predict", "runs/points/best.safetensors", "points.csv")
  #expect(predictions.output.lines.count == 61)
}

@Test func anInterruptedRunStartsAnew() throws {
  let workplace = try Workplace()
  let program = try workplace.startLongRun()
  try program.waitForMessage("best accuracy")
  program.send(signal: SIGINT)
  #expect(try program.finish().exitCode == 130)
  let again = try workplace.automl("run", "points.yaml", "--set", "search.trials=2")
  #expect(again.exitCode == 0)
  #expect(again.messages.lines.contains { $0.hasPrefix("2 of 2 trials") })
}

@Test func aSecondInterruptEndsAtOnce() throws {
  let workplace = try Workplace()
  let program = try workplace.startLongRun()
  try program.waitForMessage("best accuracy")
  program.send(signal: SIGINT)
  program.send(signal: SIGTERM)
  let outcome = try program.finish(timeLimit: 10)
  #expect(outcome.exitCode == 130)
  #expect(outcome.output == "")
  #expect(!workplace.folder.contains("runs/points/best.safetensors"))
}

@Test func aRunInProgressHasALeaderboard() throws {
  let workplace = try Workplace()
  let program = try workplace.startLongRun()
  try program.waitForMessage("best accuracy")
  let board = try workplace.automl("leaderboard", "runs/points")
  #expect(board.exitCode == 0)
  #expect(board.output.contains("The search is running: "))
  program.send(signal: SIGKILL)
  #expect(try program.finish().exitCode == 128 + SIGKILL)
}

extension Workplace {
  /// A run that ends only when it is told to.
  fileprivate func startLongRun() throws -> ChildProcess {
    _ = try automl("init", "points.csv", "--target", "kind")
    return try ProgramRun.start(
      ["run", "points.yaml", "--set", "search.trials=1000000"], directory: folder.path)
  }
}

extension ChildProcess {
  /// Waits until the messages hold a text; fails after a minute.
  fileprivate func waitForMessage(_ text: String) throws {
    for _ in 0..<1_200 {
      if messagesSoFar.contains(text) { return }
      usleep(50_000)
    }
    Issue.record("no '\(text)' in:\n\(messagesSoFar)")
  }
}
