import Evaluation
import PluginKit
import Testing

@Test func theTableShowsTheFirstEntriesAndTheBestOfEachModel() {
  #expect(
    searchedLeaderboard().table(width: 112, limit: 6) == """
      Ranked by validation accuracy, highest first: 15 complete, 1 failed, 1 timeout

      rank    model       plugin   validation ±95 %    test      fit  trainable  trial  parameters
      ────────────────────────────────────────────────────────────────────────────────────────────────────────────
         1 *  quasi-svm            0.9850 ±0.0127    0.9800    49 ms     16,400      4  output_dim=4100 scale=8.54
         2    quasi-svm            0.9825 ±0.0136              12 ms      4,100      1  output_dim=1025 scale=2.13
         3    quasi-svm            0.9825 ±0.0136              62 ms     20,500      5  output_dim=5125 scale=10.7
         4    quasi-svm            0.9800 ±0.0144              25 ms      8,200      2  output_dim=2050 scale=4.27
         5 *  deep        mlp-svm  0.9800 ±0.0144    0.9700   0.18 s     11,572     15
         6    quasi-svm            0.9800 ±0.0144              74 ms     24,600      6  output_dim=6150 scale=12.8
         … 3 more
        10 *  linear-svm           0.9620 ±0.0192    0.9600    98 ms         32      8  l2=0.00988
         … and 4 more (all with --all)
        15 *  baseline             0.2500 ±0.0423    0.9500  <0.1 ms          0      0

      trial  model  status   reason
      ──────────────────────────────────────────────────────────
          7  deep   timeout  trial_time of 60 s is over
         19  deep   failed   the loss became infinite in epoch 3

      * is the best of its model. Test figures are from rows that nothing was fitted to or chosen by, measured once,
      after the order was final.
      The first 9 entries are within the 95 % interval of the best, 0.9677 to 0.9931: a tie on these rows.

      """)
}

@Test func aNarrowTableKeepsWhatMattersMost() {
  #expect(
    searchedLeaderboard().table(width: 64, limit: 1) == """
      Ranked by validation accuracy, highest first: 15 complete, 1
      failed, 1 timeout

      rank    model       plugin   validation ±95 %    test      fit
      ──────────────────────────────────────────────────────────────
         1 *  quasi-svm            0.9850 ±0.0127    0.9800    49 ms
         … 3 more
         5 *  deep        mlp-svm  0.9800 ±0.0144    0.9700   0.18 s
         … 4 more
        10 *  linear-svm           0.9620 ±0.0192    0.9600    98 ms
         … and 4 more (all with --all)
        15 *  baseline             0.2500 ±0.0423    0.9500  <0.1 ms

      trial  model  status   reason
      ──────────────────────────────────────────────────────────
          7  deep   timeout  trial_time of 60 s is over
         19  deep   failed   the loss became infinite in epoch 3

      * is the best of its model. Test figures are from rows that
      nothing was fitted to or chosen by, measured once, after the
      order was final.
      The first 9 entries are within the 95 % interval of the best,
      0.9677 to 0.9931: a tie on these rows.

      """)
}

@Test(arguments: 40...130)
func noLineIsWiderThanAsked(width: Int) {
  let lines = searchedLeaderboard().table(width: width, limit: nil).split(separator: "\n")
  #expect(lines.allSatisfy { $0.count <= width })
  #expect(lines.allSatisfy { $0.last != " " })
}

@Test func withoutALimitEveryTrialHasALine() {
  let board = searchedLeaderboard()
  let lines = board.table(width: 100, limit: nil).split(separator: "\n")
  for model in ["quasi-svm", "deep", "linear-svm", "baseline"] {
    let count = lines.count { $0.contains(" \(model) ") }
    #expect(count == board.entries.count { $0.model == model }, "\(model)")
  }
}

@Test func figuresAreShort() {
  let parameters: [(String, JSONValue)] = [
    ("a", .number(1.2345e-5)), ("b", .number(0.00123)), ("c", .number(99.96)),
    ("d", .number(123456.7)), ("e", .number(-2e9)), ("f", .integer(1_000_000)), ("g", .number(0)),
    ("h", .bool(true)), ("i", .string("auto")), ("j", .array([.integer(64), .integer(8)])),
    ("k", .number(0.00999999)), ("l", .number(3)),
  ]
  let text = leaderboard([entry(1, accuracy: 0.5, parameters: parameters)])
    .table(width: 200)
  #expect(
    text.contains(
      "a=1.23e-5 b=0.00123 c=100 d=123457 e=-2e9 f=1000000 g=0 h=true i=auto j=[64,8] k=0.01 l=3\n")
  )
}

