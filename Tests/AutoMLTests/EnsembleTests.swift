import Foundation
import PluginKit
import TestSupport
import Testing

/// A run with an ensemble, which many tests look at and none changes.
private struct EnsembleRun {
  static let shared = Result { try EnsembleRun() }

  let workplace: Workplace
  let outcome: ChildProcess.Outcome

  private init() throws {
    workplace = try Workplace()
    try workplace.folder.write(ringTable(), to: "rings.csv")
    try workplace.folder.write(text, to: "both.yaml")
    outcome = try workplace.automl("run", "both.yaml", "--workers", "2")
    try #require(outcome.exitCode == 0, "\(outcome.messages)")
  }
}

private let text = """
  version: 1
  data: {source: rings.csv, target: kind}
  split: {folds: 4, test: 0.25}
  models:
    - {use: nearest-neighbours}
    - {use: extra-trees, with: {trees: 12}}
    - {use: quasi-svm, with: {output_dim: 16}, tune: {l2: {min: 1.0e-4, max: 1.0, log: true}}}
  search: {use: random, trials: 12}
  ensemble: {use: greedy, with: {size: 9}}

  """

/// Points in two classes, one around the other, with so much noise that models differ.
private func ringTable() -> String {
  var generator = Seed(19).keyed("rings").generator()
  return "x,y,kind\n"
    + (0..<240).map { row in
      let radius = row % 2 == 0 ? 1.0 : 2.2
      let (x, y) = (generator.normal(), generator.normal())
      let length = (x * x + y * y).squareRoot()
      let noise = (0.7 * generator.normal(), 0.7 * generator.normal())
      return "\(radius * x / length + noise.0),\(radius * y / length + noise.1),k\(row % 2)\n"
    }.joined()
}

@Test func theEnsembleStandsOnTheLeaderboardWithItsMembers() throws {
  let run = try EnsembleRun.shared.get()
  let row = try #require(run.outcome.output.lines.first { $0.contains("ensemble") })
  #expect(row.contains("*"))
  let shown = try run.workplace.automl("show", "runs/both", "ensemble")
  #expect(shown.exitCode == 0)
  #expect(shown.output.hasPrefix("The ensemble of runs/both: "))
  #expect(shown.output.contains("judged"))
  let json = try JSONValue(
    parsing: try run.workplace.automl("show", "runs/both", "ensemble", "--format", "json").output)
  let members = try #require(json["members"]?.array)
  #expect(members.count > 1 && json["trial"] == .null)
  let rows = shown.output.lines.drop { !$0.hasPrefix("weight") }.dropFirst(2)
  #expect(rows.count == members.count)
  let first = try #require(members.first?["trial"]?.integer)
  let member = try run.workplace.automl("show", "runs/both", "\(first)")
  #expect(member.output.contains("ensemble") && member.output.contains("a member with weight "))
  for format in ["csv", "markdown", "json"] {
    let board = try run.workplace.automl("leaderboard", "runs/both", "--format", format)
    #expect(board.exitCode == 0 && board.output.contains("ensemble"))
  }
}

@Test func anEnsembleIsShownOnlyWhereThereIsOne() throws {
  let run = try SampleRun.shared.get()
  let shown = try run.workplace.automl("show", "runs/points", "ensemble")
  #expect(shown.exitCode == 2)
  #expect(
    shown.messages
      == "error: there is no ensemble in 'runs/points': ensemble: {use: greedy} in the pipeline asks for "
      + "one\n")
  let wrong = try run.workplace.automl("show", "runs/points", "all")
  #expect(wrong.exitCode == 2)
  #expect(
    wrong.messages.contains("TRIAL must be the number of a trial, or ensemble, got 'all'"))
}

@Test func aRunWithAnEnsembleIsReproduced() throws {
  let run = try EnsembleRun.shared.get()
  let again = try run.workplace.automl("reproduce", "runs/both", "--workers", "1")
  #expect(again.exitCode == 0, "\(again.messages)\(again.output)")
  let resumed = try run.workplace.automl("run", "both.yaml")
  #expect(resumed.messages.contains("is complete: nothing was run"))
}

@Test func theFileOfAnEnsemblePredictsLikeAnyOther() throws {
  let golden = packageRoot.appending(path: "Tests/ModelExportTests/Golden")
  let model = golden.appending(path: "greedy-ensemble.safetensors").path(percentEncoded: false)
  let table = golden.appending(path: "table.csv").path(percentEncoded: false)
  let workplace = try Workplace()
  let predicted = try workplace.automl("predict", model, table, "--probabilities", "--scores")
  #expect(predicted.exitCode == 0, "\(predicted.messages)")
  #expect(predicted.output.lines.count == 25)
  for line in predicted.output.lines.dropFirst() {
    let numbers = line.split(separator: ",").dropFirst().compactMap { Double($0) }
    let (scores, probabilities) = (Array(numbers.prefix(3)), Array(numbers.suffix(3)))
    #expect(abs(probabilities.reduce(0, +) - 1) < 1e-9)
    for values in [scores, probabilities] {
      let place = values.firstIndex(of: values.max() ?? 0) ?? 0
      #expect(line.hasPrefix(["x", "y", "z"][place]))
    }
  }
  let evaluated = try workplace.automl("evaluate", model, table, "--format", "json")
  #expect(try JSONValue(parsing: evaluated.output)["rows"]?.integer == 24)
}

@Test func mistakesInTheEnsembleAreNamed() throws {
  let workplace = try Workplace()
  let cases = [
    ("{use: stacking}", "ensemble.use names no ensemble: 'stacking'"),
    ("{with: {size: 5}}", "ensemble.use is missing"),
    (
      "{use: greedy, with: {size: 0}}",
      "ensemble.with.size must be a whole number from 1 to 1000, got 0"
    ),
    ("{use: greedy, with: {sice: 5}}", "unknown key 'sice' in ensemble.with"),
    ("{use: greedy, tune: {}}", "unknown key 'tune' in ensemble"),
    ("greedy", "ensemble must be a mapping, got 'greedy'"),
  ]
  for (value, message) in cases {
    let checked = try workplace.automl(
      "run", "points.csv", "--target", "kind", "--set", "ensemble=\(value)")
    #expect(checked.exitCode == 2)
    #expect(checked.messages.contains(message), "\(checked.messages)")
  }
  let name = try workplace.automl(
    "run", "points.csv", "--target", "kind", "--set", "models[0].name=ensemble")
  #expect(
    name.messages.contains(
      "models[0].name can't be 'ensemble': that is the name of the ensemble"))
}
