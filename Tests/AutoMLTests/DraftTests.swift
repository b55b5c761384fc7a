import Foundation
import TestSupport
import Testing

@Test func aDraftIsACommentedPipeline() throws {
  let workplace = try Workplace()
  let run = try workplace.automl("init", "points.csv", "--target", "kind")
  #expect(run.output == "")
  #expect(run.messages == "wrote points.yaml; to run it: automl run points.yaml\n")
  #expect(run.exitCode == 0)
  #expect(
    try workplace.folder.text("points.yaml") == """
      # What it does and needs: automl check points.yaml
      # To run it:             automl run points.yaml
      version: 1
      name: points
      seed: 0                           # the only source of randomness

      data:
        source: points.csv              # relative to this file
        target: kind
        # 3 classes in 60 rows: hill (20), lake (20), wood (20)
        columns:                        # numeric, categorical, date or ignore
          x: numeric
          "y": numeric

      split: {method: stratified, test: 0.2, folds: 5, repeats: 2}  # two times five folds

      preprocess:                       # fitted on the training rows of each split only
        - use: impute                   # medians and most frequent categories for missing values
        - use: scale                    # to mean 0 and standard deviation 1

      models:                           # without tune, the ranges that a plugin declares are searched
        - use: quasi-svm                # random Fourier features: a kernel machine at a linear one's cost
        - use: kernel-svm               # the exact kernel machine, for up to some thousands of rows
        - use: linear-svm
        - use: mlp-svm                  # a deep network whose last layer is a margin classifier

      search:
        use: tpe                        # tpe, random or grid
        metric: accuracy
        trials: 100
      refit: train+validation           # the best learn again from all rows but the test rows
      evaluate: {test: best-of-each}
      output: {dir: runs/points}        # relative to the folder that automl is run in

      """)
}

/// Names that YAML would take for something else, and columns that tell nothing of other rows.
@Test func aDraftOfAMessyTableReadsBackAndRuns() throws {
  let workplace = try Workplace()
  try workplace.folder.write(messyTable, to: "my tables/messy.csv")
  let draft = try workplace.automl("init", "my tables/messy.csv", "--target", "a, \"b\": c #d")
  #expect(draft.exitCode == 0)
  #expect(draft.messages.lines.count == 5)
  let text = try workplace.folder.text("messy.yaml")
  #expect(
    text.contains(
      """
        source: "my tables/messy.csv"   # relative to this file
        target: "a, \\"b\\": c #d"
        # 2 classes in 39 rows: "no" (19), "yes" (20)
        # missing_label: drop           # 1 row has no label; this leaves it out
        columns:                        # numeric, categorical, date or ignore
          id: ignore                    # has a different value in every row
          day: ignore                   # holds dates
          "yes": numeric
          "001": numeric
          "1": numeric
          "größe.cm": numeric
          "it's": categorical
          same: ignore                  # has the same value in every row
      """))
  #expect(
    draft.messages.contains(
      "warning: 1 row has no label, and a run refuses that; fill in the labels, or take the # from "
        + "missing_label: drop in 'messy.yaml'\n"))
  let refused = try workplace.automl("check", "messy.yaml")
  #expect(refused.exitCode == 2)
  #expect(refused.messages.contains("fill in the labels, or say missing_label: drop\n"))
  try workplace.folder.write(
    text.replacingOccurrences(of: "# missing_label", with: "missing_label"), to: "messy.yaml")
  let check = try workplace.automl("check", "messy.yaml")
  #expect(check.exitCode == 0)
  #expect(check.output.contains("\ntable    39 rows, 5 columns, 2 classes\n"))
  let run = try workplace.automl(
    "run", "messy.yaml", "--set", "models=[{use: linear-svm, tune: {}}]", "--quiet")
  #expect(run.exitCode == 0)
  let rows = try workplace.automl("predict", "runs/messy/best.safetensors", "my tables/messy.csv")
  #expect(rows.output.lines.count == 41)
}

@Test(
  arguments: [
    ("drafts/p.yaml", "\"../points.csv\""), ("./p.yaml", "points.csv"),
    ("a/b/p.yaml", "\"../../points.csv\""),
  ])