@Test(arguments: [
  (0.00001, "<0.1 ms"), (0.0083, "8.3 ms"), (0.05, "50 ms"), (0.213, "0.21 s"), (12.34, "12.3 s"),
  (185, "3 min 5 s"), (7_620, "2 h 7 min"),
])
func durationsHaveTwoOrThreeDigits(seconds: Double, expected: String) {
  let entry = LeaderboardEntry(
    trial: 1, model: "m", plugin: "m", status: .complete, fitSeconds: seconds)
  #expect(leaderboard([entry]).table(width: 80).contains("  \(expected)      1\n"))
}

@Test func onlyWhatTellsEntriesApartIsShown() {
  let board = leaderboard([
    entry(1, accuracy: 0.5, parameters: [("loss", .string("hinge")), ("l2", .number(1))]),
    entry(2, accuracy: 0.4, parameters: [("loss", .string("hinge")), ("l2", .number(2))]),
    entry(3, "baseline", accuracy: 0.3, parameters: [("loss", .string("none"))]),
  ])
  let text = board.table(width: 100)
  #expect(text.contains("l2=1\n") && text.contains("l2=2\n") && text.contains("loss=none\n"))
  #expect(!text.contains("hinge"))
}

@Test func whatAReaderMustKnowStandsBelow() {
  func lastLines(_ board: Leaderboard) -> String? {
    board.table(width: 200).split(separator: "\n\n").last.map(String.init)
  }
  let single = [entry(1, accuracy: 0.9)]
  #expect(
    lastLines(leaderboard(single)) == "* is the best of its model. Nothing was tested.\n")
  #expect(
    lastLines(leaderboard(single + [entry(2, accuracy: 0.5)], state: .running)) == """
      * is the best of its model. Test figures follow when the search has ended.
      The best stands alone: no other entry is within its 95 % interval, 0.8667 to 0.9257.
      The search is running: 1 trial so far.

      """)
  #expect(
    lastLines(leaderboard(single + [entry(2, accuracy: 0.89)], state: .interrupted)) == """
      * is the best of its model. Nothing was tested.
      All 2 entries are within the 95 % interval of the best, 0.8667 to 0.9257: a tie on these rows.
      The search was interrupted after 1 trial.

      """)
  var late = leaderboard(single, state: .timeLimit)
  late.search = SearchState(state: .timeLimit, trials: 43, deterministic: false)
  #expect(
    lastLines(late) == """
      * is the best of its model. Nothing was tested.
      The time limit ended the search after 43 trials. Another run may end at another trial.

      """)
}

@Test func aLeaderboardWithoutCompleteTrialsSaysWhatHappened() {
  #expect(
    leaderboard([failure(1, "deep", .failed, "broken")]).table(width: 80) == """
      Ranked by validation accuracy, highest first: 1 failed

      trial  model  status  reason
      ────────────────────────────
          1  deep   failed  broken


      """)
  #expect(
    leaderboard([], state: .running).table(width: 80) == """
      Ranked by validation accuracy, highest first: no trial yet


      The search is running: 0 trials so far.

      """)
}

@Test func emphasisReachesWholeLinesAndChangesNoWidth() {
  let board = searchedLeaderboard()
  let marked = board.table(width: 100, limit: 3) { emphasis, line in
    "<\(emphasis)>\(line)</>"
  }
  let lines = marked.split(separator: "\n")
  #expect(lines.count { $0.hasPrefix("<title>Ranked by") } == 1)
  #expect(lines.count { $0.hasPrefix("<header>") } == 2)
  #expect(lines.filter { $0.hasPrefix("<best>") }.map { $0.contains("1 *  quasi-svm") } == [true])
  let plain = ["<title>", "<header>", "<best>", "<faint>", "</>"].reduce(marked) {
    $0.split(separator: $1, omittingEmptySubsequences: false).joined()
  }
  #expect(plain == board.table(width: 100, limit: 3))
}

@Test func markdownHasOneRowForEachEntryAndEscapesText() {
  let board = leaderboard([
    entry(1, "a|b_c", accuracy: 0.9, parameters: [("l2", .number(0.5))]),
    failure(2, "deep", .failed, "line\nbreak"),
  ])
  #expect(
    board.markdown == #"""
      | rank | trial | model | plugin | validation accuracy | 95 % interval | test accuracy | parameters | trainable | fit | status |
      | ---: | ---: | :--- | :--- | ---: | :---: | ---: | :--- | ---: | ---: | :--- |
      | 1 | 1 | **a\|b\_c \*** | a\|b\_c | 0.9000 | 0.8667 to 0.9257 |  | l2=0.5 | 32 | 12 ms | complete |
      |  | 2 | deep | mlp-svm |  |  |  | l2=0.5 |  |  | failed: line break |

      \* is the best of its model. Nothing was tested.

      """#)
}
