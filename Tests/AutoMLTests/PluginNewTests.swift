import Foundation
import TestSupport
import Testing

/// From a copy of the program far from its sources, as a stranger has it.
@Test func aNewPluginInPythonTrainsPassesTheCheckAndStandsOnTheLeaderboard() throws {
  let workplace = try Workplace()
  try FileManager.default.copyItem(
    atPath: try ProgramRun.program("automl"), toPath: workplace.folder.path("automl"))
  let new = try workplace.shell("./automl plugin new my-model --language python")
  #expect(new.messages == "wrote my-model; to check it: automl plugin check my-model\n")
  #expect(new.exitCode == 0)
  let check = try workplace.shell("./automl plugin check my-model")
  #expect(check.output.lines.first == "my-model, version 1: the class whose mean is nearest")
  #expect(check.output.lines.last == "40 promises: 37 kept, 3 untested")
  #expect(check.exitCode == 0)
  try workplace.folder.write(
    """
    version: 1
    data: {source: points.csv, target: kind}
    models: [{use: my-model}, {use: linear-svm}]
    search: {trials: 6}
    output: {dir: run}
    """, to: "points.yaml")
  let run = try workplace.shell("./automl run points.yaml --plugin-path my-model")
  #expect(run.exitCode == 0)
  let board = try workplace.folder.text("run/leaderboard.csv")
  #expect(board.lines.contains { $0.contains(",my-model,complete,") })
}

@Test func whatExistsIsNotWrittenOver() throws {
  let workplace = try Workplace()
  try workplace.folder.write("mine", to: "my-model/notes.txt")
  let run = try workplace.automl("plugin", "new", "my-model", "--language", "python")
  #expect(
    run.messages == "error: 'my-model' exists already, and nothing is written over it\n")
  #expect(run.exitCode == 2)
  #expect(
    try FileManager.default.contentsOfDirectory(atPath: workplace.folder.path("my-model")) == [
      "notes.txt"
    ])
}

@Test(
  arguments: [
    (
      "My_Model",
      "a plugin is named by lower-case words of letters and digits, joined by hyphens, such as my-model; got 'My_Model'"
    ),
    (
      "../up",
      "a plugin is named by lower-case words of letters and digits, joined by hyphens, such as my-model; got '../up'"
    ),
    ("baseline", "there is a plugin 'baseline' already: choose another name"),
  ])
func aPluginsNameMustBeOne(name: String, message: String) throws {
  let run = try Workplace().automl("plugin", "new", name, "--language", "python")
  #expect(run.messages == "error: \(message)\n")
  #expect(run.exitCode == 2)
}

@Test func aNewPluginInSwiftIsAPackageThatKnowsTheSources() throws {
  let workplace = try Workplace()
  let run = try workplace.automl("plugin", "new", "my-model", "--language", "swift")
  #expect(
    run.messages
      == "wrote my-model; to build and check it: cd my-model && swift build -c release && "
      + ".build/release/automl-my-model plugin check my-model\n")
  #expect(run.exitCode == 0)
  let package = try workplace.folder.text("my-model/Package.swift")
  #expect(package.contains("path: \"\(packageRoot.path(percentEncoded: false).dropLast())\""))
  let main = try workplace.folder.text("my-model/Sources/automl-my-model/Main.swift")
  #expect(main.contains("AutoMLProgram.main(adding: [MyModelPlugin()])"))
  let elsewhere = try workplace.automl(
    "plugin", "new", "other", "--language", "swift", "--sources", "my-model")
  #expect(
    elsewhere.messages
      == "error: a plugin in Swift is built with the sources of automl, and they are not in "
      + "'my-model'; name their folder: --sources FOLDER\n")
  #expect(elsewhere.exitCode == 2)
}

/// What an author has to read: lines that are more than space and closing brackets.
@Test(
  arguments: [
    ("python", ["my-model.py", "plugin.yaml"]),
    ("swift", ["Sources/automl-my-model/MyModelPlugin.swift"]),
  ])
func aNewPluginIsReadInAMinute(language: String, files: [String]) throws {
  let workplace = try Workplace()
  _ = try workplace.automl("plugin", "new", "my-model", "--language", language)
  let lines = try files.flatMap { try workplace.folder.text("my-model/\($0)").lines }
  #expect(lines.count { line in line.contains { !" )}]".contains($0) } } < 60)
}

@Test func everyPluginInPythonHasTheHelperThatNewOnesGet() throws {
  let templates = packageRoot.appending(path: "Sources/PluginScaffold/Templates")
  let helper = try String(
    contentsOf: templates.appending(path: "automl_plugin.py"), encoding: .utf8)
  let workplace = try Workplace()
  _ = try workplace.automl("plugin", "new", "my-model", "--language", "python")
  #expect(try workplace.folder.text("my-model/automl_plugin.py") == helper)
  for name in ["lightgbm", "sklearn"] {
    let copy = packageRoot.appending(path: "plugins/\(name)/automl_plugin.py")
    #expect(
      try String(contentsOf: copy, encoding: .utf8) == helper,
      "cp Sources/PluginScaffold/Templates/automl_plugin.py plugins/\(name)/")
  }
}
