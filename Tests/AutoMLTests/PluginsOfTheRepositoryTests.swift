import Foundation
import TestSupport
import Testing

/// The plugins of the repository that are programs of their own, copied, built and found by their libraries.
private struct RepositoryPlugins {
  static let shared = Result { try RepositoryPlugins() }
  static let names = ["knn-c", "lightgbm", "sklearn"]

  let workplace: Workplace

  private init() throws {
    workplace = try Workplace()
    try FileManager.default.createDirectory(
      atPath: workplace.folder.path("plugins"), withIntermediateDirectories: true)
    for name in Self.names {
      let folder = packageRoot.appending(path: "plugins/\(name)").path(percentEncoded: false)
      try FileManager.default.copyItem(
        atPath: folder, toPath: workplace.folder.path("plugins/\(name)"))
    }
    let build = try workplace.shell("make -B -C plugins/knn-c CFLAGS='-O2 -Wall -Wextra -Werror'")
    #expect(build.exitCode == 0, "\(build.messages)")
  }

  /// Runs the program with the interpreter that has the libraries.
  func automl(_ arguments: String...) throws -> ChildProcess.Outcome {
    try ProgramRun.start(
      arguments, environment: ["PATH": PythonOracle.searchPath], directory: workplace.folder.path
    ).finish(timeLimit: 300)
  }
}

@Test(
  .enabled(if: PythonOracle.isAvailable),
  arguments: [
    ("knn-c", "40 promises: 35 kept, 5 untested"),
    ("lightgbm", "40 promises: 36 kept, 4 untested"),
    // MultinomialNB refuses values below 0.
    ("sklearn", "40 promises: 34 kept, 1 refused, 5 untested"),
  ])
func aPluginOfTheRepositoryKeepsItsPromises(name: String, summary: String) throws {
  let run = try RepositoryPlugins.shared.get().automl("plugin", "check", "plugins/\(name)")
  #expect(run.output.lines.filter { $0.hasPrefix("broken ") } == [])
  #expect(run.output.lines.last == summary)
  #expect(run.exitCode == 0)
}

@Test(.enabled(if: PythonOracle.isAvailable))
func pluginsOfAnyLanguageStandOnOneLeaderboard() throws {
  let plugins = try RepositoryPlugins.shared.get()
  let rooms = packageRoot.appending(path: "pipelines/data/rooms.csv").path(percentEncoded: false)
  try plugins.workplace.folder.write(
    """
    version: 1
    plugins: [plugins]
    data: {source: \(rooms), target: room}
    preprocess: [{use: impute}, {use: scale}]
    models:
      - {use: quasi-svm, with: {output_dim: 512}, tune: {}}
      - {use: lightgbm, with: {num_iterations: 30}, tune: {}}
      - {use: knn-c, tune: {}}
      - {use: sklearn, name: extra-trees, with: {n_estimators: 50}, tune: {}}
      - use: sklearn
        name: polynomial
        with: {classifier: svc, c: 10, arguments: {kernel: poly, degree: 2, class_weight: null}}
        tune: {}
      - {use: sklearn, name: misspelt, with: {classifier: ridge, arguments: {alfa: 2}}, tune: {}}
    search: {trials: 6}
    output: {dir: all}
    """, to: "all.yaml")
  let run = try plugins.automl("run", "all.yaml")
  #expect(run.exitCode == 0, "\(run.messages)")
  let board = try JSONSerialization.jsonObject(
    with: plugins.workplace.folder.data("all/leaderboard.json"))
  let entries = try #require((board as? [String: Any])?["entries"] as? [[String: Any]])
  let complete = entries.filter { $0["status"] as? String == "complete" }
  #expect(
    Set(complete.compactMap { $0["model"] as? String }) == [
      "baseline", "quasi-svm", "lightgbm", "knn-c", "extra-trees", "polynomial",
    ])
  for entry in complete where entry["model"] as? String != "baseline" {
    let accuracy = (entry["validation"] as? [String: Any])?["accuracy"] as? Double
    #expect(try #require(accuracy) > 0.9, "\(entry)")
  }
  let failed = entries.filter { $0["status"] as? String == "failed" }
  #expect(
    failed.compactMap { $0["reason"] as? String } == [
      "RidgeClassifier has no argument 'alfa'; it has: alpha, class_weight, copy_X, fit_intercept, "
        + "max_iter, positive, random_state, solver, tol"
    ])
}

/// The file of the winner is read by a process that has trained nothing.
@Test(
  .enabled(if: PythonOracle.isAvailable),
  arguments: [("lightgbm", "min_data_in_leaf: 3"), ("knn-c", "neighbors: 3"), ("sklearn", "")])
func aModelOfAnotherLanguagePredictsInAFreshProcess(name: String, with: String) throws {
  let plugins = try RepositoryPlugins.shared.get()
  let run = try plugins.automl(
    "run", "points.csv", "--target", "kind", "--output", name, "--plugin-path", "plugins", "--set",
    "name=\(name)", "--set", "models=[{use: \(name), with: {\(with)}, tune: {}}]", "--set",
    "search.trials=1")
  #expect(run.exitCode == 0, "\(run.messages)")
  let predictions = try plugins.automl(
    "predict", "\(name)/best.safetensors", "points.csv", "--plugin-path", "plugins")
  #expect(predictions.exitCode == 0, "\(predictions.messages)")
  let labels = try plugins.workplace.folder.text("points.csv").lines.dropFirst()
    .map { $0.split(separator: ",").last.map(String.init) }
  let right = zip(predictions.output.lines.dropFirst(), labels).count { $0 == $1 }
  #expect(right > 55)
  let missing = try plugins.automl("predict", "\(name)/best.safetensors", "points.csv")
  #expect(missing.exitCode == 2)
  #expect(missing.messages.contains("'\(name)'"))
}
