import Foundation
import PluginKit
import TestSupport
import Testing

@Test func aPluginOutsideOfTheProgramStandsOnTheLeaderboard() throws {
  let workplace = try Workplace()
  try PluginSample.write(to: workplace.folder, "plugins/centre")
  try workplace.writePipeline(
    """
    plugins: [plugins/centre]
    models:
      - use: centre
      - {use: centre, name: city, with: {metric: cityblock}}
      - use: linear-svm
    search: {trials: 8}
    """)
  let outcome = try workplace.automl("run", "points.yaml")
  #expect(outcome.exitCode == 0, "\(outcome.messages)")
  let entries = try workplace.entries("runs/points")
  #expect(Set(entries.map { $0["model"]?.string }) == ["centre", "city", "linear-svm", "baseline"])
  #expect(entries.allSatisfy { $0["status"]?.string == "complete" })
  let city = try #require(entries.first { $0["model"]?.string == "city" })
  #expect(city["plugin"]?.string == "centre")
  #expect(city["parameters"]?["metric"]?.string == "cityblock")
  let record = try JSONValue(parsing: try workplace.folder.text("runs/points/run.json"))
  #expect(record["plugins"]?.members?.map(\.0) == ["baseline", "linear-svm", "centre"])
  #expect(record["plugin_files"]?["centre"]?.string?.hasPrefix("sha256:") == true)
  #expect(nothingRuns(in: workplace.folder))
}

@Test func theModelOfAPluginPredictsWhereThePluginIsFound() throws {
  let workplace = try Workplace()
  try PluginSample.write(to: workplace.folder)
  try workplace.writePipeline("models: [{use: centre}]\nsearch: {trials: 2}")
  let model = "runs/points/best.safetensors"
  #expect(
    try workplace.automl("run", "points.yaml", "--plugin-path", "centre", "--quiet").exitCode == 0)
  let predicted = try workplace.automl("predict", model, "points.csv", "--plugin-path", "centre")
  #expect(predicted.output.lines.count == 61)
  let evaluated = try workplace.automl(
    "evaluate", model, "points.csv", "--format", "json", "--plugin-path", ".")
  let accuracy = try JSONValue(parsing: evaluated.output)["metrics"]?["accuracy"]?.number
  #expect(try #require(accuracy) > 0.95)

  let alone = try workplace.automl("predict", model, "points.csv")
  #expect(alone.exitCode == 2)
  #expect(
    alone.messages == """
      error: \(model): the model needs the plugin 'centre' (version 1): --plugin-path FOLDER says where \
      it is; without it there are: \(try workplace.builtInIDs())

      """)
  // Installed for the user, or named by a variable, it needs no option.
  for variables in [
    ["AUTOML_PLUGIN_PATH": workplace.folder.path("centre")],
    ["XDG_DATA_HOME": workplace.folder.path("home")],
  ] {
    try PluginSample.write(to: workplace.folder, "home/automl/plugins/centre")
    let found = try workplace.automl("predict", model, "points.csv", environment: variables)
    #expect(found.output == predicted.output, "\(variables): \(found.messages)")
  }
}

@Test func aModelOfALaterVersionOfThePluginIsRefused() throws {
  let workplace = try Workplace()
  let place = try PluginSample.write(to: workplace.folder)
  try workplace.writePipeline("models: [{use: centre}]\nsearch: {trials: 1}")
  let newer = try workplace.folder.text("centre/plugin.yaml")
    .replacingOccurrences(of: "version: 1\n", with: "version: 3\n")
  try workplace.folder.write(newer, to: "newer/plugin.yaml")
  try workplace.folder.write(try workplace.folder.text("centre/centre.py"), to: "newer/centre.py")
  #expect(
    try workplace.automl("run", "points.yaml", "--plugin-path", "newer", "--quiet").exitCode == 0)
  let predicted = try workplace.automl(
    "predict", "runs/points/best.safetensors", "points.csv", "--plugin-path", "centre")
  let real = URL(filePath: place).resolvingSymlinksInPath().path(percentEncoded: false)
  #expect(
    predicted.messages == """
      error: runs/points/best.safetensors: the model was trained by version 3 of 'centre', and \
      '\(real)' has version 1: use a newer version of the plugin

      """)
}

