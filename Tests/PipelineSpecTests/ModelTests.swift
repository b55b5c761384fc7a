import PipelineSpec
import PluginKit
import Testing

@Test func withoutTuneTheDeclaredSpaceIsSearched() throws {
  let entry = try read(smallest(models: "[{use: quasi-svm, with: {scale: 2}}]")).models[0]
  #expect(entry.fixed == ["scale": .real(2)])
  // epochs belongs to the solver adam, and the default is another.
  #expect(
    entry.tune == [
      SearchDimension(name: "output_dim", domain: .integer(64...4_096, log: true)),
      SearchDimension(name: "l2", domain: .real(1e-6...1, log: true)),
    ])
}

@Test func fixingTheSolverBringsItsParametersIntoTheSearch() throws {
  let entry = try read(smallest(models: "[{use: quasi-svm, with: {solver: adam}}]")).models[0]
  #expect(entry.tune.map(\.name) == ["output_dim", "scale", "l2", "epochs"])
  #expect(entry.tune.allSatisfy { $0.condition == nil })
}

@Test func emptyTuneSearchesNothing() throws {
  #expect(try read(smallest(models: "[{use: quasi-svm, tune: {}}]")).models[0].tune.isEmpty)
}

@Test func searchedParametersFollowTheOneTheirConditionPointsTo() throws {
  let models = """
    [{use: quasi-svm, tune: {epochs: {min: 5, max: 50, steps: 3}, solver: {choices: [auto, adam]}}}]
    """
  let dimensions = try read(smallest(models: models)).models[0].tune
  #expect(
    dimensions == [
      SearchDimension(name: "solver", domain: .choice([.text("auto"), .text("adam")])),
      SearchDimension(
        name: "epochs", domain: .integer(5...50), steps: 3,
        condition: ParameterDeclaration.Condition("solver", isOneOf: ["adam"])),
    ])
}

@Test func valuesHaveTheTypesThatThePluginDeclares() throws {
  let models = """
    [{use: quasi-svm, with: {loss: squared_hinge, output_dim: 1e3, scale: auto, l2: 1, orthogonal: true},
      tune: {}},
     {use: mlp_svm, name: deep, tune: {hidden: {choices: [[64], [128, 64]]}, l2: {choices: [0, 1]}}}]
    """
  let entries = try read(smallest(models: models)).models
  #expect(
    entries[0].fixed == [
      "loss": .text("squared-hinge"), "output_dim": .integer(1_000), "scale": .automatic,
      "l2": .real(1), "orthogonal": .flag(true),
    ])
  #expect(entries[1].use == "mlp-svm")
  #expect(entries[1].name == "deep")
  #expect(
    entries[1].tune.map(\.domain) == [
      .choice([.integers([64]), .integers([128, 64])]), .choice([.real(0), .real(1)]),
    ])
}

@Test func stepsAreSearchedAsModelsAre() throws {
  let steps = try read(
    smallest(
      """
      preprocess:
        - use: impute
          tune: {constant: {min: 0, max: 1}, numeric: {choices: [mean, constant]}}
      """)
  ).preprocess
  #expect(steps.map(\.use) == ["impute"])
  #expect(
    steps[0].tune == [
      SearchDimension(
        name: "numeric", domain: .choice([.text("mean"), .text("constant")])),
      SearchDimension(
        name: "constant", domain: .real(0...1),
        condition: ParameterDeclaration.Condition(
          "numeric", isOneOf: ["constant"])),
    ])
}

