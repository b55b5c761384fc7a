import MarginHeads
import PluginKit
import Testing

private let architectures: [DenseNetwork.Architecture] = [
  .init(featureCount: 5, hidden: [], classCount: 3),
  .init(featureCount: 7, hidden: [33, 20], classCount: 4),
  .init(featureCount: 300, hidden: [17], classCount: 11, activation: .linear, output: .softmax),
]

@Test func aNetworkHasTheReferencesNumberOfParameters() {
  let deep = DenseNetwork.Architecture(
    featureCount: 784, hidden: [128, 64, 32, 16], classCount: 10)
  #expect(deep.parameterCount == 111_514)
  let head = DenseNetwork.Architecture(featureCount: 4_096, hidden: [], classCount: 10)
  #expect(head.parameterCount == 40_970)
}

@Test(arguments: architectures)
func scoresMatchADoubleReference(architecture: DenseNetwork.Architecture) {
  let rows = randomRows(19, features: architecture.featureCount, classes: 2, seed: 1).features
  let network = DenseNetwork(architecture, head: .glorot, seed: Seed(2))
  let scores = network.scores(for: rows)
  let reference = ReferenceNetwork(architecture: architecture, loss: .hinge)
  for row in 0..<19 {
    let expected = reference.scores(
      rows.row(row).map(Double.init), network.parameters.map(Double.init))
    for (found, expected) in zip(scores.row(row), expected) {
      #expect(abs(Double(found) - expected) < 1e-5)
    }
  }
}

@Test(arguments: architectures)
func aRowScoresAloneAsInABatch(architecture: DenseNetwork.Architecture) {
  let rows = randomRows(301, features: architecture.featureCount, classes: 2, seed: 3).features
  let network = DenseNetwork(architecture, head: .glorot, seed: Seed(4))
  let scores = network.scores(for: rows)
  for row in 0..<301 {
    #expect(network.scores(for: rows.selecting(rows: [row])).values == Array(scores.row(row)))
  }
}

@Test(arguments: architectures)
func aNetworkSurvivesItsStateBitForBit(architecture: DenseNetwork.Architecture) throws {
  let network = DenseNetwork(architecture, head: .glorot, seed: Seed(5))
  #expect(try DenseNetwork(network.state()) == network)
}

@Test func statesNameTheirTensors() {
  let architecture = DenseNetwork.Architecture(featureCount: 5, hidden: [4, 3], classCount: 2)
  let state = DenseNetwork(architecture, head: .zeros, seed: Seed(6)).state()
  #expect(
    state.tensors.map { "\($0.name) \($0.shape)" } == [
      "layer1.weight [5, 4]", "layer1.bias [4]", "layer2.weight [4, 3]", "layer2.bias [3]",
      "head.weight [3, 2]", "head.bias [2]",
    ])
  #expect(
    state.attributes.text
      == #"{"features":5,"hidden":[4,3],"classes":2,"activation":"relu","output":"linear"}"#)
}

@Test func damagedStatesAreRefused() {
  let architecture = DenseNetwork.Architecture(featureCount: 5, hidden: [4], classCount: 2)
  let state = DenseNetwork(architecture, head: .zeros, seed: Seed(7)).state()
  var truncated = state
  truncated.tensors.removeLast()
  #expect(throws: ModelStateError("the model has no tensor 'head.bias'")) {
    try DenseNetwork(truncated)
  }
  var foreign = state
  foreign.attributes = .object([
    ("features", .integer(5)), ("hidden", .array([.integer(4)])), ("classes", .integer(2)),
    ("activation", .string("tanh")), ("output", .string("linear")),
  ])
  #expect(throws: ModelStateError("the model's activation 'tanh' is not known")) {
    try DenseNetwork(foreign)
  }
  #expect(throws: ModelStateError("the model's 'hidden' is missing or is no list of widths")) {
    try DenseNetwork(ModelState(tensors: state.tensors))
  }
}

@Test func initialWeightsFillGlorotsRangeAndBiasesAreZero() {
  let architecture = DenseNetwork.Architecture(featureCount: 40, hidden: [60], classCount: 2)
  let state = DenseNetwork(architecture, head: .zeros, seed: Seed(8)).state()
  let limit = Float(6.0 / 100).squareRoot()
  let weights = state.tensors[0].values
  #expect(weights.allSatisfy { abs($0) <= limit })
  #expect((weights.max() ?? 0) > 0.99 * limit && (weights.min() ?? 0) < -0.99 * limit)
  #expect(abs(weights.reduce(0, +) / Float(weights.count)) < 0.02)
  #expect(state.tensors[1...].allSatisfy { $0.values.allSatisfy { $0 == 0 } })
}

@Test func scoresOfHugeFeaturesStayFinite() {
  let architecture = DenseNetwork.Architecture(featureCount: 2, hidden: [8], classCount: 3)
  let network = DenseNetwork(architecture, head: .glorot, seed: Seed(9))
  let rows = FeatureMatrix(
    rowCount: 2, columnCount: 2,
    values: [.greatestFiniteMagnitude, .greatestFiniteMagnitude, -3e38, 3e38])
  #expect(network.scores(for: rows).values.allSatisfy { $0.isFinite })
}
