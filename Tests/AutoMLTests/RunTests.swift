import Foundation
import PluginKit
import TestSupport
import Testing

@Test func aRunLeavesTheFilesOfTheContract() throws {
  let sample = try SampleRun.shared.get()
  #expect(sample.outcome.exitCode == 0)
  let folder = sample.workplace.folder
  for name in [
    "pipeline.yaml", "split.csv", "leaderboard.csv", "leaderboard.json", "best.safetensors",
    "run.json", "curves.csv", "trials/0.safetensors", "report.json", "report.html",
    "MODEL_CARD.md",
  ] { #expect(folder.contains("runs/points/\(name)")) }
  let parts = try folder.text("runs/points/split.csv").lines
  #expect(parts.first == "row,part")
  let left = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
  #expect(!left.contains { $0.hasSuffix(".part") })
}

@Test func resultsAndMessagesGoSeparateWays() throws {
  let sample = try SampleRun.shared.get()
  let messages = sample.outcome.messages.lines
  #expect(
    messages.prefix(2) == [
      "wrote points.yaml, which says what is run",
      "60 rows of 2 columns in 3 classes: 48 in 10 fits a trial, 12 to test on",
    ])
  #expect(messages.contains { $0.hasPrefix("6 of 6 trials · best accuracy ") })
  #expect(messages.last == "  automl predict runs/points/best.safetensors TABLE")
  #expect(
    sample.outcome.output.lines.first == "Ranked by validation accuracy, highest first: 7 complete")
}

/// A line that changes is for terminals; a log gets a line for news and for each tenth of the search.
@Test func outsideATerminalThereAreFewPlainLines() throws {
  let workplace = try Workplace()
  let run = try workplace.automl(
    "run", "points.csv", "--target", "kind", "--set", "search.trials=40",
    "--set", "models=[{use: linear-svm}]")
  #expect(run.exitCode == 0)
  let progress = run.messages.lines.filter { $0.contains(" of 40 trials") }
  #expect((10...20).contains(progress.count))
  #expect(!(run.messages + run.output).contains("\u{1B}"))
  #expect(!run.messages.contains("\r"))
}

@Test func theSameCommandAgainRunsNothing() throws {
  let workplace = try Workplace()
  let command = ["run", "points.csv", "--target", "kind", "--set", "search.trials=2"]
  let first = try workplace.run(command)
  let model = try workplace.folder.data("runs/points/best.safetensors")
  let record = try workplace.folder.data("runs/points/run.json")
  let second = try workplace.run(command)
  #expect(second.exitCode == 0)
  #expect(second.output == first.output)
  #expect(
    second.messages == """
      'runs/points' is complete: nothing was run

      What came out, to look at: runs/points/report.html
      The best model is runs/points/best.safetensors. To use it:
        automl predict runs/points/best.safetensors TABLE

      """)
  #expect(try workplace.folder.data("runs/points/best.safetensors") == model)
  #expect(try workplace.folder.data("runs/points/run.json") == record)

  let another = try workplace.run(command + ["--set", "seed=1"])
  #expect(
    another.messages
      == "error: 'runs/points' holds a study with other settings:\n  seed: 0 → 1\n"
      + "which would have given other trials: --output DIR keeps both, --fresh starts anew\n")
  #expect(another.exitCode == 2)
  #expect(try workplace.folder.data("runs/points/best.safetensors") == model)

  let fresh = try workplace.run(command + ["--set", "seed=1", "--fresh", "--quiet"])
  #expect(fresh.output + fresh.messages == "")
  #expect(fresh.exitCode == 0)
  #expect(try workplace.folder.data("runs/points/best.safetensors") != model)
}

@Test func aRunInWhichOnlyTheBaselineCompletesHasFailed() throws {
  let workplace = try Workplace()
  let run = try workplace.automl(
    "run", "points.csv", "--target", "kind", "--set", "search.trials=1", "--set",
    "search.trial_time=0.0001", "--set", "models=[{use: mlp-svm, tune: {}}]")
  #expect(run.exitCode == 1)
  #expect(
    run.messages.lines.last
      == "error: only the baseline is complete; for the reasons: automl leaderboard runs/points")
  let reasons = try workplace.automl("leaderboard", "runs/points").output
  #expect(reasons.contains("    1  mlp-svm  timeout  the trial reached trial_time\n"))
  #expect(workplace.folder.contains("runs/points/best.safetensors"))
}

/// A table at the place of the run folder, and a pipeline that the run's own would replace.
@Test func nothingThatAPersonWroteIsReplaced() throws {
  let workplace = try Workplace()
  let table = try workplace.folder.data("points.csv")
  #expect(try workplace.automl("init", "points.csv", "--target", "kind").exitCode == 0)
  let pipeline = try workplace.folder.data("points.yaml")
  let ontoTable = try workplace.automl("run", "points.yaml", "--output", "points.csv")
  #expect(ontoTable.messages.lines.last == "error: can't make 'points.csv': Not a directory")
  #expect(ontoTable.exitCode == 1)
  #expect(try workplace.folder.data("points.csv") == table)

  try workplace.folder.write(pipeline, to: "pipeline.yaml")
  let ontoPipeline = try workplace.automl("run", "pipeline.yaml", "--output", ".")
  #expect(
    ontoPipeline.messages
      == "error: a run in '.' would replace pipeline.yaml: choose another --output\n")
  #expect(ontoPipeline.exitCode == 2)
  #expect(try workplace.folder.data("pipeline.yaml") == pipeline)
}

/// The reference question's three models, by the names that its text gives them.
@Test func threeModelsOfTheQuestionStandOnOneLeaderboard() throws {
  let workplace = try Workplace()
  let pipeline = packageRoot.appending(path: "pipelines/reference/question.yaml")
  let fewEpochs = (0..<3).flatMap { ["--set", "models[\($0)].with.epochs=2"] }
  let run = try workplace.run(
    [
      "run", pipeline.path(percentEncoded: false), "--set", "data.source=points.csv", "--set",
      "data.target=kind", "--set", "models[0].with.output_dim=64", "--output", "out",
    ] + fewEpochs)
  #expect(run.exitCode == 0)
  let board = try JSONValue(parsing: try workplace.folder.text("out/leaderboard.json"))
  let entries = try #require(board["entries"]?.array)
  #expect(
    Set(entries.compactMap { $0["model"]?.string }) == ["baseline", "q", "l", "l-asked"])
  #expect(entries.allSatisfy { $0["status"]?.string == "complete" })
  #expect(entries.allSatisfy { $0["test"]?["accuracy"]?.number != nil })
}

extension Workplace {
  fileprivate func run(_ arguments: [String]) throws -> ChildProcess.Outcome {
    try ProgramRun.start(arguments, directory: folder.path).finish(timeLimit: 120)
  }
}