/// Entries of `models:` and what is said about the first of them, or the second where it has a number.
@Test(
  arguments: [
    ("{use: baseline}", "models[0]: baseline is always trial 0; leave it out"),
    ("{name: a}", "models[0].use is missing"),
    (
      "{use: linear-svm, name: baseline}",
      "models[0].name can't be 'baseline': that is the name of trial 0"
    ),
    (
      "{use: linear-svm}, {use: linear-svm}",
      "models[1].use is 'linear-svm' like models[0].use, and entries need different names"
    ),
    ("{use: linear-svm, tune: }", "models[0].tune is empty"),
    (
      "{use: linear-svm, tune: {l2: 0.1}}",
      "models[0].tune.l2 must be {min: …, max: …} or {choices: […]}, got 0.1"
    ),
    ("{use: linear-svm, tune: {l2: {min: 0.1}}}", "models[0].tune.l2.max is missing"),
    (
      "{use: linear-svm, tune: {l2: {min: 0.1, max: 200}}}",
      "models[0].tune.l2.max must be a number from 0 to 100, got 200"
    ),
    (
      "{use: linear-svm, tune: {l2: {min: 1, max: 0.1}}}",
      "models[0].tune.l2.min must be at most max, got min: 1.0 and max: 0.1"
    ),
    (
      "{use: linear-svm, tune: {l2: {min: 0, max: 1, log: true}}}",
      "models[0].tune.l2.min must be above 0 for log: true, got 0"
    ),
    (
      "{use: linear-svm, tune: {l2: {min: 1, max: .inf}}}",
      "models[0].tune.l2.max must be a number from 0 to 100, got .inf"
    ),
    (
      "{use: quasi-svm, tune: {scale: {min: auto, max: 1}}}",
      "models[0].tune.scale.min must be a number from 0.001 to 1000, got 'auto'"
    ),
    (
      "{use: quasi-svm, with: {scale: atuo}}",
      "models[0].with.scale must be a number from 0.001 to 1000, or auto, got 'atuo'"
    ),
    (
      "{use: quasi-svm, tune: {kernel: {choices: [gaussian, linear]}}}",
      "models[0].tune.kernel.choices[1] must be one of gaussian, laplacian, got 'linear'"
    ),
    (
      "{use: quasi-svm, tune: {kernel: {choices: [gaussian, gaussian]}}}",
      "models[0].tune.kernel.choices[1] is 'gaussian' like models[0].tune.kernel.choices[0]"
    ),
    (
      "{use: quasi-svm, tune: {kernel: {choices: []}}}",
      "models[0].tune.kernel.choices must be a list of at least 1 value, got an empty list"
    ),
    (
      "{use: quasi-svm, tune: {kernel: {min: 1, max: 2}}}",
      "models[0].tune.kernel must be {choices: […]}, got a mapping"
    ),
    (
      "{use: linear-svm, with: {l2: 1}, tune: {l2: {min: 1, max: 2}}}",
      "models[0].tune.l2 is searched, and l2 is fixed in with"
    ),
    ("{use: quasi-svm, with: {epochs: 5}}", "models[0].with.epochs is used only with solver: adam"),
    (
      "{use: quasi-svm, with: {solver: auto}, tune: {epochs: {min: 5, max: 50}}}",
      "models[0].tune.epochs is used only with solver: adam"
    ),
    (
      "{use: quasi-svm, with: {orthogonal: yes}}",
      "models[0].with.orthogonal must be true or false, got 'yes'"
    ),
    (
      "{use: mlp-svm, with: {hidden: [1, 2, 3, 4, 5]}}",
      "models[0].with.hidden must be a list of 1 to 4 whole numbers from 1 to 1024, got [1, 2, 3, 4, 5]"
    ),
    ("{use: quasi-svm, with: {l2: 0}}", "models[0].with.l2: l2: 0 needs solver: adam"),
    ("{use: quasi-svm, with: {l2-: 0}}", "unknown key 'l2-' in models[0].with"),
  ])
func eachMistakeInAModelHasItsMessage(entry: String, expected: String) throws {
  let found = try headings(smallest(models: "[\(entry)]")).first.map { heading in
    heading.split(separator: ": ", maxSplits: 1).last.map(String.init) ?? heading
  }
  let message =
    expected.hasPrefix("models[0]: baseline") ? String(expected.dropFirst(11)) : expected
  #expect(found == message)
}

@Test func unusedParameterSaysWhatTheOtherOneIs() throws {
  #expect(
    try messages(smallest(models: "[{use: quasi-svm, with: {epochs: 5}}]")) == """
      pipelines/toy.yaml:3:34: error: models[0].with.epochs is used only with solver: adam
          3 | models: [{use: quasi-svm, with: {epochs: 5}}]
            |                                  ^~~~~~ solver is auto by default
      1 error; nothing was run
      """)
}

/// A conflict that the search can avoid is a trial's, not the file's.
@Test func conflictsCountOnlyIfTheSearchCannotAvoidThem() throws {
  let avoidable = "[{use: quasi-svm, with: {l2: 0}, tune: {solver: {choices: [auto, adam]}}}]"
  #expect(try headings(smallest(models: avoidable)).isEmpty)
  let certain =
    "[{use: quasi-svm, with: {l2: 0}, tune: {kernel: {choices: [gaussian, laplacian]}}}]"
  #expect(
    try headings(smallest(models: certain)) == [
      "3:34: models[0].with.l2: l2: 0 needs solver: adam"
    ])
}
