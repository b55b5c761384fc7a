import TestSupport
import Testing

@Test func aValidPipelineIsDescribed() throws {
  let run = try ProgramRun("check", "pipelines/tabular.yaml", "--set", "search.trials=1")
  #expect(
    run.output == """
      pipelines/tabular.yaml is valid

      table    2,000 rows, 7 columns, 4 classes
      matrix   7 features after preprocessing
      rows     1,200 to train on, 400 to validate on, 400 to test on
      search   at most 1 trial and the baseline, 1 fit each
      memory   about 1 MB for the table and its matrices, up to 31 MB of random features for each worker
      output   runs/rooms

      """)
  #expect(run.messages == "")
  #expect(run.exitCode == 0)
}

@Test func fiveMistakesAreToldAtOnce() throws {
  let workplace = try Workplace()
  try workplace.folder.write(
    """
    version: 1
    data: {source: points.csv, target: kind}
    split: {validation: 1.5}
    models:
      - use: quasi-svn
      - use: linear-svm
        with: {l2: -1}
      - use: quasi-svm
        tune:
          outputdim: {min: 64, max: 4822, log: true}
    search: {trials: -5}

    """, to: "wrong.yaml")
  for command in ["check", "run"] {
    let run = try workplace.automl(command, "wrong.yaml")
    #expect(
      run.messages.lines.filter { $0.contains(": error: ") } == [
        "wrong.yaml:3:21: error: split.validation must be a number of at least 0 and below 1, got 1.5",
        "wrong.yaml:5:10: error: models[0].use names no plugin: 'quasi-svn'",
        "wrong.yaml:7:16: error: models[1].with.l2 must be a number from 0 to 1000000, got -1",
        "wrong.yaml:10:7: error: unknown key 'outputdim' in models[2].tune",
        "wrong.yaml:11:18: error: search.trials must be at least 1, got -5",
      ])
    #expect(run.messages.lines.last == "5 errors; nothing was run")
    #expect(run.output == "")
    #expect(run.exitCode == 2)
  }
  #expect(!workplace.folder.contains("runs"))
}

@Test func aMistakeInASettingNamesTheSetting() throws {
  let run = try ProgramRun("check", "pipelines/tabular.yaml", "--set", "search.trails=5")
  #expect(
    run.messages.lines.first
      == "--set search.trails=5: error: unknown key 'trails' in search")
  #expect(run.exitCode == 2)
}

/// A path in the file means the same wherever the program is run; a path that is typed means what the
/// shell completes.
@Test func pathsAreRelativeToWhereTheyAreWritten() throws {
  let workplace = try Workplace()
  try workplace.folder.write(pointTable(rowsOfEach: 30), to: "elsewhere/points.csv")
  try workplace.folder.write(
    "version: 1\ndata: {source: points.csv, target: kind}\nmodels: [{use: linear-svm}]\n",
    to: "elsewhere/pipeline.yaml")
  let asWritten = try workplace.automl("check", "elsewhere/pipeline.yaml")
  #expect(asWritten.output.lines.dropFirst(2).first == "table    90 rows, 2 columns, 3 classes")
  let asTyped = try workplace.automl(
    "check", "elsewhere/pipeline.yaml", "--set", "data.source=points.csv")
  #expect(asTyped.output.lines.dropFirst(2).first == "table    60 rows, 2 columns, 3 classes")
}

@Test(
  arguments: [
    ("x,y,kind\n1,2,a\n3,4\n5,6,b\n", "t.csv:3: error: 2 fields, where the first line has 3"),
    (
      "x,y,kind\n1,\"2,a\n3,4,b\n",
      "t.csv:2:3: error: the quote that begins here is never closed"
    ),
    (
      "x,y,kind\n1,\"2\"x,a\n",
      "t.csv:2:6: error: text after a closing quote; a quote within quotes is written twice"
    ),
    (
      "x,y,kid\n1,2,a\n3,4,b\n",
      "t.csv: error: there is no column 'kind' (data.target); did you mean 'kid'? "
        + "the columns are 'x', 'y' and 'kid'"
    ),
    ("", "t.csv: error: the table is empty"),
    ("x,y,kind\n", "t.csv: error: the table has a header but no rows"),
    (
      "x,y,kind\n1,2,a\n",
      "t.csv: error: all labels in column 3 ('kind') are 'a'; at least two classes are needed"
    ),
    (
      "x,y,kind\n1,2,a\n3,4,\n5,6,b\n",
      "t.csv:3: error: no label in column 3 ('kind'), on line 3; fill in the labels, "
        + "or say missing_label: drop"
    ),
    (
      "x,y,kind\n1,\u{0},a\n",
      "t.csv:2: error: a zero byte: this is no text in UTF-8; save the table as CSV"
    ),
  ])
func aTableThatCantBeReadSaysWhere(table: String, message: String) throws {
  let workplace = try Workplace()
  try workplace.folder.write(table, to: "t.csv")
  try workplace.folder.write(
    "version: 1\ndata: {source: t.csv, target: kind}\nmodels: [{use: linear-svm}]\n",
    to: "p.yaml")
  let run = try workplace.automl("check", "p.yaml")
  #expect(run.messages == message + "\n")
  #expect(run.output == "")
  #expect(run.exitCode == 2)
}

@Test func aTableMustBeAFileThatIsThere() throws {
  let workplace = try Workplace()
  let missing = try workplace.automl("init", "no.csv", "--target", "kind")
  #expect(missing.messages == "no.csv: error: can't read 'no.csv': No such file or directory\n")
  #expect(missing.exitCode == 2)
  let folder = try workplace.automl("init", ".", "--target", "kind")
  #expect(folder.messages == ".: error: can't read '.': Is a directory\n")
  #expect(folder.exitCode == 2)
}
