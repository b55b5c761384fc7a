import BuiltInPlugins
import PluginKit
import SVMCheck
import TestSupport
import Testing

/// What is said of a setting on three rings of points, each around the others.
private func verdict(
  _ plugin: String, _ parameters: [String: ParameterValue] = [:], classCount: Int = 3
) throws -> ModelCheck {
  let rows = CheckedRows(
    ringData(classCount: classCount), classes: (0..<classCount).map { "ring \($0)" }, limit: 2_000,
    seed: Seed(1))
  let plugin = try #require(try builtInPlugins()[plugin])
  return try MachineCheck(rows, seed: Seed(1)).check(
    CheckedModel(
      name: "model", plugin: plugin,
      parameters: ParameterValues(plugin.manifest.parameters, parameters), studySeed: Seed(7)))
}

@Test func aLinearHeadSolvedToItsGapIsExactlyOneVersusRestMachines() throws {
  let check = try verdict("linear-svm", ["loss": .text("hinge"), "l2": .real(0.01)])
  #expect(check.verdict.kind == .exact)
  #expect(
    check.verdict.sentence.hasPrefix(
      "Exactly 3 one-vs-rest linear SVMs with C = 0.333, to within 0.0"))
  #expect(check.verdict.sentence.hasSuffix(" % of the objective."))
  #expect(check.noAgreement == "it is the exact machine itself")
  let gap = try #require(check.solution?.gap)
  #expect(gap <= 1e-4)
}

@Test func twoClassesAreOneMachine() throws {
  let check = try verdict("linear-svm", ["l2": .real(0.01)], classCount: 2)
  #expect(
    check.verdict.sentence.hasPrefix("Exactly the linear SVM with squared slack with C = 0.5, to "))
}

@Test func theCrammerSingerLossGivesTheMachineOfThatName() throws {
  let check = try verdict("linear-svm", ["loss": .text("crammer-singer"), "l2": .real(0.01)])
  #expect(check.verdict.kind == .exact)
  #expect(check.verdict.sentence.hasPrefix("Exactly the linear Crammer-Singer SVM with C = 0.333"))
  #expect(check.problem?.scheme == "joint")
}

@Test func categoricalHingeIsOfTheFamilyOnly() throws {
  let check = try verdict("linear-svm", ["loss": .text("categorical-hinge"), "l2": .real(0.01)])
  #expect(check.verdict.kind == .family)
  #expect(
    check.verdict.sentence.hasPrefix(
      "A linear multiclass SVM of the Crammer-Singer family with C = 0.333, except where all wrong "
        + "scores are negative, as on "))
}

@Test func aHeadByAdamIsComparedWithItsOptimum() throws {
  let check = try verdict(
    "linear-svm",
    ["loss": .text("hinge"), "l2": .real(0.01), "solver": .text("adam"), "epochs": .integer(2)])
  #expect(check.verdict.kind == .approximate)
  #expect(check.verdict.sentence.hasPrefix("Not quite 3 one-vs-rest linear SVMs with C = 0.333: "))
  #expect(check.verdict.sentence.hasSuffix(" of the objective to save."))
  // Two epochs leave much to save; nothing certifies more than there is.
  let gap = try #require(check.solution?.gap)
  #expect(gap > 0.01 && gap < 1)
  #expect(check.agreement?.other == "the optimum of its own problem on the same inputs")
}

@Test func withoutAPenaltyThereIsNoMargin() throws {
  let check = try verdict(
    "quasi-svm",
    [
      "output_dim": .integer(64), "l2": .real(0), "solver": .text("adam"), "loss": .text("hinge"),
      "epochs": .integer(2),
    ])
  #expect(check.verdict.kind == .none)
  #expect(
    check.verdict.sentence
      == "Not an SVM: nothing penalises the weights (l2 is 0), so that there is no margin term.")
  #expect(check.noAgreement == "without a penalty (l2: 0) there is no exact machine")
  #expect(check.accuracy != nil)
  #expect(check.problem?.cost == nil)
}

