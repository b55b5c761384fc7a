import Evaluation
import Foundation
import PluginKit
import Report
import TestSupport
import Testing

@Test func onlyTimingsDependOnTheClock() throws {
  let documents = [1.0, 2].map { RunReport(runFacts(clock: $0), seed: Seed(1)).document }
  #expect(documents[0] != documents[1])
  #expect(documents[0].without(["timings"]) == documents[1].without(["timings"]))
}

@Test func theDocumentSurvivesItsFile() throws {
  let report = RunReport(runFacts(), seed: Seed(1))
  let read = try RunReport(document: JSONValue(parsing: report.document.indentedText))
  #expect(try read.page() == report.page())
  #expect(try read.card() == report.card())
}

@Test func otherDocumentsAndLaterVersionsAreRefused() throws {
  let wrong = #expect(throws: ReportError.self) {
    try RunReport(document: .object([("version", .integer(1))]))
  }
  #expect(wrong?.description == "it is no report of this program")
  let later = #expect(throws: ReportError.self) {
    try RunReport(document: .object([("version", .integer(9)), ("entries", .array([]))]))
  }
  #expect(later?.description == "it has version 9, and this program shows up to 1")
}

/// Scores 2, 1, 0 of the own class against 0 and 1: margins 2, 0 and -1.
@Test func marginsAreTheOwnScoreLessTheBestOther() throws {
  var facts = runFacts(classes: 2)
  let scores = ScoreMatrix(rowCount: 3, columnCount: 2, values: [2, 0, 1, 1, 0, 1])
  let predictions = Predictions(
    labels: [0, 0, 0], scores: scores, calibration: .temperature(TemperatureScaling(beta: 1)))
  facts.judged = JudgedModel(
    model: "quasi-svm", trial: 1,
    parts: [("validation", JudgedPart(predictions: predictions, scores: scores))])
  let part = RunReport(facts, seed: Seed(1)).document["winner"]?["parts"]?.array?[0]
  let margins = try #require(part?["margins"]?.array)
  #expect(margins[0]["negative"] == .integer(1))
  #expect(margins[0]["quantiles"]?["0.5"] == .number(0))
  #expect(abs((margins[0]["quantiles"]?["0.05"]?.number ?? .nan) - -0.9) < 1e-12)
  #expect(margins[1]["quantiles"]?["0.5"] == .null)
  #expect(part?["confusion"]?.text == "[[2,1],[0,0]]")
}

@Test func longCurvesAreThinnedAndKeepTheirEnds() throws {
  let report = RunReport(runFacts(classes: 3, rows: 6_000), seed: Seed(1))
  let part = report.document["winner"]?["parts"]?.array?[0]
  for name in ["roc", "precision_recall"] {
    for curve in try #require(part?[name]?.array) {
      let points = try #require(curve["x"]?.array)
      #expect(points.count <= 402)
      #expect(points.last == .number(1))
    }
  }
}

@Test func theSummaryNamesTheBestItsTestAndTheOthers() throws {
  var facts = runFacts(trials: 2)
  facts.judged = nil
  facts.leaderboard = Leaderboard(
    metric: .accuracy, classes: ["a", "b"],
    search: SearchState(state: .interrupted, trials: 1, deterministic: false),
    entries: [
      LeaderboardEntry(
        trial: 1, model: "deep", plugin: "mlp-svm", status: .complete,
        validation: MetricValues([(.accuracy, 0.95)]),
        validationInterval: ConfidenceInterval(low: 0.9, high: 0.98)),
      LeaderboardEntry(
        trial: 0, model: "baseline", plugin: "baseline", status: .complete,
        validation: MetricValues([(.accuracy, 0.5)])),
    ])
  let summary = RunReport(facts, seed: Seed(1)).document["summary"]
  #expect(
    summary?.array?.compactMap(\.string) == [
      "deep (trial 1) is the best of 2 entries: accuracy 0.9500 on 200 validation rows "
        + "(95 % interval 0.9000 to 0.9800).",
      "It was not tested on rows of its own.",
      "No other entry comes within its interval.",
      "The best of the other models: baseline 0.5000.",
      "The search was interrupted after 1 trial.",
    ])
}

@Test func theCardHoldsTheFiguresOfTheDocument() throws {
  let report = RunReport(runFacts(), seed: Seed(1))
  let card = try report.card()
  #expect(card.hasPrefix("# sample\n\n"))
  let metrics = report.document["winner"]?["parts"]?.array?[0]["metrics"]
  let accuracy = try #require(metrics?["accuracy"]?["value"]?.number)
  #expect(card.contains("| accuracy | \(String(format: "%.4f", accuracy)) ("))
  #expect(card.contains("* the class 'room 3' has <2> & \"few\" rows"))
  #expect(!card.contains("{{"))
  #expect(!card.contains("\n\n\n"))
}
