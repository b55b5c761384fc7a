import Evaluation
import PluginKit
import Testing

/// An ensemble of two trials.
private func ensemble(accuracy: Double, logLoss: Double = 0.1, size: Int = 32) -> LeaderboardEntry {
  LeaderboardEntry(
    trial: nil, model: "ensemble", plugin: "greedy-ensemble", status: .complete,
    validation: MetricValues([(.accuracy, accuracy), (.logLoss, logLoss)]),
    validationInterval: .wilson(share: accuracy, count: 400),
    parameters: .object([("size", .integer(25))]),
    members: [
      EnsembleMember(trial: 2, model: "deep", weight: 0.75),
      EnsembleMember(trial: 1, model: "linear-svm", weight: 0.25),
    ], trainableParameters: size)
}

@Test func theEnsembleIsRankedLikeATrial() {
  let trials = [entry(1, accuracy: 0.9), entry(2, "deep", accuracy: 0.8)]
  for (accuracy, place) in [(0.95, 0), (0.85, 1), (0.7, 2)] {
    let board = leaderboard(trials + [ensemble(accuracy: accuracy)])
    #expect(board.entries[place].trial == nil)
  }
  // Where all else is equal the single model stands first.
  let even = leaderboard([ensemble(accuracy: 0.9), entry(1, accuracy: 0.9)])
  #expect(even.best?.trial == 1)
}

@Test func theEnsembleSurvivesTheFile() throws {
  var board = leaderboard([
    entry(1, accuracy: 0.9), entry(2, "deep", accuracy: 0.8), ensemble(accuracy: 0.95),
  ])
  board.setTest(MetricValues([(.accuracy, 0.94)]), trial: nil)
  let json = board.json
  #expect(try Leaderboard(json: JSONValue(parsing: json.text)) == board)
  let entries = try #require(json["entries"]?.array)
  #expect(entries[0]["trial"] == .null)
  #expect(
    entries[0]["members"]?.text
      == #"[{"trial":2,"model":"deep","weight":0.75},{"trial":1,"model":"linear-svm","weight":0.25}]"#
  )
  #expect(entries[1]["members"] == nil)
}

@Test func thereIsOneEnsemble() throws {
  let board = leaderboard([ensemble(accuracy: 0.95)])
  let twice = board.json.text.replacing(
    "\"entries\":[", with: "\"entries\":[\(board.entries[0].json(rank: 1).text),")
  #expect(throws: LeaderboardError("leaderboard: entries[1] is a second entry of the ensemble")) {
    try Leaderboard(json: JSONValue(parsing: twice))
  }
}

@Test func membersAreAColumnOfTheCSV() {
  let board = leaderboard([entry(1, accuracy: 0.9), ensemble(accuracy: 0.95)])
  let lines = board.csv.split(separator: "\n", omittingEmptySubsequences: false)
  #expect(lines[0].contains(",parameters,members,trainable_parameters,"))
  #expect(
    lines[1].contains(
      #""{""size"":25}","[{""trial"":2,""model"":""deep"",""weight"":0.75},{""trial"":1,"#))
  #expect(lines[2].contains(",{},,32,"))
}

@Test func membersAreShownInPlaceOfParameters() {
  let board = leaderboard([
    entry(1, accuracy: 0.9), entry(2, "deep", accuracy: 0.8), ensemble(accuracy: 0.95),
  ])
  let line = board.table(width: 140).split(separator: "\n").first { $0.contains("ensemble") }
  #expect(line?.hasSuffix("0.75 deep (2), 0.25 linear-svm (1)") == true)
  let row = board.markdown.split(separator: "\n").first { $0.contains("ensemble") }
  #expect(row?.contains("| 1 |  | **ensemble \\*** | greedy-ensemble |") == true)
  #expect(row?.contains("| 0.75 deep (2), 0.25 linear-svm (1) |") == true)
}
