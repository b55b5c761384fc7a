import Evaluation
import PluginKit
import Testing

@Test func theOrderIsMetricThenLogLossThenSizeThenTrial() {
  let board = leaderboard([
    entry(6, accuracy: .nan),
    entry(5, accuracy: 0.8),
    entry(4, accuracy: 0.9, logLoss: 0.2, size: 10),
    entry(3, accuracy: 0.9, logLoss: 0.2, size: 10),
    entry(2, accuracy: 0.9, logLoss: 0.2, size: 9),
    entry(1, accuracy: 0.9, logLoss: 0.1, size: 99),
    entry(0, accuracy: 0.9, logLoss: .nan, size: 1),
  ])
  #expect(board.entries.map(\.trial) == [1, 2, 3, 4, 0, 5, 6])
}

@Test func aMetricThatIsMinimisedHasItsLowestValueFirst() {
  let board = Leaderboard(
    metric: .logLoss, classes: ["a", "b"], search: SearchState(state: .complete, trials: 2),
    entries: [
      entry(1, accuracy: 0.9, logLoss: 0.3), entry(2, accuracy: 0.8, logLoss: 0.2),
      entry(3, accuracy: 0.7, logLoss: .nan),
    ])
  #expect(board.entries.map(\.trial) == [2, 1, 3])
}

@Test func whatIsNotCompleteFollowsInTrialOrder() {
  let board = leaderboard([
    failure(4, "deep", .pruned, "hopeless"), entry(5, accuracy: 0.1),
    failure(2, "deep", .failed, "broken"), entry(1, accuracy: 0.2),
  ])
  #expect(board.entries.map(\.trial) == [1, 5, 2, 4])
  #expect(board.ranked.map(\.trial) == [1, 5])
  #expect(board.unranked.map(\.trial) == [2, 4])
}

@Test(arguments: 0..<20 as Range<UInt64>)
func theOrderDoesNotDependOnWhenAnEntryWasAdded(seed: UInt64) {
  var generator = SeededGenerator(seed: seed)
  let entries = searchedLeaderboard().entries
  #expect(leaderboard(generator.shuffled(entries)).entries == entries)
}

@Test func testFiguresChangeNoRank() {
  var board = leaderboard([entry(1, accuracy: 0.9), entry(2, accuracy: 0.8)])
  board.setTest(MetricValues([(.accuracy, 0.1)]), trial: 1)
  board.setTest(MetricValues([(.accuracy, 1)]), trial: 2)
  #expect(board.entries.map(\.trial) == [1, 2])
  #expect(board.best?.test?[.accuracy] == 0.1)
}

@Test func theBestOfEachModelIsItsHighestEntry() {
  let board = searchedLeaderboard()
  #expect(board.bestOfEachModel.map(\.model) == ["quasi-svm", "deep", "linear-svm", "baseline"])
  #expect(board.bestOfEachModel.map(\.trial) == [4, 15, 8, 0])
}

@Test func entriesWithinTheIntervalOfTheBestAreATie() {
  // 0.98 of 400 rows has Wilson's interval 0.9610 to 0.9898.
  let board = leaderboard([
    entry(1, accuracy: 0.98), entry(2, accuracy: 0.9611), entry(3, accuracy: 0.96),
  ])
  #expect(board.tiedWithBest.map(\.trial) == [1, 2])
}

@Test func theLeaderboardSurvivesItsJSON() throws {
  let board = searchedLeaderboard()
  #expect(try Leaderboard(json: JSONValue(parsing: board.json.indentedText)) == board)
  #expect(try Leaderboard(json: JSONValue(parsing: board.json.text)).json == board.json)
}

@Test func theJSONHasTheMembersOfTheContract() {
  var board = leaderboard([
    entry(1, accuracy: 0.5, parameters: [("l2", .number(0.25))]),
    failure(2, "deep", .failed, "broken"),
  ])
  board.setTest(MetricValues([(.accuracy, 0.75)]), trial: 1)
  let interval = ConfidenceInterval.wilson(share: 0.5, count: 400)
  #expect(
    board.json.text
      == #"{"version":1,"metric":"accuracy","direction":"maximize","classes":["1","2","3","4"],"#
      + #""search":{"state":"complete","trials":1,"deterministic":true},"entries":["#
      + #"{"rank":1,"trial":1,"model":"linear-svm","plugin":"linear-svm","status":"complete","#
      + #""reason":null,"validation":{"accuracy":0.5,"log_loss":0.1},"#
      + #""validation_interval":[\#(interval.low),\#(interval.high)],"test":{"accuracy":0.75},"#
      + #""parameters":{"l2":0.25},"trainable_parameters":32,"fit_seconds":0.0123,"#
      + #""predict_microseconds_per_row":0.5,"model_bytes":1024},"#
      + #"{"rank":null,"trial":2,"model":"deep","plugin":"mlp-svm","status":"failed","#
      + #""reason":"broken","validation":{},"validation_interval":null,"test":null,"#
      + #""parameters":{"l2":0.5},"trainable_parameters":null,"fit_seconds":null,"#
      + #""predict_microseconds_per_row":null,"model_bytes":null}]}"#)
}

@Test(arguments: [
  (#"{"version": 2}"#, "the leaderboard has version 2, and this program reads up to 1"),
  ("{}", "leaderboard: version is missing"),
  (
    #"{"version": 1, "metric": "beauty"}"#,
    "leaderboard: metric is 'beauty', and must be one of accuracy, balanced_accuracy, macro_f1, "
      + "matthews_correlation, quadratic_kappa, top_2_accuracy, top_5_accuracy, roc_auc, "
      + "average_precision, log_loss, brier_score, calibration_error"
  ),
  (
    """
    {"version": 1, "metric": "accuracy", "classes": [], "entries": [{"trial": "x"}],
     "search": {"state": "running", "trials": 0, "deterministic": true}}
    """,
    "leaderboard: entries[0].trial is no whole number"
  ),
])
func aDamagedFileSaysWhere(text: String, expected: String) throws {
  let json = try JSONValue(parsing: text)
  #expect(throws: LeaderboardError(expected)) { try Leaderboard(json: json) }
}

@Test func theCSVHasDotsForNesting() {
  var board = leaderboard([
    entry(1, accuracy: 0.5, parameters: [("l2", .number(0.25)), ("kernel", .string("a"))]),
    failure(2, "deep", .failed, "lost, \"twice\""),
  ])
  board.setTest(MetricValues([(.accuracy, 0.75)]), trial: 1)
  let interval = ConfidenceInterval.wilson(share: 0.5, count: 400)
  #expect(
    board.csv == #"""
      rank,trial,model,plugin,status,reason,validation.accuracy,validation.log_loss,\#
      validation_interval.low,validation_interval.high,test.accuracy,test.log_loss,parameters,\#
      trainable_parameters,fit_seconds,predict_microseconds_per_row,model_bytes
      1,1,linear-svm,linear-svm,complete,,0.5,0.1,\#(interval.low),\#(interval.high),0.75,,\#
      "{""l2"":0.25,""kernel"":""a""}",32,0.0123,0.5,1024
      ,2,deep,mlp-svm,failed,"lost, ""twice""",,,,,,,"{""l2"":0.5}",,,,

      """#)
}
