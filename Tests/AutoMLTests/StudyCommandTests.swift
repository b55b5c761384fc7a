import Foundation
import PluginKit
import TestSupport
import Testing

/// A run of two models, which many tests look at and none changes.
private struct Study {
  static let shared = Result { try Study() }

  let workplace: Workplace

  private init() throws {
    workplace = try Workplace()
    try workplace.folder.write(studyText, to: "study.yaml")
    let run = try workplace.automl("run", "study.yaml", "--quiet")
    try #require(run.exitCode == 0, "\(run.messages)")
  }
}

private let studyText = """
  version: 1
  data: {source: points.csv, target: kind}
  split: {validation: 0.25, test: 0.25}
  models:
    - {use: linear-svm, tune: {l2: {min: 1.0e-4, max: 1.0, log: true}}}
    - {use: mlp-svm, name: deep, with: {hidden: [4], epochs: 12}, tune: {}}
  search: {trials: 6, parallel: 4}

  """

@Test func aTrialIsShownWithEverythingThatIsKnownAboutIt() throws {
  let study = try Study.shared.get()
  let shown = try study.workplace.automl("show", "runs/study", "2")
  #expect(shown.exitCode == 0)
  let lines = shown.output.lines
  #expect(lines[0].hasPrefix("Trial 2 of runs/study: deep (mlp-svm), rank "))
  for name in [
    "status", "accuracy", "log loss", "95 % interval", "hidden", "fit", "model", "calibration",
  ] {
    #expect(lines.contains { $0.hasPrefix(name + " ") }, "\(name)")
  }
  #expect(lines.contains { $0.hasPrefix("epoch ") })
  let json = try study.workplace.automl("show", "runs/study", "2", "--format", "json")
  let trial = try JSONValue(parsing: json.output)
  #expect(trial["number"]?.integer == 2 && trial["model"]?.string == "deep")
  #expect(trial["curves"]?.array?[0].array?.count == 12)
  let board = try JSONValue(parsing: study.workplace.folder.text("runs/study/leaderboard.json"))
  let entry = board["entries"]?.array?.first { $0["trial"]?.integer == 2 }
  #expect(trial["rank"] == entry?["rank"] && trial["test"] == entry?["test"])
  #expect(trial["validation"] == entry?["validation"])
}

@Test func aTrialThatIsNotThereIsNamed() throws {
  let study = try Study.shared.get()
  let missing = try study.workplace.automl("show", "runs/study", "7")
  #expect(
    missing.messages == "error: there is no trial 7 in 'runs/study'; there are trials 0 to 6\n")
  #expect(missing.exitCode == 2)
  let nowhere = try study.workplace.automl("show", "runs", "1")
  #expect(
    nowhere.messages
      == "error: 'runs' is no run folder: it has no study.db; give the folder that 'automl run' names\n"
  )
  #expect(nowhere.exitCode == 2)
}

@Test func runsAreListedWithTheirState() throws {
  let study = try Study.shared.get()
  let listed = try study.workplace.automl("runs")
  #expect(listed.exitCode == 0)
  #expect(listed.output.lines.count == 3)
  #expect(listed.output.lines[2].hasPrefix("runs/study  complete       6  "))
  let json = try JSONValue(
    parsing: try study.workplace.automl("runs", "--format", "json").output)
  #expect(json.array?.map { $0["folder"]?.string } == ["runs/study"])
  #expect(json.array?[0]["state"]?.string == "complete")
  let none = try study.workplace.automl("runs", "runs/study/trials")
  #expect(none.messages == "there is no run in 'runs/study/trials'\n" && none.exitCode == 0)
  let nowhere = try study.workplace.automl("runs", "elsewhere")
  #expect(
    nowhere.messages
      == "error: there is no folder 'elsewhere': give the one that holds run folders\n")
  #expect(nowhere.exitCode == 2)
}

@Test func runsAreCompared() throws {
  let workplace = try Workplace()
  try workplace.folder.write(studyText, to: "study.yaml")
  for (name, setting) in [("a", "seed=0"), ("b", "seed=1"), ("c", "search.trials=4")] {
    let run = try workplace.automl("run", "study.yaml", "--set", setting, "--output", name)
    #expect(run.exitCode == 0)
  }
  let other = try workplace.automl("compare", "a", "b").output.lines
  #expect(other.prefix(4) == ["a → b", "", "  seed: 0 → 1", ""])
  #expect(other.last?.hasSuffix("The models are different files.") == true)
  let shorter = try workplace.automl("compare", "a", "c").output.lines
  #expect(shorter[2] == "  search.trials: 6 → 4")
  #expect(
    shorter.contains { $0.hasPrefix("They have 7 and 5 trials, the same as far as both go.") })
  let same = try workplace.automl("compare", "a", "a").output.lines
  #expect(same[2] == "The settings, tables and versions are the same.")
  #expect(
    same.last?.hasPrefix("Both have 7 trials, the same as far as both go. The models are the same ")
      == true)
  let json = try JSONValue(
    parsing: try workplace.automl("compare", "a", "b", "--format", "json").output)
  #expect(json["settings"]?.array?.map { $0["key"]?.string } == ["seed"])
  #expect(json["same_model"]?.bool == false)
}