@Test func mistakesInAPipelineAndInAPluginAreSaidTogether() throws {
  let workplace = try Workplace()
  try PluginSample.write(to: workplace.folder, "good")
  try workplace.folder.write("id: bad\nversion: x\n", to: "bad/plugin.yaml")
  try workplace.writePipeline(
    """
    plugins: [good, bad, nowhere]
    models: [{use: centre, with: {shrinkage: 2}}, {use: bad}]
    search: {trials: 2}
    """)
  let checked = try workplace.automl("check", "points.yaml")
  #expect(checked.exitCode == 2)
  let headings = checked.messages.lines.filter { $0.contains(": error: ") }
  #expect(
    headings == [
      "points.yaml:4:22: error: plugins[2]: there is no folder 'nowhere'",
      "points.yaml:5:42: error: models[0].with.shrinkage must be a number from 0 to 1, got 2",
      "bad/plugin.yaml:1:1: error: protocol is missing",
      "bad/plugin.yaml:1:1: error: summary is missing",
      "bad/plugin.yaml:1:1: error: command is missing",
      "bad/plugin.yaml:2:10: error: version must be a whole number, got 'x'",
    ])
}

@Test func thePluginsOfAPathAreListedShownAndInTheSchema() throws {
  let workplace = try Workplace()
  try PluginSample.write(to: workplace.folder)
  let list = try workplace.automl("plugin", "list", "--plugin-path", "centre")
  #expect(list.output.lines.last?.hasSuffix("the class whose centre is nearest") == true)
  let shown = try workplace.automl("plugin", "show", "centre", "--plugin-path", ".")
  #expect(
    shown.output.contains("\nshrinkage\n  how far centres move towards the mean of all rows\n"))
  let schema = try workplace.automl("schema", "--plugin-path", "centre")
  #expect(schema.output.contains("\"shrinkage\""))
  let wrong = try workplace.automl("plugin", "list", "--plugin-path", "nowhere")
  #expect(wrong.exitCode == 2)
  #expect(wrong.messages == "error: there is no folder 'nowhere'\n")
}

/// Plugins that break in four ways beside one that does not: the run ends well, and each row says what was.
@Test func everyWayToBreakIsARowWithItsReason() throws {
  let workplace = try Workplace()
  let folder = workplace.folder
  try PluginSample.write(
    to: folder, "all/crash", id: "crash",
    habit: "if verb == 'fit' and request['trial_seed'] % 3 == 0: os.abort()")
  try PluginSample.write(
    to: folder, "all/sleep", id: "sleep",
    habit: "if verb == 'fit': subprocess.Popen(['sleep', '600']); time.sleep(600)")
  try PluginSample.write(
    to: folder, "all/babble", id: "babble",
    habit: "if verb == 'scores': print('Hello!', flush=True)")
  try PluginSample.write(
    to: folder, "all/greedy", id: "greedy",
    habit: "hoard = []\nwhile verb == 'fit': hoard.append(bytearray(1 << 20))",
    more: "memory: 80MiB")
  try PluginSample.write(
    to: folder, "all/careless", id: "careless",
    habit: "if verb == 'fit': subprocess.Popen(['sleep', '600']); os._exit(7)")
  try PluginSample.write(
    to: folder, "all/mute", id: "mute",
    habit: "if verb == 'fit': time.sleep(600)", more: "timeout: 2")
  try workplace.writePipeline(
    """
    plugins: [all]
    models: [{use: crash}, {use: sleep}, {use: babble}, {use: greedy}, {use: careless}, {use: mute},
             {use: linear-svm}]
    search: {use: random, trials: 30, trial_time: 4}
    """)
  let outcome = try workplace.automl("run", "points.yaml", "--quiet", "--workers", "4")
  #expect(outcome.exitCode == 0, "\(outcome.messages)")
  let entries = try workplace.entries("runs/points")
  #expect(entries.count == 31)
  func rows(_ model: String) -> Set<[String?]> {
    Set(
      entries.filter { $0["model"]?.string == model }
        .map { [$0["status"]?.string, $0["reason"]?.string] })
  }
  #expect(
    rows("crash") == [
      ["complete", nil], ["failed", "the plugin was killed by SIGABRT during fit"],
    ])
  #expect(rows("sleep") == [["timeout", "the trial reached trial_time"]])
  #expect(
    rows("babble") == [
      ["failed", "the plugin wrote 'Hello!' to standard output, which is no message"]
    ])
  #expect(
    rows("greedy") == [
      ["failed", "the plugin ended with status 1 during fit, at its memory limit of 80 MiB"]
    ])
  #expect(
    rows("careless") == [
      [
        "failed",
        "the plugin ended with status 7 during fit, and left processes behind, which were killed",
      ]
    ])
  #expect(rows("mute") == [["timeout", "the plugin kept silent for 2 s during fit"]])
  #expect(rows("linear-svm") == [["complete", nil]])
  #expect(nothingRuns(in: folder))
}

