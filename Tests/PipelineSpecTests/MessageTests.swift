import Testing

@Test func fiveMistakesGiveFiveMessagesInTheOrderOfTheFile() throws {
  let text = """
    version: 1
    data:
      source: rooms.csv
      target: room
    models:
      - use: quasi-svn
      - use: quasi-svm
        name: fourier
        with: {l2: -1, kernel: gausian}
        tune:
          outputdim: {min: 64, max: 4822, log: true}
    search: {trials: -5}

    """
  #expect(
    try messages(text) == """
      pipelines/toy.yaml:6:10: error: models[0].use names no plugin: 'quasi-svn'
          6 |   - use: quasi-svn
            |          ^~~~~~~~~ did you mean 'quasi-svm'? there are: quasi-svm, linear-svm, mlp-svm
      pipelines/toy.yaml:9:16: error: models[1].with.l2 must be a number from 0 to 100, got -1
          9 |     with: {l2: -1, kernel: gausian}
            |                ^~
      pipelines/toy.yaml:9:28: error: models[1].with.kernel must be one of gaussian, laplacian, got 'gausian'
          9 |     with: {l2: -1, kernel: gausian}
            |                            ^~~~~~~ did you mean 'gaussian'?
      pipelines/toy.yaml:11:7: error: unknown key 'outputdim' in models[1].tune
         11 |       outputdim: {min: 64, max: 4822, log: true}
            |       ^~~~~~~~~ did you mean 'output_dim'? quasi-svm tunes: kernel, loss, output_dim, scale, l2, epochs, solver, orthogonal
      pipelines/toy.yaml:12:18: error: search.trials must be at least 1, got -5
         12 | search: {trials: -5}
            |                  ^~
      5 errors; nothing was run
      """)
}

@Test func duplicateKeyNamesBothLines() throws {
  let text = """
    version: 1
    seed: 1
    data: {source: rooms.csv, target: room}
    models: [{use: linear-svm}]
    seed: 2

    """
  #expect(
    try messages(text) == """
      pipelines/toy.yaml:5:1: error: the key 'seed' appears twice
          5 | seed: 2
            | ^~~~ it stands on line 2, too
      1 error; nothing was run
      """)
}

@Test func syntaxErrorSaysWhereReadingStopped() throws {
  let text = """
    version: 1
    data: {source: rooms.csv, target: room
    models: [{use: linear-svm}]

    """
  #expect(
    try messages(text) == """
      pipelines/toy.yaml:3:7: error: this is not YAML: did not find expected ',' or '}' \
      while parsing a flow mapping
          3 | models: [{use: linear-svm}]
            |       ^ it starts on line 2
      1 error; nothing was run
      """)
}

/// Columns count characters, not bytes: the text before the key has three bytes for each of its letters.
@Test func columnsCountCharacters() throws {
  let text = "version: 1\n" + "data: {source: 部屋.csv, target: room, tset: 1}\n"
  #expect(
    try messages(text + "models: [{use: linear-svm}]\n") == """
      pipelines/toy.yaml:2:38: error: unknown key 'tset' in data
          2 | data: {source: 部屋.csv, target: room, tset: 1}
            |                                      ^~~~ did you mean 'test'? allowed: source, target, \
      test, header, columns, weights, missing_label, classes
      1 error; nothing was run
      """)
}

@Test func whatIsMissingIsListedWithExamples() throws {
  #expect(
    try messages("seed: 3\n") == """
      pipelines/toy.yaml:1:1: error: version is missing
          1 | seed: 3
            | ^ write version: 1
      pipelines/toy.yaml:1:1: error: data is missing
          1 | seed: 3
            | ^ data: {source: table.csv, target: label}
      pipelines/toy.yaml:1:1: error: models is missing
          1 | seed: 3
            | ^ a list such as [{use: quasi-svm}]
      3 errors; nothing was run
      """)
  #expect(
    try headings("version: 1\ndata: {target: room}\nmodels: []\n") == [
      "2:1: data.source is missing",
      "3:9: models must be a list of at least 1 model, got an empty list",
    ])
  #expect(try headings("# nothing\n") == ["1:1: the pipeline is empty"])
}

