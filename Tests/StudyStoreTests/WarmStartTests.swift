import Evaluation
import Foundation
import PluginKit
import StudyStore
import TestSupport
import Testing

/// Has Optuna make a study; `body` gets `storage`, and space to sample from.
private func makeOptunaStudy(_ path: String, _ body: String) throws {
  _ = try PythonOracle.run(
    """
    import optuna, sys
    optuna.logging.set_verbosity(optuna.logging.CRITICAL)
    storage = "sqlite:///" + sys.argv[1]
    \(body)
    """, arguments: [path])
}

@Test(.enabled(if: PythonOracle.isAvailable))
func trialsOfAStudyThatOptunaMadeAreTakenOver() throws {
  let folder = try TemporaryFolder()
  let path = folder.path("optuna.db")
  try makeOptunaStudy(
    path,
    """
    study = optuna.create_study(storage=storage, study_name="o", direction="maximize")
    def objective(trial):
        model = trial.suggest_categorical("model", ["deep", "quasi-svm", "forest"])
        if model == "forest":
            trial.suggest_int("forest.trees", 1, 9)
            return 0.5
        if model == "deep":
            trial.suggest_categorical("deep.hidden", ["[64]", "[128, 64]"])
            trial.suggest_categorical("deep.dropout", ["auto", 0.5, True])
            trial.suggest_int("deep.depth", 1, 12)
            trial.suggest_float("deep.rate", -1, 1)
            return 0.75
        trial.suggest_int("quasi-svm.output_dim", 64, 4822, log=True)
        trial.suggest_float("quasi-svm.scale", 0.1, 100, log=True)
        trial.suggest_categorical("quasi-svm.kernel", ["gaussian"])
        if trial.number == 5: raise optuna.TrialPruned()
        if trial.number == 6: raise ValueError()
        return 0.1 + trial.number
    for params in [
        {"model": "quasi-svm", "quasi-svm.output_dim": 100, "quasi-svm.scale": 0.3},
        {"model": "forest", "forest.trees": 3},
        {"model": "deep", "deep.hidden": "[128, 64]", "deep.dropout": True, "deep.depth": 9, "deep.rate": -0.1},
        {"model": "deep", "deep.hidden": "[64]", "deep.dropout": 0.5, "deep.depth": 10, "deep.rate": 0.0},
        {"model": "deep", "deep.hidden": "[64]", "deep.dropout": "auto", "deep.depth": 1, "deep.rate": 1.0},
        {"model": "quasi-svm", "quasi-svm.output_dim": 200, "quasi-svm.scale": 3.0},
        {"model": "quasi-svm", "quasi-svm.output_dim": 300, "quasi-svm.scale": 3.0},
    ]:
        study.enqueue_trial(params)
    study.optimize(objective, n_trials=7, catch=(ValueError,))
    study.ask()
    """)
  let (found, notes) = try WarmStart.read(path, metric: .accuracy, space: smallSpace)
  func deep(_ hidden: [Int], _ dropout: ParameterValue, _ depth: Int, _ rate: Double)
    -> SearchPoint
  {
    SearchPoint(
      entry: "deep",
      coordinates: [
        .init("hidden", .integers(hidden)), .init("dropout", dropout),
        .init("depth", .integer(depth)), .init("rate", .real(rate)),
      ])
  }
  #expect(
    found.trials == [
      .init(
        point: SearchPoint(
          entry: "quasi-svm",
          coordinates: [.init("output_dim", .integer(100)), .init("scale", .real(0.3))]),
        value: 0.1),
      .init(point: deep([128, 64], .flag(true), 9, -0.1), value: 0.75),
      .init(point: deep([64], .automatic, 1, 1), value: 0.75),
    ])
  #expect(
    notes == [
      "1 trial without a value of 'quasi-svm.loss'",
      "1 trial without a value of 'preprocess.scale.method'",
      "passed over 'quasi-svm.kernel' in 1 trial: it is not searched",
      "left out 1 trial of 'forest', which models does not name",
      "left out 1 trial outside of the values of 'deep.depth'",
    ])
  #expect(WarmStart(json: found.json) == found)
}

@Test func trialsOfAnEarlierStudyOfOursAreTakenOver() throws {
  let folder = try TemporaryFolder()
  let store = try SQLiteTrialStore.create(folder.path("study.db"), smallStudy)
  for number in 0..<14 {
    let claim = try #require(try store.claim(through: number, by: .current))
    try store.finish(claim, smallRecord(number))
  }
  // Also while it runs, and by its folder.
  let (found, notes) = try WarmStart.read(folder.path, metric: .accuracy, space: smallSpace)
  let complete = [1, 2, 3, 7, 8, 9, 10]
  #expect(found.trials.map(\.point) == complete.map(smallPoint))
  #expect(found.trials.map(\.value) == complete.map { 1 - 1 / Double($0 + 3) })
  #expect(notes == ["5 trials without a value of 'preprocess.scale.method'"])
  let (_, otherNotes) = try WarmStart.read(folder.path, metric: .macroF1, space: smallSpace)
  #expect(
    otherNotes.first
      == "the trials of the earlier study were judged by accuracy, those of this one are by macro_f1"
  )
}

@Test(.enabled(if: PythonOracle.isAvailable))
func withOneEntryParametersNeedNoNameOfIt() throws {
  let folder = try TemporaryFolder()
  let path = folder.path("optuna.db")
  try makeOptunaStudy(
    path,
    """
    study = optuna.create_study(storage=storage, direction="minimize")
    study.optimize(lambda trial: trial.suggest_float("l2", 1e-6, 1, log=True), n_trials=3)
    """)
  let one = SearchSpace(entries: [
    .init(
      name: "linear-svm",
      dimensions: [SearchDimension(name: "l2", domain: .real(1e-6...1, log: true))])
  ])
  let (found, notes) = try WarmStart.read(path, metric: .logLoss, space: one)
  #expect(found.trials.map(\.point["l2"]) == found.trials.map { .real($0.value) })
  #expect(found.trials.count == 3)
  #expect(notes.isEmpty)
  let (none, missing) = try WarmStart.read(path, metric: .logLoss, space: smallSpace)
  #expect(none.trials.isEmpty)
  #expect(missing == ["left out 3 trials without a parameter 'model' that says which entry it is"])
  #expect(
    message { _ = try WarmStart.read(path, metric: .accuracy, space: one) }
      == "'\(path)' is no study of this program: it has the objectives minimize, and accuracy needs "
      + "maximize")
}

@Test func whatIsNoStudyGivesNoTrials() throws {
  let folder = try TemporaryFolder()
  func said(_ name: String) -> String? {
    message {
      _ = try WarmStart.read(folder.path(name), metric: .accuracy, space: smallSpace)
    }
  }
  #expect(said("absent.db") == "there is no study at '\(folder.path("absent.db"))'")
  try folder.write("a,b\n", to: "run/leaderboard.csv")
  #expect(said("run") == "there is no study at '\(folder.path("run/study.db"))'")
  try folder.write("", to: "empty.db")
  #expect(
    said("empty.db")
      == "'\(folder.path("empty.db"))' is no study of this program: it has no tables of Optuna's")
}
