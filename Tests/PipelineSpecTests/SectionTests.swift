import Evaluation
import HyperparameterSearch
import PipelineSpec
import PluginKit
import TabularData
import Testing

@Test func whatIsNotSaidHasItsDefault() throws {
  let pipeline = try read(smallest())
  #expect(pipeline.name == "toy")
  #expect(pipeline.seed == 0)
  #expect(
    pipeline.data == TableOptions(source: "pipelines/rooms.csv", target: .name("room")))
  #expect(pipeline.split == SplitPlan(method: .stratified, validation: 0.2, test: 0.2))
  #expect(pipeline.preprocess.isEmpty)
  #expect(pipeline.search.use == .tpe)
  #expect(pipeline.search.metric == .accuracy)
  #expect(pipeline.search.trials == 100)
  #expect(pipeline.search.parallel == 8)
  #expect(pipeline.search.time == nil)
  #expect(pipeline.search.trialTime == nil)
  #expect(pipeline.search.warmStart == nil)
  #expect(pipeline.refit == .trainAndValidation)
  #expect(pipeline.evaluate == .bestOfEach)
  #expect(pipeline.outputFolder == "runs/toy")
}

@Test func nullStandsForTheDefault() throws {
  #expect(try read(smallest("search:\nsplit: {folds: ~}")) == read(smallest()))
}

/// What YAML 1.1 took for switches is text; numbers have the forms of the core schema.
@Test func scalarsFollowTheCoreSchema() throws {
  func target(_ text: String) throws -> ColumnReference {
    try read("version: 1\ndata: {source: a.csv, target: \(text)}\nmodels: [{use: linear-svm}]\n")
      .data.target
  }
  for word in ["no", "yes", "on", "off", "y", "0o", "0x", "1_000", "12:30", "1e", "0o18", "+"] {
    #expect(try target(word) == .name(word))
  }
  #expect(try target("-1") == .position(-1))
  #expect(try target("+3") == .position(3))
  #expect(try target("017") == .position(17))
  #expect(try target("0o17") == .position(15))
  #expect(try target("0x1F") == .position(31))
  #expect(try target("'3'") == .name("3"))
  for (text, value) in [("1e-6", 1e-6), (".5", 0.5), ("5.", 5), ("1E+1", 10), ("2.5e0", 2.5)] {
    let models = "[{use: linear-svm, with: {l2: \(text)}}]"
    #expect(try read(smallest(models: models)).models[0].fixed["l2"] == .real(value))
  }
}

@Test func theStudyToStartFromIsRelativeToTheFile() throws {
  let text = smallest("search: {warm_start: ../runs/rooms}")
  #expect(try read(text).search.warmStart == "pipelines/../runs/rooms")
  #expect(
    try read(text, set: ["search.warm_start=runs/a/study.db"]).search.warmStart
      == "runs/a/study.db")
}

@Test(
  arguments: [
    ("300", 300.0), ("5m", 300), ("60s", 60), ("1h30m", 5_400), ("1h1m1s", 3_661), ("0.5h", 1_800),
    ("1e2", 100),
  ])
func timesAreReadInSeconds(text: String, seconds: Double) throws {
  #expect(try read(smallest("search: {time: \(text)}")).search.time == seconds)
}

@Test(
  arguments: [
    "m", "5", "5m3", "30m1h", "5 m", "-5m", "1.2.3s", "", "٣s", "5M",
  ])
func otherTimesAreRefused(text: String) throws {
  #expect(try headings(smallest("search: {time: '\(text)'}")).count == 1)
}

@Test func tablesAreDescribedInFull() throws {
  let text = """
    version: 1
    data:
      source: /tables/rooms.tsv
      target: -1
      header: false
      columns: {reading_id: ignore, ap_*: numeric}
      weights: {column: w}
      missing_label: drop
      classes: [001, no, b]
    models: [{use: linear-svm}]

    """
  #expect(
    try read(text).data
      == TableOptions(
        source: "/tables/rooms.tsv", target: .position(-1), header: .absent,
        columns: [
          ColumnRule(pattern: "reading_id", role: .ignore),
          ColumnRule(pattern: "ap_*", role: .numeric),
        ], weights: .column(.name("w")), missingLabel: .drop, classes: ["001", "no", "b"]))
}

@Test(
  arguments: [
    ("target: 0", "target must be a name, or a position from 1 or from the end with -1, got 0"),
    ("target: 1.5", "target must be text, got 1.5"),
    ("target: a, header: maybe", "header must be one of auto, true, false, got 'maybe'"),
    ("target: a, weights: equal", "weights must be none, balanced or {column: NAME}, got 'equal'"),
    (
      "target: a, columns: {b: drop}",
      "columns.b must be one of numeric, categorical, date, ignore, got 'drop'"
    ),
    ("target: a, columns: [b]", "columns must be a mapping of columns to roles, got ['b']"),
    ("target: a, classes: [b]", "classes must be a list of 2 or more classes, got ['b']"),
    ("target: a, classes: [b, c, b]", "classes[2] is 'b' like data.classes[0]"),
  ])
func eachMistakeInDataHasItsMessage(members: String, expected: String) throws {
  let text = "version: 1\ndata: {source: a.csv, \(members)}\nmodels: [{use: linear-svm}]\n"
  let found = try headings(text).map { $0.split(separator: ": data.", maxSplits: 1).last ?? "" }
  #expect(found.map(String.init) == [expected])
}

@Test func foldsTakeThePlaceOfValidationRows() throws {
  #expect(
    try read(smallest("split: {test: 0.1, folds: 5, repeats: 2}")).split
      == SplitPlan(validation: 0, test: 0.1, folds: 5, repeats: 2))
}

@Test func separateTestFileNeedsNoShareOfTheRows() throws {
  let data = "version: 1\ndata: {source: a.csv, target: y, test: b.csv}\n"
  let models = "models: [{use: linear-svm}]\n"
  let pipeline = try read(data + models)
  #expect(pipeline.data.test == "pipelines/b.csv")
  #expect(pipeline.split == SplitPlan(validation: 0.2, test: 0))
  #expect(
    try headings(data + models + "split: {test: 0.2}\n") == [
      "4:15: split.test and data.test don't go together"
    ])
  #expect(try headings(data + models + "split: {test: 0}\n").isEmpty)
}

@Test(
  arguments: [
    ("{test: 1}", "split.test must be a number of at least 0 and below 1, got 1"),
    ("{validation: -0.1}", "split.validation must be a number of at least 0 and below 1, got -0.1"),
    (
      "{validation: 0.5, test: 0.5}",
      "split.validation + split.test must be below 1, so that rows to train on remain, got 1.0"
    ),
    ("{validation: 0}", "split.validation must be above 0 without split.folds, got 0"),
    ("{folds: 1}", "split.folds must be at least 2, got 1"),
    ("{folds: 5, validation: 0.2}", "split.validation and split.folds don't go together"),
    ("{repeats: 2}", "split.repeats needs split.folds"),
    ("{method: group}", "split.method: group needs split.by, the column of its values"),
    ("{by: day}", "split.by is used only with split.method: group or time"),
    (
      "{method: grouped, by: day}",
      "split.method must be one of stratified, random, group, time, got 'grouped'"
    ),
  ])
func eachMistakeInASplitHasItsMessage(split: String, expected: String) throws {
  let found = try headings(smallest("split: \(split)")).map {
    $0.split(separator: ": ", maxSplits: 1).last.map(String.init) ?? ""
  }
  #expect(found == [expected])
}