@Test(
  arguments: [
    ("name: a/b", "4:7: name must be a name without '/', got 'a/b'"),
    ("name: 2024", "4:7: name must be text, got 2024"),
    ("seed: -1", "4:7: seed must be at least 0, got -1"),
    ("seed: 1.5", "4:7: seed must be a whole number, got 1.5"),
    (
      "seed: 18446744073709551615",
      "4:7: seed must be a whole number from 0 to 9223372036854775807, got 18446744073709551615"
    ),
    ("labels: ordinal", "4:9: labels must be one-hot, got 'ordinal'"),
    ("search: tpe", "4:9: search must be a mapping, got 'tpe'"),
    ("search: {use: tpee}", "4:15: search.use must be one of tpe, random, grid, got 'tpee'"),
    ("search: {pruning: median}", "4:19: search.pruning must be one of none, asha, got 'median'"),
    (
      "search: {metric: f1}",
      "4:18: search.metric must be one of accuracy, balanced_accuracy, macro_f1, "
        + "matthews_correlation, quadratic_kappa, top_2_accuracy, top_5_accuracy, roc_auc, "
        + "average_precision, log_loss, brier_score, calibration_error, got 'f1'"
    ),
    (
      "search: {time: 5x}",
      "4:16: search.time must be a time above 0 such as 90s, 5m or 1h30m, got '5x'"
    ),
    (
      "search: {time: 0}",
      "4:16: search.time must be a time above 0 such as 90s, 5m or 1h30m, got 0"
    ),
    (
      "search: {trial_time: .inf}",
      "4:22: search.trial_time must be a time above 0 such as 90s, 5m or 1h30m, got .inf"
    ),
    ("split: {folds: 5}\nrefit: none", "5:8: refit: none and split.folds don't go together"),
    ("refit: train", "4:8: refit must be one of none, train+validation, got 'train'"),
    (
      "evaluate: {test: best}",
      "4:18: evaluate.test must be one of best-of-each, winner, all, none, got 'best'"
    ),
    (
      "evaluate: {svm_check: {rows: 5}}",
      "4:30: evaluate.svm_check.rows must be from 10 to 20000, got 5"
    ),
    (
      "evaluate: {svm_check: true}",
      "4:23: evaluate.svm_check must be a mapping, got true"
    ),
    ("evaluate: {explain: yes}", "4:21: evaluate.explain must be true or false, got 'yes'"),
    ("output: {exports: onnx}", "4:10: unknown key 'exports' in output"),
    ("output: {export: onnx}", "4:18: output.export must be a list of formats, got 'onnx'"),
    (
      "output: {export: [{use: onnx}, {use: onnx}]}",
      "4:38: output.export[1].use is 'onnx' like output.export[0].use"
    ),
    ("report: [a]", "4:1: unknown key 'report' at the top level"),
    ("preprocess: impute", "4:13: preprocess must be a list of steps, got 'impute'"),
    ("preprocess: [{use: scale}]", "4:20: preprocess[0].use names no step: 'scale'"),
    (
      "preprocess: [{use: impute}, {use: impute}]",
      "4:35: preprocess[1].use is 'impute' like preprocess[0].use"
    ),
    (
      "preprocess: [{use: one-hot, with: {max_categories: many}}]",
      "4:52: preprocess[0].with.max_categories must be a whole number from 1 to 1000, got 'many'"
    ),
    (
      "a: !!str b",
      "4:1: unknown key 'a' at the top level|4:4: tags are not supported, got 'tag:yaml.org,2002:str'"
    ),
    ("<<: {seed: 1}", "4:1: merge keys (<<) are not supported"),
    ("[1]: 2", "4:1: a key must be text"),
    ("seed: *one", "4:7: there is no anchor '&one' before this alias"),
    ("---\nversion: 1", "4:1: a second document starts here, and a pipeline is one"),
  ])
func eachMistakeHasItsMessage(line: String, expected: String) throws {
  #expect(try headings(smallest(line)).joined(separator: "|") == expected)
}

@Test func costsAreNumbersByClasses() throws {
  let text = """
    version: 1
    data: {source: rooms.csv, target: room, classes: [attic, cellar]}
    models: [{use: linear-svm}]
    decision:
      tuned: true
      costs: {atic: {cellar: 2}, cellar: {attic: -1, cellar: much}}

    """
  #expect(
    try messages(text) == """
      pipelines/toy.yaml:5:3: error: unknown key 'tuned' in decision
          5 |   tuned: true
            |   ^~~~~ allowed: costs
      pipelines/toy.yaml:6:11: error: unknown key 'atic' in decision.costs
          6 |   costs: {atic: {cellar: 2}, cellar: {attic: -1, cellar: much}}
            |           ^~~~ did you mean 'attic'? classes: attic, cellar
      pipelines/toy.yaml:6:46: error: decision.costs.cellar.attic must be a number of at least 0, got -1
          6 |   costs: {atic: {cellar: 2}, cellar: {attic: -1, cellar: much}}
            |                                              ^~
      pipelines/toy.yaml:6:58: error: decision.costs.cellar.cellar must be a number of at least 0, got 'much'
          6 |   costs: {atic: {cellar: 2}, cellar: {attic: -1, cellar: much}}
            |                                                          ^~~~
      4 errors; nothing was run
      """)
  let plain = text.split(separator: "\n").prefix(3).joined(separator: "\n") + "\n"
  #expect(
    try messages(plain + "decision: {costs: [1]}\n").contains(
      "error: decision.costs must be a mapping, got a list"))
}
