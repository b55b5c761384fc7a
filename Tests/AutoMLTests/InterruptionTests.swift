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

@Test(arguments: [SIGINT, SIGTERM, SIGHUP, SIGKILL])
func aRunThatWasStoppedGoesOn(signal: Int32) throws {
  let workplace = try Workplace()
  let program = try workplace.startLongRun()
  try program.waitForMessage("best accuracy")
  program.send(signal: signal)
  #expect(try program.finish().exitCode == (signal == SIGKILL ? 128 + SIGKILL : 130))
  let trials = try workplace.trialCount()
  let more = trials + 40
  let again = try workplace.automl("run", "points.yaml", "--set", "search.trials=\(more)")
  #expect(again.exitCode == 0)
  let messages = again.messages.lines
  #expect(messages.contains("search.trials: 1000000 → \(more)"))
  let kept = messages.first { $0.hasSuffix(" finished already") }?.prefix { $0 != " " }
  #expect((Int(kept ?? "") ?? 0) > 0)
  #expect(messages.contains { $0.hasPrefix("\(more) of \(more) trials") })
  let fewer = try workplace.automl("run", "points.yaml", "--set", "search.trials=1")
  #expect(
    fewer.messages
      == "error: 'runs/points' holds trials up to \(more) already, and search.trials is 1: give that many or "
      + "more; --output DIR keeps the run, --fresh starts anew\n")
  #expect(fewer.exitCode == 2)
}

/// A terminal that is closed is no reason to stop for a program that was started with nohup.
@Test func aRunUnderNohupOutlivesItsTerminal() throws {
  let workplace = try Workplace()
  _ = try workplace.automl("init", "points.csv", "--target", "kind")
  let outcome = try workplace.shell(
    """
    nohup "$automl" run points.yaml --set search.trials=60 > log 2>&1 & run=$!
    while ! grep -q "best accuracy" log; do sleep 0.02; done
    kill -HUP $run; wait $run
    """)
  #expect(outcome.exitCode == 0)
  #expect(try workplace.folder.text("log").contains("60 of 60 trials"))
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
  /// The highest trial on the leaderboard of the run, which may have been killed.
  fileprivate func trialCount() throws -> Int {
    let board = try JSONValue(parsing: try folder.text("runs/points/leaderboard.json"))
    return board["entries"]?.array?.compactMap { $0["trial"]?.integer }.max() ?? 0
  }

  /// A run that ends only when it is told to.
  fileprivate func startLongRun() throws -> ChildProcess {
    _ = try automl("init", "points.csv", "--target", "kind")
    return try ProgramRun.start(
      ["run", "points.yaml", "--set", "search.trials=1000000"], directory: folder.path)
  }
}