@Test func aRunIsReproduced() throws {
  let workplace = try Workplace()
  try workplace.folder.write(studyText, to: "study.yaml")
  #expect(try workplace.automl("run", "study.yaml", "--output", "run", "--quiet").exitCode == 0)
  let size = try workplace.folder.data("run/best.safetensors").count
  let grouped =
    size >= 1_000 ? "\(size / 1_000)," + "\(1_000 + size % 1_000)".dropFirst() : "\(size)"
  let again = try workplace.automl("reproduce", "run", "--workers", "1")
  #expect(again.output == "same leaderboard of 7 trials, same \(grouped) model bytes\n")
  #expect(again.exitCode == 0)

  // Another result than the one that the folder shows.
  let board = try workplace.folder.text("run/leaderboard.json")
  try workplace.folder.write(
    board.replacing(#""trial": 3"#, with: #""trial": 30"#), to: "run/leaderboard.json")
  let edited = try workplace.automl("reproduce", "run", "--quiet")
  #expect(edited.output.lines.first == "other results:")
  #expect(edited.exitCode == 1)
  try workplace.folder.write(board, to: "run/leaderboard.json")

  let table = try workplace.folder.text("points.csv")
  try workplace.folder.write(
    table.replacing("hill", with: "lake", maxReplacements: 1), to: "points.csv")
  let changed = try workplace.automl("reproduce", "run")
  #expect(
    changed.output.lines.first == "nothing was run, because this is not what 'run' was made of:")
  #expect(changed.output.lines[1].hasPrefix("  data.source (bytes): sha256:"))
  #expect(changed.exitCode == 1)
  try workplace.folder.write(table, to: "points.csv")

  let pipeline = try workplace.folder.text("run/pipeline.yaml")
  try workplace.folder.write(
    pipeline.replacing("seed: 0", with: "seed: 3"), to: "run/pipeline.yaml")
  let other = try workplace.automl("reproduce", "run")
  #expect(other.output.lines.dropFirst() == ["  seed: 0 → 3"])
  #expect(other.exitCode == 1)
}

@Test func onlyACompleteRunIsReproduced() throws {
  let workplace = try Workplace()
  let program = try ProgramRun.start(
    ["run", "points.csv", "--target", "kind", "--set", "search.trials=100000"],
    directory: workplace.folder.path)
  try program.waitForMessage("best accuracy")
  program.send(signal: SIGKILL)
  _ = try program.finish()
  let run = try workplace.automl("reproduce", "runs/points")
  #expect(
    run.messages
      == "error: the run in 'runs/points' is not complete: 'automl run' with the same pipeline goes on, and "
      + "what it ends with can be run again\n")
  #expect(run.exitCode == 2)
  #expect(try workplace.automl("runs").output.contains("  stopped  "))
}

@Test func aWorkerNeedsARunThatIsSearching() throws {
  let study = try Study.shared.get()
  let worker = try study.workplace.automl("worker", "runs/study")
  #expect(
    worker.messages
      == "error: no run is searching in 'runs/study': a worker helps one that is; 'automl run' with the same "
      + "pipeline begins or goes on\n")
  #expect(worker.exitCode == 2)
}

/// A run, and workers of which one is killed and one is told to stop, end like a run alone.
@Test func workersOfOtherProcessesChangeNothing() throws {
  let workplace = try Workplace()
  try workplace.folder.write(
    studyText.replacing("epochs: 12", with: "epochs: 300").replacing(
      "trials: 6", with: "trials: 60"
    )
    .replacing("tune: {}", with: "tune: {l2: {min: 1.0e-4, max: 1.0, log: true}}"),
    to: "study.yaml")
  let options = ["study.yaml", "--workers", "1"]
  #expect(try workplace.automl("run", "study.yaml", "--output", "alone").exitCode == 0)
  let run = try ProgramRun.start(
    ["run"] + options + ["--output", "shared"], directory: workplace.folder.path)
  try run.waitForMessage("best accuracy")
  let workers = try (0..<3).map { _ in
    try ProgramRun.start(["worker", "shared", "--workers", "1"], directory: workplace.folder.path)
  }
  try workers[0].waitForMessage("best accuracy")
  workers[0].send(signal: SIGKILL)
  try workers[1].waitForMessage("best accuracy")
  workers[1].send(signal: SIGINT)
  #expect(try run.finish().exitCode == 0)
  #expect(try workers[1].finish().exitCode == 130)
  let last = try workers[2].finish()
  #expect(last.exitCode == 0)
  #expect(last.messages.lines.last?.hasSuffix(" finished here") == true)
  let reproduced = try workplace.automl("compare", "alone", "shared", "--format", "json")
  let comparison = try JSONValue(parsing: reproduced.output)
  #expect(comparison["settings"] == .array([]))
  #expect(comparison["first_other_trial"] == .null)
  #expect(comparison["trials"] == .array([.integer(60), .integer(60)]))
  #expect(comparison["same_model"] == .bool(true))
}

extension ChildProcess {
  /// Waits until the messages hold a text; fails after a minute.
  func waitForMessage(_ text: String) throws {
    for _ in 0..<1_200 {
      if messagesSoFar.contains(text) { return }
      usleep(50_000)
    }
    Issue.record("no '\(text)' in:\n\(messagesSoFar)")
  }
}
