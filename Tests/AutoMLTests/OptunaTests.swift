import Foundation
import PluginKit
import TestSupport
import Testing

@Test(.enabled(if: PythonOracle.isAvailable)) func optunaLoadsARunsStudy() throws {
  let workplace = try Workplace()
  let run = try workplace.automl(
    "run", "points.csv", "--target", "kind", "--set", "search.trials=12", "--quiet")
  #expect(run.exitCode == 0, "\(run.messages)")
  let folder = workplace.folder.path("runs/points")
  let answer = try JSONValue(
    parsing: PythonOracle.run(
      """
      import json, optuna, sys
      optuna.logging.set_verbosity(optuna.logging.ERROR)
      study = optuna.load_study(study_name=None, storage="sqlite:///" + sys.argv[1] + "/study.db")
      leaderboard = json.load(open(sys.argv[1] + "/leaderboard.json"))
      entries = {entry["trial"]: entry for entry in leaderboard["entries"]}
      states = {"complete": "COMPLETE", "pruned": "PRUNED"}
      differences = []
      for trial in study.trials:
          entry = entries.pop(trial.number)
          name = entry["model"]
          expected = [states.get(entry["status"], "FAIL"), name,
                      entry["validation"].get(leaderboard["metric"])]
          found = [trial.state.name, trial.params["model"], trial.value]
          for parameter, value in trial.params.items():
              if parameter != "model":
                  expected.append(entry["parameters"][parameter.removeprefix(name + ".")])
                  found.append(json.loads(value) if str(value).startswith("[") else value)
          for column in ["plugin", "trainable_parameters", "fit_seconds", "model_bytes"]:
              expected.append(entry[column])
              found.append(trial.user_attrs.get(column))
          if expected != found:
              differences.append([trial.number, expected, found])
      best = leaderboard["entries"][0]
      print(json.dumps({
          "differences": differences, "missing": list(entries), "trials": len(study.trials),
          "best": [study.best_trial.number == best["trial"],
                   study.best_value == best["validation"][leaderboard["metric"]]],
          "importances": len(optuna.importance.get_param_importances(study)) > 0}))
      """, arguments: [folder]))
  #expect(answer["differences"] == .array([]))
  #expect(answer["missing"] == .array([]))
  #expect(answer["trials"] == .integer(13))
  #expect(answer["best"] == .array([.bool(true), .bool(true)]))
  #expect(answer["importances"] == .bool(true))
}

@Test(.enabled(if: PythonOracle.isAvailable)) func aRunStartsFromAStudyOfOptunas() throws {
  let workplace = try Workplace()
  _ = try PythonOracle.run(
    """
    import optuna, sys
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(storage="sqlite:///" + sys.argv[1], direction="maximize")
    def objective(trial):
        trial.suggest_categorical("model", ["linear-svm"])
        return -abs(trial.suggest_float("linear-svm.l2", 1e-7, 1.0, log=True) - 0.25)
    study.enqueue_trial({"model": "linear-svm", "linear-svm.l2": 1e-7})
    study.optimize(objective, n_trials=20)
    """, arguments: [workplace.folder.path("optuna.db")])
  let run = try workplace.automl(
    "run", "points.csv", "--target", "kind", "--set", "search.trials=5", "--set",
    "models=[{use: linear-svm, tune: {l2: {min: 1.0e-6, max: 1.0, log: true}}}]", "--set",
    "search.warm_start=optuna.db")
  #expect(run.exitCode == 0, "\(run.messages)")
  let notes = [
    "starts from 19 trials of an earlier study",
    "search.warm_start: left out 1 trial outside of the values of 'linear-svm.l2'",
  ]
  for note in notes { #expect(run.messages.contains(note), "\(run.messages)") }
  // The run folder is enough to run it again.
  try FileManager.default.removeItem(atPath: workplace.folder.path("optuna.db"))
  let again = try workplace.automl("reproduce", "runs/points")
  #expect(again.exitCode == 0, "\(again.messages)")
  #expect(again.output.hasPrefix("same leaderboard of 6 trials, same "))
}
