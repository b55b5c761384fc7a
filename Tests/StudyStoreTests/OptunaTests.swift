import Evaluation
import Foundation
import PluginKit
import StudyStore
import TestSupport
import Testing

/// Python's answer to a script that is given the path of a study, as JSON.
private func optuna(_ script: String, _ path: String) throws -> JSONValue {
  let preamble = """
    import json, optuna, sys
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    storage = "sqlite:///" + sys.argv[1]

    """
  return try JSONValue(
    parsing: PythonOracle.run(preamble + script, arguments: [path]))
}

/// A closed study with the small records of some trials, of which one runs.
private func makeStudy(
  _ path: String, trials: Int, description: StudyDescription = smallStudy
) throws {
  let store = try SQLiteTrialStore.create(path, description)
  for number in 0...trials {
    let claim = try #require(try store.claim(through: number, by: .current))
    let record = smallRecord(number)
    try store.begin(claim, model: record.model, at: record.point)
    if number < trials { try store.finish(claim, record) }
  }
  try store.setAttribute("fingerprint", .object([("data", .string("sha256:∑"))]))
  try store.close()
}

@Test(.enabled(if: PythonOracle.isAvailable))
func theTablesAreThoseThatOptunaMakes() throws {
  let folder = try TemporaryFolder()
  try makeStudy(folder.path("study.db"), trials: 3)
  let answer = try optuna(
    """
    import os, re, sqlite3
    optuna.create_study(storage=storage + ".optuna", study_name="other", direction="maximize")
    def contents(path):
        database = sqlite3.connect(path)
        statements = database.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name, type")
        tables = [[kind, name, re.sub(r"\\s+", " ", sql or "")] for kind, name, sql in statements]
        versions = [list(database.execute("SELECT * FROM " + table))
                    for table in ["version_info", "alembic_version", "study_directions"]]
        return tables + versions
    print(json.dumps([contents(sys.argv[1]), contents(sys.argv[1] + ".optuna")]))
    """, folder.path("study.db"))
  #expect(answer.array?[0].text == answer.array?[1].text)
}

@Test(.enabled(if: PythonOracle.isAvailable)) func optunaReadsEveryTrial() throws {
  let folder = try TemporaryFolder()
  try makeStudy(folder.path("study.db"), trials: 21)
  let answer = try optuna(
    """
    study = optuna.load_study(study_name=None, storage=storage)
    def values(t):
        return {"state": t.state.name, "value": t.value, "params": t.params,
                "steps": {str(step): repr(value) for step, value in t.intermediate_values.items()},
                "accuracy": t.user_attrs.get("validation.accuracy"),
                "plugin": t.user_attrs.get("plugin"), "ended": t.datetime_complete is not None}
    print(json.dumps({
        "name": study.study_name, "direction": study.direction.name,
        "numbers": [t.number for t in study.trials], "trials": [values(t) for t in study.trials],
        "best": study.best_trial.number, "attribute": study.user_attrs["fingerprint"]}))
    """, folder.path("study.db"))
  #expect(answer["name"] == .string("small"))
  #expect(answer["direction"] == .string("MAXIMIZE"))
  #expect(answer["numbers"] == .array((0...21).map { .integer($0) }))
  #expect(answer["attribute"] == .object([("data", .string("sha256:∑"))]))
  // Trials whose number leaves 4, 5 or 6 when divided by 7 are not complete; later ones are better.
  #expect(answer["best"] == .integer(17))
  for (number, trial) in (answer["trials"]?.array ?? []).enumerated() {
    let record = smallRecord(number)
    let states = ["COMPLETE", "COMPLETE", "COMPLETE", "COMPLETE", "FAIL", "FAIL", "PRUNED"]
    let isRunning = number == 21
    #expect(trial["state"]?.string == (isRunning ? "RUNNING" : states[number % 7]))
    #expect(trial["ended"] == .bool(!isRunning))
    let accuracy = isRunning ? nil : record.result?.validation[.accuracy]
    #expect(trial["value"]?.number == accuracy)
    #expect(trial["accuracy"]?.number == accuracy)
    #expect(trial["plugin"]?.string == (isRunning ? nil : record.plugin))
    #expect(trial["params"]?["model"]?.string == record.model)
    for coordinate in record.point.coordinates {
      let name = "\(record.point.entry).\(coordinate.name)"
      let value = trial["params"]?[name]
      switch coordinate.value {
      case .real(let real): #expect(value?.number == real)
      case .integers: #expect(value == .string(coordinate.value.json.text))
      default: #expect(value == coordinate.value.json)
      }
    }
    #expect(trial["params"]?.members?.count == 1 + record.point.coordinates.count)
  }
  // The means over the fits that reached the epoch; only the second of two has monitor rows.
  let steps = answer["trials"]?.array?[3]["steps"]
  #expect(steps?["1"] == .string("0.3"))
  #expect(steps?["2"] == .string("0.35"))
  #expect(steps?["4"] == .string("0.4"))
}

