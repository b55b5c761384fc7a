import Foundation
import PluginKit
import TestSupport
import Testing

/// A run folder of its own for each test, copied from one run.
private func reportedRun() throws -> Workplace {
  let workplace = try Workplace()
  try workplace.folder.write(studyText, to: "study.yaml")
  let run = try workplace.automl("run", "study.yaml", "--quiet")
  try #require(run.exitCode == 0, "\(run.messages)")
  return workplace
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

private let reports = ["report.json", "report.html", "MODEL_CARD.md"]

@Test func aRunLeavesItsReportAndTheSameComesOutWithoutReportJSON() throws {
  let workplace = try reportedRun()
  let written = try reports.map { try workplace.folder.text("runs/study/" + $0) }
  #expect(written[1].contains("<h1>study</h1>"))
  #expect(written[2].hasPrefix("# study\n"))
  for files in [[reports[1]], reports] {
    for file in files {
      try FileManager.default.removeItem(atPath: workplace.folder.path("runs/study/" + file))
    }
    let run = try workplace.automl("report", "runs/study")
    #expect(run.messages == "")
    #expect(run.output == "runs/study/report.html\n")
    #expect(run.exitCode == 0)
    #expect(try reports.map { try workplace.folder.text("runs/study/" + $0) } == written)
  }
}

@Test func theReportAgreesWithTheLeaderboardAndTheEvaluation() throws {
  let sample = try SampleRun.shared.get()
  let folder = sample.workplace.folder
  let report = try JSONValue(parsing: folder.text("runs/points/report.json"))
  let board = try JSONValue(parsing: folder.text("runs/points/leaderboard.json"))
  let names: Set = ["fit_seconds", "predict_microseconds_per_row"]
  #expect(report["entries"] == board["entries"]?.without(names))
  #expect(report["timings"]?["entries"]?.array?.count == board["entries"]?.array?.count)
  let best = try #require(board["entries"]?.array?.first)
  let parts = try #require(report["winner"]?["parts"]?.array)
  #expect(parts.map { $0["part"]?.string } == ["test", "validation"])
  for part in parts {
    let name = try #require(part["part"]?.string)
    for (id, figure) in try #require(part["metrics"]?.members) {
      #expect(figure["value"] == best[name]?[id], "\(name) \(id)")
    }
  }
  #expect(parts[1]["metrics"]?["accuracy"]?["interval"] == best["validation_interval"])
}

@Test func anyNumberOfWorkersGivesTheSameReport() throws {
  let workplace = try reportedRun()
  let alone = try workplace.automl(
    "run", "study.yaml", "--workers", "1", "--output", "runs/alone", "--quiet")
  #expect(alone.exitCode == 0)
  let documents = try ["study", "alone"].map {
    try JSONValue(parsing: workplace.folder.text("runs/\($0)/report.json")).without(["timings"])
  }
  #expect(documents[0] == documents[1])
}

@Test func foldsAndClassesWithWeightsAreReported() throws {
  let workplace = try reportedRun()
  let run = try workplace.automl(
    "run", "study.yaml", "--quiet", "--output", "runs/folds", "--set",
    "split={folds: 3, repeats: 2, test: 0.2}", "--set", "data.weights=balanced")
  #expect(run.exitCode == 0)
  let board = try JSONValue(parsing: workplace.folder.text("runs/folds/leaderboard.json"))
  let report = try JSONValue(parsing: workplace.folder.text("runs/folds/report.json"))
  let best = try #require(board["entries"]?.array?.first)
  let parts = try #require(report["winner"]?["parts"]?.array)
  for part in parts {
    let figure = part["metrics"]?["log_loss"]?["value"]?.number ?? .nan
    let listed = best[part["part"]?.string ?? ""]?["log_loss"]?.number ?? .nan
    #expect(abs(figure - listed) < 1e-12)
  }
  #expect(parts[1]["rows"] == .integer(48))
  #expect(report["data"]?["parts"]?.members?.map(\.0) == ["validation", "test"])
}

@Test func whatAReportIsMadeOfIsNamedWhereItIsMissing() throws {
  let workplace = try reportedRun()
  func messages(_ folder: String = "runs/study") throws -> String {
    let run = try workplace.automl("report", folder)
    #expect(run.exitCode == 2)
    #expect(run.output == "")
    return run.messages
  }
  #expect(
    try messages("runs")
      == "error: 'runs' is no run folder: it has no leaderboard.json; give the folder that "
      + "'automl run' names\n")
  try workplace.folder.write(#"{"version": 9, "entries": []}"#, to: "runs/study/report.json")
  #expect(
    try messages()
      == "error: 'runs/study/report.json' can't be shown: it has version 9, and this program shows "
      + "up to 1\n")
  try FileManager.default.removeItem(atPath: workplace.folder.path("runs/study/report.json"))
  let table = workplace.folder.path("points.csv")
  try workplace.folder.write(pointTable(rowsOfEach: 21), to: "points.csv")
  #expect(
    try messages()
      == "error: '\(table)' is not what it was in the run: without report.json a report is made of "
      + "the run's table\n")
  try FileManager.default.removeItem(atPath: table)
  #expect(
    try messages()
      == "error: '\(table)' is not there: without report.json a report is made of the run's table\n"
  )
}
