import PipelineSpec
import PluginKit
import Testing

private let everything = """
  version: 1
  name: "no"
  seed: 7
  data:
    source: /tables/rooms.csv
    target: "3"
    test: /tables/more rooms.csv
    header: true
    columns: {"*": numeric, "a: b": ignore, "ü\\n#": date}
    weights: balanced
    missing_label: drop
    classes: [001, no, "~", ""]
  split: {method: group, by: 2, folds: 4, repeats: 2}
  preprocess:
    - use: impute
      with: {numeric: constant, constant: 1e-7}
    - use: one-hot
      tune: {max_categories: {min: 8, max: 64, log: true, steps: 3}}
  models:
    - use: quasi-svm
      with: {scale: auto, orthogonal: true}
      tune:
        epochs: {min: 5, max: 50}
        solver: {choices: [auto, adam]}
        l2: {choices: [0.1, 1e-20, 1]}
    - use: quasi-svm
      name: default space
    - use: mlp-svm
      with: {hidden: [128, 64]}
      tune: {}
  search: {use: grid, metric: log_loss, trials: 12, time: 1h30m, trial_time: 2.5, parallel: 2}
  refit: none
  evaluate: {test: winner}
  output: {dir: runs/a b}

  """

@Test func resolvedPipelineReadsBackAsTheSame() throws {
  for text in [everything, smallest(), smallest(models: "[{use: quasi-svm}]")] {
    let first = try read(text, set: ["data.source=/tables/rooms.csv"])
    let written = yamlText(first.resolved)
    let second = try read(written)
    #expect(second == first)
    #expect(yamlText(second.resolved) == written)
  }
}

@Test func resolvedPipelineIsWrittenInTheOrderOfTheFile() throws {
  let text = smallest(
    models: "[{use: linear-svm, name: yes, tune: {l2: {min: 1e-6, max: 1, log: true}}}]")
  #expect(
    yamlText(try read(text, set: ["data.source=/rooms.csv"]).resolved) == """
      version: 1
      name: toy
      seed: 0
      data:
        source: /rooms.csv
        target: room
        header: auto
        columns: {}
        weights: none
        missing_label: error
      split:
        method: stratified
        validation: 0.2
        test: 0.2
        repeats: 1
      preprocess: []
      labels: one-hot
      models:
        - use: linear-svm
          name: "yes"
          with: {}
          tune:
            l2:
              min: 1e-06
              max: 1.0
              log: true
              steps: 5
      search:
        use: tpe
        metric: accuracy
        trials: 100
        pruning: none
        parallel: 8
      refit: train+validation
      evaluate:
        test: best-of-each
      output:
        dir: runs/toy

      """)
}

@Test func relativeTablesAreWrittenFromTheRootFolder() throws {
  let source = try read(smallest()).resolved["data"]?["source"]?.string ?? ""
  #expect(source.hasPrefix("/"))
  #expect(source.hasSuffix("/pipelines/rooms.csv"))
  #expect(try read(smallest(), set: ["data.source=-"]).resolved["data"]?["source"] == .string("-"))
}

@Test func nestedListsAndTextsAreWrittenAsYAML() {
  let value = JSONValue.object([
    (
      "lists",
      .array([.array([.integer(1), .integer(2)]), .object([("a", .null), ("b", .array([]))])])
    ),
    ("texts", .array([.string("1"), .string("a b"), .string("-"), .string("\u{85}\"\\")])),
  ])
  #expect(
    yamlText(value) == #"""
      lists:
        - [1, 2]
        - a: null
          b: []
      texts: ["1", "a b", "-", "\U00000085\"\\"]

      """#)
}