@Test(.enabled(if: PythonOracle.isAvailable))
func ofEquallyGoodTrialsOptunasBestIsOurs() throws {
  let folder = try TemporaryFolder()
  let path = folder.path("study.db")
  let store = try SQLiteTrialStore.create(path, smallStudy)
  for number in 0..<9 {
    let claim = try #require(try store.claim(through: number, by: .current))
    let values = MetricValues([(.accuracy, [2, 4, 7].contains(number) ? 0.9 : 0.5)])
    let record = smallRecord(number)
    try store.finish(
      claim,
      TrialRecord(
        number: number, model: record.model, plugin: record.plugin, point: record.point,
        parameters: record.parameters,
        outcome: .complete(
          TrialResult(
            validation: values, interval: ConfidenceInterval(low: 0, high: 1),
            calibration: .temperature(TemperatureScaling(beta: 1)), trainableParameters: 1,
            modelBytes: 1,
            predictMicrosecondsPerRow: 1, bestEpochs: [], reports: [])),
        fitSeconds: 1))
  }
  let script = """
    study = optuna.load_study(study_name=None, storage=storage)
    print(json.dumps([study.best_trial.number, [t.number for t in study.trials]]))
    """
  let before = try store.list().map { everything(in: $0) }
  for best in [7, 4] {
    try store.setBest(best)
    #expect(
      try optuna(script, path) == .array([.integer(best), .array((0..<9).map { .integer($0) })]))
    #expect(try store.list().map { everything(in: $0) } == before)
  }
  // The numbers of later trials are as free as before.
  #expect(try store.claim(9...12, by: .current).map(\.number) == [9, 10, 11, 12])
}

@Test(.enabled(if: PythonOracle.isAvailable)) func optunasImportanceRuns() throws {
  let folder = try TemporaryFolder()
  try makeStudy(folder.path("study.db"), trials: 30)
  let answer = try optuna(
    """
    study = optuna.load_study(study_name=None, storage=storage)
    dims = ["quasi-svm.output_dim", "quasi-svm.scale", "quasi-svm.loss"]
    print(json.dumps([optuna.importance.get_param_importances(study),
                      optuna.importance.get_param_importances(study, params=dims)]))
    """, folder.path("study.db"))
  #expect(answer.array?[0]["model"] != nil)
  #expect(
    answer.array?[1].members?.map(\.0).sorted() == [
      "quasi-svm.loss", "quasi-svm.output_dim", "quasi-svm.scale",
    ])
}

@Test(.enabled(if: PythonOracle.isAvailable)) func optunasDashboardServesAStudy() throws {
  let folder = try TemporaryFolder()
  try makeStudy(folder.path("study.db"), trials: 14)
  let answer = try optuna(
    """
    import optuna_dashboard, threading, urllib.request, wsgiref.simple_server as wsgi
    class Quiet(wsgi.WSGIRequestHandler):
        def log_message(self, *arguments): pass
    server = wsgi.make_server("127.0.0.1", 0, optuna_dashboard.wsgi(storage), handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    def get(path):
        address = "http://127.0.0.1:%d/api/%s" % (server.server_port, path)
        return json.load(urllib.request.urlopen(address, timeout=60))
    study = get("studies/1?after=0")
    print(json.dumps({
        "studies": [s["study_name"] for s in get("studies")["study_summaries"]],
        "states": [t["state"] for t in study["trials"]],
        "best": [t["number"] for t in study["best_trials"]],
        "curves": study["has_intermediate_values"]}))
    """, folder.path("study.db"))
  let states = ["Complete", "Complete", "Complete", "Complete", "Fail", "Fail", "Pruned"]
  #expect(answer["studies"] == .array([.string("small")]))
  #expect(answer["states"] == .array((states + states + ["Running"]).map { .string($0) }))
  #expect(answer["best"] == .array([.integer(10)]))
  #expect(answer["curves"] == .bool(true))
}

@Test(.enabled(if: PythonOracle.isAvailable))
func notesThatOptunaAddsChangeNothing() throws {
  let folder = try TemporaryFolder()
  let path = folder.path("study.db")
  try makeStudy(path, trials: 7)
  _ = try optuna(
    """
    study = optuna.load_study(study_name=None, storage=storage)
    study.set_user_attr("note", "from Optuna")
    study._storage.set_study_system_attr(study._study_id, "dashboard:note:1", "text")
    print("null")
    """, path)
  let store = try SQLiteTrialStore.open(path, for: smallStudy)
  #expect(
    try store.list().map { everything(in: $0) }
      == (0..<7).map { everything(in: smallRecord($0)) })
}

@Test(.enabled(if: PythonOracle.isAvailable))
func aTrialThatOptunaAddedIsNotTakenForOurs() throws {
  let folder = try TemporaryFolder()
  let path = folder.path("study.db")
  try makeStudy(path, trials: 3)
  _ = try optuna(
    """
    study = optuna.load_study(study_name=None, storage=storage)
    trial = study.ask()
    study.tell(trial, 0.75)
    print("null")
    """, path)
  let store = try SQLiteTrialStore.open(reading: path)
  #expect(
    message { _ = try store.list() }
      == "'\(path)' is damaged: trial 4 was not written by this program; put a copy of the file in its "
      + "place, or start anew with --fresh or --output")
}

@Test(.enabled(if: PythonOracle.isAvailable))
func aNewEntryLeavesOptunaOneSetOfModels() throws {
  let folder = try TemporaryFolder()
  let path = folder.path("study.db")
  try makeStudy(path, trials: 6)
  let larger = StudyDescription(
    name: "small", metric: .accuracy,
    space: SearchSpace(
      entries: smallSpace.entries + [.init(name: "linear-svm", dimensions: [])]))
  let store = try SQLiteTrialStore.open(path, for: larger)
  let claim = try #require(try store.claim(7...7, by: .current).first)
  let point = SearchPoint(entry: "linear-svm", coordinates: [])
  try store.begin(claim, model: "linear-svm", at: point)
  #expect(try store.list().count == 6)
  try store.close()
  let answer = try optuna(
    """
    study = optuna.load_study(study_name=None, storage=storage)
    print(json.dumps([[t.params["model"] for t in study.trials],
                      sorted({json.dumps(t.distributions["model"].choices) for t in study.trials})]))
    """, path)
  #expect(answer.array?[0].array?.last == .string("linear-svm"))
  #expect(answer.array?[0].array?.first == .string("baseline"))
  #expect(
    answer.array?[1]
      == .array([.string(#"["baseline", "quasi-svm", "deep", "linear-svm"]"#)]))
}
