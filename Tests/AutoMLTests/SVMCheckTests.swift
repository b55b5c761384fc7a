import PluginKit
import TestSupport
import Testing

/// What a person sees of `svm-check`, from the command line to the last figure.
struct SVMCheckTests {
  @Test func aPresetAnswersItsQuestion() throws {
    let workplace = try Workplace()
    let outcome = try workplace.automl(
      "svm-check", "points.csv", "--target", "kind", "--preset", "keras-question", "--format",
      "json")
    #expect(outcome.exitCode == 0)
    let report = try JSONValue(parsing: outcome.output)
    #expect(report["version"] == .integer(1) && report["rows"] == .integer(60))
    let models = report["models"]?.array ?? []
    #expect(models.compactMap { $0["name"]?.string } == ["q", "l", "l-asked", "q-as-svm"])
    let kinds = models.compactMap { $0["verdict"]?["kind"]?.string }
    #expect(kinds == ["not-an-svm", "svm-family", "not-an-svm", "approximate-svm"])
    let sentences = models.compactMap { $0["verdict"]?["sentence"]?.string }
    #expect(
      sentences[0]
        == "Not an SVM: softmax stands before the hinge, so that the loss is positive for all finite "
        + "scores and no margin is ever met; and nothing penalises the weights (l2 is 0), so that "
        + "there is no margin term.")
    #expect(
      sentences[2]
        == "Not an SVM: softmax stands before the hinge, so that the loss is positive for all finite "
        + "scores and no margin is ever met; and a penalty on the last of 2 linear layers alone is no "
        + "margin term.")
    #expect(models[0]["warnings"]?.array?.count == 2)
    #expect(models[3]["agreement"]?["share"]?.number ?? 0 > 0.9)
    #expect(report["reference"]?["accuracy"]?.number ?? 0 > 0.9)
  }

  @Test func scoresOfAnotherModelAreComparedWithTheBestMachine() throws {
    let workplace = try Workplace()
    let rows = pointTable().lines.dropFirst()
    // A model that knows the answers, and one that knows nothing.
    let perfect = rows.map { row in
      ["hill", "lake", "wood"].map { row.hasSuffix($0) ? "2" : "-2" }.joined(separator: ",")
    }
    try workplace.folder.write(
      (["score_hill,score_lake,score_wood"] + perfect).joined(separator: "\n") + "\n",
      to: "perfect.csv")
    try workplace.folder.write(
      rows.map { _ in "0.5,0.25,0.25" }.joined(separator: "\n") + "\n", to: "blind.csv")
    func check(_ scores: String) throws -> JSONValue {
      let outcome = try workplace.automl(
        "svm-check", "points.csv", "--target", "kind", "--scores", scores, "--format", "json")
      #expect(outcome.exitCode == 0, "\(outcome.messages)")
      return try JSONValue(parsing: outcome.output)["models"]?.array?.first ?? .null
    }
    let known = try check("perfect.csv")
    #expect(known["accuracy"] == .number(1))
    #expect(known["verdict"]?["kind"]?.string == "unknown")
    #expect(
      known["verdict"]?["sentence"]?.string?.hasSuffix(
        "the two can't be told apart by their accuracy; what it minimised can't be read off scores."
      )
        ?? false)
    #expect(known["support_vectors"]?["rows"] == .integer(0))
    let blind = try check("blind.csv")
    #expect(blind["accuracy"]?.number.map { abs($0 - 1.0 / 3) < 1e-9 } ?? false)
    #expect(
      blind["warnings"]?.array == [
        .string(
          "All scores are in 0 to 1 and those of a row sum to 1: they are probabilities, which show "
            + "no margin; scores from before the softmax would say more.")
      ])
  }

  @Test func aModelOfTheProgramIsChecked() throws {
    let sample = try SampleRun.shared.get()
    let outcome = try sample.workplace.automl("svm-check", sample.model, "points.csv")
    #expect(outcome.exitCode == 0)
    #expect(outcome.output.contains("SVM"))
    #expect(outcome.output.lines.allSatisfy { $0.count <= 100 })
    let json = try JSONValue(
      parsing: sample.workplace.automl(
        "svm-check", sample.model, "points.csv", "--format", "json"
      ).output)
    #expect(json["models"]?.array?.count == 1)
    #expect(json["rows"] == .integer(60))
  }

  @Test func aRunChecksAndExplainsItsBestModels() throws {
    let workplace = try Workplace()
    try workplace.folder.write(
      """
      version: 1
      data: {source: points.csv, target: kind}
      models:
        - {use: quasi-svm, with: {output_dim: 128}, tune: {l2: {min: 1.0e-4, max: 1.0e-1, log: true}}}
        - {use: extra-trees, tune: {}}
      search: {trials: 12, metric: log_loss}
      evaluate: {svm_check: {rows: 40}, explain: true}
      output: {dir: run}
      """, to: "check.yaml")
    let run = try workplace.automl("run", "check.yaml", "--workers", "1")
    #expect(run.exitCode == 0, "\(run.messages)")
    #expect(run.output.contains("Is it an SVM?\n"))
    #expect(run.output.contains("Not an SVM: extra-trees is another kind of model ("))
    let check = try JSONValue(parsing: workplace.folder.text("run/svm-check.json"))
    #expect(check["rows"] == .integer(40) && check["table_rows"] == .integer(48))
    #expect(
      Set(check["models"]?.array?.compactMap { $0["name"]?.string } ?? [])
        == ["quasi-svm", "extra-trees"])
    let explanations = try JSONValue(parsing: workplace.folder.text("run/explanations.json"))
    #expect(explanations["judged_on"] == .string("test") && explanations["rows"] == .integer(12))
    #expect(
      Set(explanations["importances"]?.array?.compactMap { $0["feature"]?.string } ?? [])
        == ["x", "y"])
    #expect(explanations["learning_curve"]?.array?.compactMap { $0["rows"]?.integer }.last == 36)
    #expect(
      explanations["hyperparameters"]?.array?.compactMap { $0["parameter"]?.string } == ["l2"])
    let again = try workplace.automl("run", "check.yaml", "--workers", "2", "--output", "other")
    #expect(again.exitCode == 0)
    for name in ["svm-check.json", "explanations.json"] {
      #expect(try workplace.folder.text("run/\(name)") == workplace.folder.text("other/\(name)"))
    }
  }

  @Test(arguments: [
    (["points.csv"], "a model and a table are needed, or a table with --target COLUMN"),
    (
      ["points.csv", "--target", "kind"],
      "--target needs either --preset keras-question or --scores FILE"
    ),
    (
      ["points.csv", "--preset", "keras-question"],
      "--preset goes with a table and --target COLUMN"
    ),
    (
      ["m.safetensors", "points.csv", "--rows", "3"], "--rows must be from 10 to 20000, got 3"
    ),
    (
      ["points.csv", "--target", "kind", "--scores", "short.csv"],
      "short.csv: error: 1 row of scores, and the table has 60: a row for each is needed, in the "
        + "same order"
    ),
    (
      ["points.csv", "--target", "kind", "--scores", "named.csv"],
      "named.csv: error: no column of scores for the class 'lake': name it 'score_lake', or leave the "
        + "names out and give 3 columns in the order 'hill', 'lake', 'wood'"
    ),
    (
      ["few.csv", "--target", "kind", "--preset", "keras-question"],
      "few.csv: error: a check needs at least 10 rows with a label and a weight over 0, found 6"
    ),
  ])
  func wrongUsageIsExplained(arguments: [String], message: String) throws {
    let workplace = try Workplace()
    try workplace.folder.write("1,2,3\n", to: "short.csv")
    try workplace.folder.write(
      "score_hill,other\n" + String(repeating: "1,2\n", count: 60), to: "named.csv")
    try workplace.folder.write(pointTable(rowsOfEach: 2), to: "few.csv")
    let outcome = try ProgramRun.start(
      ["svm-check"] + arguments, directory: workplace.folder.path
    ).finish(timeLimit: 60)
    #expect(outcome.exitCode == 2)
    #expect(outcome.messages.contains(message), "\(outcome.messages)")
    #expect(outcome.output.isEmpty)
  }
}
