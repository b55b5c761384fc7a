import TestSupport
import Testing

@Test func theVersionIsOneLine() throws {
  let run = try ProgramRun("--version")
  #expect(run.output == "0.1.0\n")
  #expect(run.messages == "")
  #expect(run.exitCode == 0)
}

@Test func helpIsAResultAndNamesEveryCommand() throws {
  for arguments in [["--help"], ["help"], []] {
    let run = try ProgramRun.start(arguments).finish()
    #expect(run.exitCode == 0)
    #expect(run.messages == "")
    #expect(
      run.output.hasPrefix(
        "OVERVIEW: Find the best classifier for a table, and say what it really is.")
    )
    for command in commands { #expect(run.output.contains("\n  \(command) ")) }
  }
}

@Test(arguments: commands)
func everyCommandHasHelpOf80Columns(command: String) throws {
  let run = try ProgramRun(command, "--help")
  #expect(run.exitCode == 0)
  #expect(run.messages == "")
  #expect(run.output.contains("\nUSAGE: automl \(command) "))
  let text = run.output.lines.filter { !$0.hasPrefix("USAGE") }
  #expect(text.allSatisfy { $0.count <= 80 })
}

@Test(
  arguments: [
    (["train"], "error: Unexpected argument 'train'"),
    (["run"], "error: Missing expected argument '<pipeline-or-table>'"),
    (["predict", "m.safetensors"], "error: Missing expected argument '<table>'"),
    (["init", "t.csv"], "error: Missing expected argument '--target <column>'"),
    (
      ["run", "p.yaml", "--wokers", "2"],
      "error: Unknown option '--wokers'. Did you mean '--workers'?"
    ),
    (["run", "p.yaml", "--workers", "0"], "error: --workers must be at least 1, got 0"),
    (
      ["run", "p.yaml", "--workers", "two"],
      "error: The value 'two' is invalid for '--workers <count>'"
    ),
    (
      ["run", "my table.csv"],
      "error: 'my table.csv' is no pipeline (.yaml); for a table name its labels: "
        + "automl run 'my table.csv' --target COLUMN"
    ),
    (
      ["run", "p.yaml", "--target", "kind"],
      "error: --target goes with a table; for a pipeline: --set data.target=kind"
    ),
    (
      ["init", "t.csv", "--target", "-1", "--output", "t.txt"],
      "error: --output must be the name of a .yaml file, got 't.txt'"
    ),
    (
      ["leaderboard", "runs/x", "--format", "xml"],
      "error: The value 'xml' is invalid for '--format <format>'. "
        + "Please provide one of 'table', 'csv', 'json' or 'markdown'."
    ),
    (
      ["plugin", "show", "svm"],
      "error: there is no plugin 'svm'; there are: baseline, extra-trees, kernel-svm, linear-svm, "
        + "mlp-svm, nearest-neighbours, quasi-svm"
    ),
    (["check", "no.yaml"], "no.yaml: error: can't read 'no.yaml': No such file or directory"),
    (
      ["leaderboard", "Sources"],
      "error: 'Sources' is no run folder: it has no leaderboard.json; "
        + "give the folder that 'automl run' names"
    ),
    (
      ["predict", "no.safetensors", "t.csv"],
      "error: can't read 'no.safetensors': No such file or directory"
    ),
    (
      ["predict", "Sources", "t.csv"], "error: can't read 'Sources': Is a directory"
    ),
  ] as [([String], String)])
func wrongUsageIsAMessageAndEndsWith2(arguments: [String], firstLine: String) throws {
  let run = try ProgramRun.start(arguments).finish()
  #expect(run.messages.lines.first == firstLine)
  #expect(run.output == "")
  #expect(run.exitCode == 2)
}

@Test func pluginsAreListedInTheOrderOfTheirIds() throws {
  let run = try ProgramRun("plugin", "list")
  #expect(
    run.output.lines.map { $0.prefix { $0 != " " } } == [
      "baseline", "extra-trees", "kernel-svm", "linear-svm", "mlp-svm", "nearest-neighbours",
      "quasi-svm",
    ])
  #expect(run.exitCode == 0)
}

@Test func aPluginShowsItsParametersWithRangeAndDefault() throws {
  #expect(
    try ProgramRun("plugin", "show", "baseline").output
      == "baseline, version 1: the most frequent class, whatever the features\n")
  let lines = try ProgramRun("plugin", "show", "linear-svm").output.lines
  let place = try #require(lines.firstIndex(of: "l2"))
  #expect(lines[place + 2] == "  a number from 0 to 1000000; default 0.0001")
  #expect(lines[place + 3] == "  searched by default: 1e-06 to 1.0, logarithmic")
}

#if os(Linux)
  /// Foundation's shared libraries would take longer to load than the rest of the start.
  @Test func theProgramNeedsNoSharedLibraryOfSwift() throws {
    let libraries = try ChildProcess(
      executable: "/usr/bin/ldd", arguments: [try ProgramRun.program("automl")]
    ).finish().output
    #expect(libraries.contains("libyaml"))
    #expect(!libraries.contains("libFoundation"))
    #expect(!libraries.contains("libswiftCore"))
  }
#endif

private let commands = [
  "run", "init", "check", "leaderboard", "predict", "evaluate", "runs", "show", "compare",
  "reproduce", "worker", "plugin", "schema",
]