@Test func softmaxBeforeTheHingeMeetsNoMargin() throws {
  let coupled = try verdict(
    "linear-svm",
    [
      "loss": .text("categorical-hinge"), "output": .text("softmax"), "solver": .text("adam"),
      "epochs": .integer(1),
    ])
  #expect(
    coupled.verdict.sentence
      == "Not an SVM: softmax stands before the hinge, so that the loss is positive for all finite "
      + "scores and no margin is ever met.")
  let separate = try verdict(
    "mlp-svm",
    [
      "loss": .text("hinge"), "output": .text("softmax"), "hidden": .integers([8]),
      "activation": .text("linear"), "epochs": .integer(1),
    ])
  #expect(
    separate.verdict.sentence
      == "Not an SVM: softmax stands before the hinge, so that the loss of a row never falls below 2 "
      + "(2/3 as Keras' mean over classes); and a penalty on the last of 2 linear layers alone is no "
      + "margin term.")
  #expect(separate.margins == nil)
}

@Test func logisticRegressionIsNoSVM() throws {
  let check = try verdict("linear-svm", ["loss": .text("softmax"), "l2": .real(0.01)])
  #expect(
    check.verdict.sentence
      == "Not an SVM: its loss is that of multinomial logistic regression, which has no margin.")
}

@Test func aDeepHeadIsAMachineOnLearnedFeatures() throws {
  let check = try verdict(
    "mlp-svm", ["hidden": .integers([16]), "epochs": .integer(20), "early_stopping": .integer(0)])
  #expect(check.verdict.kind == .head)
  #expect(
    check.verdict.sentence.hasPrefix(
      "A linear SVM on learned features: with the layers held fixed its head is within "))
  #expect(
    check.verdict.sentence.hasSuffix(
      "; the penalty on the head alone does not bound the margin of the whole, since layers can grow "
        + "as the head shrinks."))
  #expect(check.agreement != nil)
}

@Test func exactKernelMachinesAreThemselves() throws {
  let rest = try verdict("kernel-svm", ["l2": .real(0.001)])
  #expect(
    rest.verdict.sentence.hasPrefix(
      "Exactly 3 one-vs-rest kernel SVMs with squared slack with C = 3.33, to within "))
  #expect(rest.kernel?.errors == [])
  let pairs = try verdict(
    "kernel-svm", ["l2": .real(0.001), "multiclass": .text("one-vs-one"), "loss": .text("hinge")])
  #expect(
    pairs.verdict.sentence.hasPrefix(
      "Exactly 3 one-vs-one kernel SVMs and their vote, with C = 3.33, to within "))
  #expect(pairs.margins == nil)
}

@Test func otherModelsAreOfAnotherKind() throws {
  let check = try verdict("nearest-neighbours")
  #expect(check.verdict.kind == .none)
  #expect(
    check.verdict.sentence.hasPrefix("Not an SVM: nearest-neighbours is another kind of model ("))
  #expect(check.problem == nil && check.agreement == nil && check.kernel == nil)
}

@Test func theOddKernelsOfTheQuestionAreWarnedOf() throws {
  let check = try verdict(
    "quasi-svm",
    ["kernel": .text("glorot-normal"), "output_dim": .integer(4_822), "scale": .real(1)])
  #expect(check.warnings.count == 2)
  #expect(check.warnings.first?.hasPrefix("The kernel is almost constant: ") ?? false)
  #expect(
    check.warnings.last
      == "GlorotNormal draws weights with a standard deviation of 0.0204 for 2 columns and 4822 "
      + "features: the kernel's width, 49.1, depends on their number and not on the rows.")
  let narrow = try verdict("quasi-svm", ["scale": .real(1e-3), "output_dim": .integer(64)])
  #expect(narrow.warnings.first?.hasPrefix("The kernel is almost the identity: ") ?? false)
}

/// Points on rings of radius 1, 2, …, 50 on each.
func ringData(classCount: Int) -> TrainingData {
  var generator = Seed(3).keyed("rings").generator()
  var values: [Float] = []
  var labels: [Int32] = []
  for row in 0..<50 * classCount {
    let label = row % classCount
    let (a, b) = (generator.normal(), generator.normal())
    let stretch = Double(label + 1 + (label == 0 ? 0 : 1)) / (a * a + b * b).squareRoot()
    values += [Float(a * stretch), Float(b * stretch)]
    labels.append(Int32(label))
  }
  return TrainingData(
    features: FeatureMatrix(rowCount: labels.count, columnCount: 2, values: values),
    labels: labels, classCount: classCount)
}
