import PipelineSpec
import PluginKit
import Testing

@Test func resolvedPipelineReadsBackAsTheSame() throws {
  let texts = [everything, smallest("refit: none"), smallest(models: "[{use: quasi-svm}]")]
  for text in texts {
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
              min: 1.0e-06
              max: 1.0
              log: true
              steps: 5
      search:
        use: tpe
        metric: accuracy
        trials: 100
        pruning: none
        parallel: 8
      calibration: temperature
      choose: best
      refit: train+validation
      evaluate:
        test: best-of-each
      output:
        dir: runs/toy

      """)
}

@Test func whatIsAskedOfTheBestModelsIsKept() throws {
  let settings = ["evaluate.svm_check={}", "evaluate.explain=true"]
  let pipeline = try read(smallest(), set: settings)
  #expect(pipeline.svmCheckRows == 2_000 && pipeline.explains)
  #expect(
    pipeline.resolved["evaluate"]
      == .object([
        ("test", .string("best-of-each")), ("svm_check", .object([("rows", .integer(2_000))])),
        ("explain", .bool(true)),
      ]))
  let again = try read(yamlText(pipeline.resolved))
  #expect(again.svmCheckRows == 2_000 && again.explains)
  let plain = try read(smallest())
  #expect(plain.svmCheckRows == nil && !plain.explains)
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
