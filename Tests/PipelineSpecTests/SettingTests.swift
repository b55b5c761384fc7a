import HyperparameterSearch
import PipelineSpec
import PluginKit
import TabularData
import Testing

@Test func settingsReplaceAndCreateValues() throws {
  let settings = [
    "seed=7", "search.trials=5", "models[0].with.l2=0.5", "models[0].name=first",
    "split={folds: 3, test: 0}", "seed=8",
  ]
  let text = smallest("search: {trials: 50, use: random}")
  let pipeline = try read(text, set: settings)
  #expect(pipeline.seed == 8)
  #expect(pipeline.search.trials == 5)
  #expect(pipeline.search.use == .random)
  #expect(pipeline.models[0].fixed == ["l2": .real(0.5)])
  #expect(pipeline.models[0].name == "first")
  #expect(pipeline.split == SplitPlan(validation: 0, test: 0, folds: 3))
}

@Test func pathsInSettingsAreRelativeToTheCurrentFolder() throws {
  let pipeline = try read(smallest(), set: ["data.source=tables/a.csv", "data.target=-1"])
  #expect(pipeline.data.source == "tables/a.csv")
  #expect(pipeline.data.target == .position(-1))
  #expect(try read(smallest(), set: ["data.source=-"]).data.source == "-")
}

@Test func nullTakesAValueBackToItsDefault() throws {
  #expect(
    try read(smallest("search: {trials: 3}"), set: ["search.trials=null"]) == read(smallest()))
}

@Test func settingsCanMakeUpForWhatIsMissing() throws {
  let pipeline = try read(
    "version: 1\n",
    set: ["data.source=a.csv", "data.target=room", "models=[{use: linear-svm}]"])
  #expect(pipeline.data == TableOptions(source: "a.csv", target: .name("room")))
}

@Test(
  arguments: [
    ("search.trials=-5", "search.trials must be at least 1, got -5"),
    ("search.trials", "a setting has the form PATH=VALUE"),
    ("=5", "'' is no path of a setting"),
    ("search..trials=5", "'search..trials' is no path of a setting"),
    ("models[x].use=a", "'models[x].use' is no path of a setting"),
    ("serach.trials=5", "unknown key 'serach' at the top level"),
    ("modles[0].use=x", "unknown key 'modles' at the top level"),
    ("models[1].use=mlp-svm", "there is no models[1]: models has 1 element"),
    ("models.use=mlp-svm", "models must be a mapping for this setting, got a list"),
    ("data[0]=a", "data must be a list for this setting, got a mapping"),
    ("preprocess[0].use=impute", "preprocess must be a list for this setting, got nothing"),
    ("version.major=1", "version must be a mapping for this setting, got 1"),
    ("seed=[1", "this is not YAML: did not find expected ',' or ']' while parsing a flow sequence"),
    ("seed=*a", "there is no anchor '&a' before this alias"),
    ("seed={a: 1, a: 2}", "the key 'a' appears twice"),
  ])
func eachWrongSettingIsCited(setting: String, expected: String) throws {
  #expect(try headings(smallest(), set: [setting]) == ["--set \(setting): \(expected)"])
}

@Test func messagesAboutSettingsComeAfterThoseOfTheFile() throws {
  #expect(
    try messages(smallest("sed: 1"), set: ["search.tirals=5", "data.target"]) == """
      pipelines/toy.yaml:4:1: error: unknown key 'sed' at the top level
          4 | sed: 1
            | ^~~ did you mean 'seed'? allowed: version, name, seed, data, split, preprocess, labels, \
      plugins, models, search, calibration, ensemble, choose, decision, refit, evaluate, output
      --set data.target: error: a setting has the form PATH=VALUE
            = for example --set search.trials=50
      --set search.tirals=5: error: unknown key 'tirals' in search
            = did you mean 'trials'? allowed: use, metric, trials, pruning, time, trial_time, parallel, \
      warm_start
      3 errors; nothing was run
      """)
}