@Test func theNumberOfWorkersChangesNothing() throws {
  let workplace = try Workplace()
  try PluginSample.write(to: workplace.folder)
  try workplace.writePipeline("plugins: [.]\nmodels: [{use: centre}]\nsearch: {trials: 12}")
  var models: [Data] = []
  for workers in ["1", "3"] {
    let outcome = try workplace.automl(
      "run", "points.yaml", "--workers", workers, "--output", workers, "--quiet")
    #expect(outcome.exitCode == 0, "\(outcome.messages)")
    models.append(try workplace.folder.data("\(workers)/best.safetensors"))
  }
  #expect(models[0] == models[1])
}

/// However the program ends, its plugins end with it: also those that hear nothing, and their children.
@Test(arguments: [SIGINT, SIGKILL])
func pluginsEndWithTheProgram(signal: Int32) throws {
  let workplace = try Workplace()
  try PluginSample.write(
    to: workplace.folder,
    habit: """
      signal.signal(signal.SIGTERM, signal.SIG_IGN)
      if verb == 'fit':
          subprocess.Popen(['sleep', '600'])
          open('.started', 'w').close()
          time.sleep(600)
      """)
  try workplace.writePipeline("plugins: [.]\nmodels: [{use: centre}]\nsearch: {trials: 4}")
  let program = try ProgramRun.start(["run", "points.yaml"], directory: workplace.folder.path)
  for _ in 0..<1_200 where !workplace.folder.contains("centre/.started") { usleep(50_000) }
  program.send(signal: signal)
  let outcome = try program.finish(timeLimit: 30)
  #expect(outcome.exitCode == (signal == SIGKILL ? 128 + SIGKILL : 130))
  #expect(nothingRuns(in: workplace.folder))
}

extension Workplace {
  /// Writes `points.yaml`: the table, and these lines.
  fileprivate func writePipeline(_ lines: String) throws {
    try folder.write(
      """
      version: 1
      seed: 7
      data: {source: points.csv, target: kind}
      \(lines)

      """, to: "points.yaml")
  }

  /// The entries of a run's leaderboard.
  fileprivate func entries(_ run: String) throws -> [JSONValue] {
    let board = try JSONValue(parsing: try folder.text("\(run)/leaderboard.json"))
    return try #require(board["entries"]?.array)
  }

  /// The ids of the program's own plugins, as messages list them.
  fileprivate func builtInIDs() throws -> String {
    try automl("plugin", "list").output.lines.compactMap { $0.split(separator: " ").first }
      .joined(separator: ", ")
  }
}