func aDraftElsewherePointsBackAtTheTable(path: String, source: String) throws {
  let workplace = try Workplace()
  try workplace.folder.write("", to: "drafts/keep")
  try workplace.folder.write("", to: "a/b/keep")
  let draft = try workplace.automl("init", "points.csv", "--target", "-1", "--output", path)
  #expect(draft.exitCode == 0)
  #expect(try workplace.folder.text(path).contains("  source: \(source) "))
  #expect(try workplace.automl("check", path).exitCode == 0)
}

@Test func aNumberAsTargetIsAPositionAndAZeroBeforeItIsAName() throws {
  let workplace = try Workplace()
  try workplace.folder.write(
    pointTable().replacingOccurrences(of: "x,y,kind", with: "x,y,01"), to: "numbered.csv")
  let byName = try workplace.automl("init", "numbered.csv", "--target", "01")
  #expect(byName.exitCode == 0)
  #expect(try workplace.folder.text("numbered.yaml").contains("\n  target: \"01\"\n"))
  #expect(try workplace.automl("check", "numbered.yaml").exitCode == 0)
  let byPosition = try workplace.automl("init", "points.csv", "--target", "3")
  #expect(byPosition.exitCode == 0)
  #expect(
    try workplace.folder.text("points.yaml").contains(
      "\n  target: 3                       # column 3 of 3, kind\n"))
}

@Test func aPipelineThatIsThereIsKeptUnlessForced() throws {
  let workplace = try Workplace()
  try workplace.folder.write("mine", to: "points.yaml")
  let message =
    "error: 'points.yaml' is there already: to run it, automl run points.yaml; "
    + "to replace it, automl init with --force\n"
  for command in ["init", "run"] {
    let run = try workplace.automl(command, "points.csv", "--target", "kind")
    #expect(run.messages == message)
    #expect(run.exitCode == 2)
    #expect(try workplace.folder.text("points.yaml") == "mine")
  }
  let forced = try workplace.automl("init", "points.csv", "--target", "kind", "--force")
  #expect(forced.exitCode == 0)
  #expect(try workplace.folder.text("points.yaml").hasPrefix("# What it does"))
}

@Test func standardInputCantBeReadTwice() throws {
  let run = try Workplace().automl("init", "-", "--target", "kind", input: pointTable())
  #expect(
    run.messages
      == "standard input: error: a pipeline names a table that can be read again; "
      + "save the table to a file first\n")
  #expect(run.exitCode == 2)
}

@Test(arguments: [(5_000, true), (5_001, false)])
func theExactKernelIsForTablesOfSomeThousandsOfRows(rows: Int, isThere: Bool) throws {
  let workplace = try Workplace()
  let lines = (0..<rows).map { "\($0 % 97),\($0 % 2 == 0 ? "a" : "b")\n" }
  try workplace.folder.write("x,kind\n" + lines.joined(), to: "t.csv")
  #expect(try workplace.automl("init", "t.csv", "--target", "kind").exitCode == 0)
  #expect(try workplace.folder.text("t.yaml").contains("- use: kernel-svm ") == isThere)
}

/// Of thousands of columns a list of roles would help nobody.
@Test func aDraftOfAWideTableIsShort() throws {
  let workplace = try Workplace()
  let names = (1...5_000).map { "pixel_\($0)" }.joined(separator: ",")
  let rows = (0..<30).map { row in
    (0..<5_000).map { "\((row * 37 + $0 * 11) % 251)" }.joined(separator: ",")
      + ",\("ab".dropFirst(row % 2).prefix(1))\n"
  }
  try workplace.folder.write(names + ",letter\n" + rows.joined(), to: "wide.csv")
  #expect(try workplace.automl("init", "wide.csv", "--target", "letter").exitCode == 0)
  #expect(try workplace.folder.text("wide.yaml").lines.count < 40)
  let check = try workplace.automl("check", "wide.yaml")
  #expect(check.output.contains("\nmatrix   5,000 features after preprocessing\n"))
}

private let messyTable =
  "id,day,yes,001,1,größe.cm,it's,same,\"a, \"\"b\"\": c #d\"\r\n"
  + (0..<40).map { row in
    let label = row == 39 ? "" : row % 2 == 0 ? "yes" : "no"
    let cells = [
      "u\(100 + row)", "2020-01-\(10 + row % 20)", "\(row % 7).5", "\(row % 3 * row % 11)",
      row % 9 == 0 ? "NA" : "\(row % 2 * 10 + row % 5)", "\(row * row % 17)",
      row % 3 == 0 ? "red" : "blue", "x", label,
    ]
    return cells.joined(separator: ",") + "\r\n"
  }.joined()
