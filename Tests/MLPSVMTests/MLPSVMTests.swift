import MLPSVM
import PluginKit
import Testing

private let plugin = MLPSVMPlugin()

private func parameters(_ chosen: [String: ParameterValue] = [:]) -> ParameterValues {
  ParameterValues(plugin.manifest.parameters, chosen)
}

private func context(threads: Int = 1) -> TrainingContext {
  TrainingContext(studySeed: Seed(1), trialSeed: Seed(2), threads: threads)
}

/// Classes on rings around the origin, which no linear map of the features tells apart.
private func rings(_ count: Int, classes: Int, seed: UInt64) -> TrainingData {
  var generator = Seed(seed).generator()
  var values: [Float] = []
  let labels = (0..<count).map { _ in Int32(generator.index(below: classes)) }
  for label in labels {
    let x = generator.normal()
    let y = generator.normal()
    let radius = Double(label) + 0.4 * generator.uniform() + 0.5
    let length = (x * x + y * y).squareRoot()
    values += [Float(radius * x / length), Float(radius * y / length)]
  }
  return TrainingData(
    features: FeatureMatrix(rowCount: count, columnCount: 2, values: values), labels: labels,
    classCount: classes)
}

@Test func defaultsLearnRings() throws {
  let outcome = try plugin.train(
    rings(600, classes: 3, seed: 1), parameters: parameters(), context: context())
  let fresh = rings(500, classes: 3, seed: 2)
  let scores = try outcome.model.scores(for: fresh.features)
  let correct = fresh.labels.indices.count { row in
    (0..<3).allSatisfy { scores[row, Int(fresh.labels[row])] >= scores[row, $0] }
  }
  #expect(correct >= 485)
  #expect(outcome.report.bestEpoch != nil)
}

@Test func theReferenceNetworkHasItsNumberOfParameters() throws {
  let data = TrainingData(
    features: FeatureMatrix(rowCount: 10, columnCount: 784), labels: (0..<10).map { $0 },
    classCount: 10)
  let outcome = try plugin.train(
    data, parameters: parameters(["epochs": .integer(1)]), context: context())
  #expect(outcome.model.trainableParameterCount == 111_514)
}

@Test(arguments: ["linear", "softmax"])
func aModelSurvivesItsStateBitForBitOnAnyNumberOfThreads(output: String) throws {
  let data = rings(250, classes: 3, seed: 3)
  let parameters = parameters([
    "epochs": .integer(5), "output": .text(output), "loss": .text("categorical-hinge"),
    "hidden": .integers([9, 5]),
  ])
  let model = try plugin.train(data, parameters: parameters, context: context()).model
  let loaded = try plugin.load(model.state())
  #expect(try loaded.scores(for: data.features) == model.scores(for: data.features))
  #expect(loaded.classCount == 3)
  #expect(loaded.featureCount == 2)
  let other = try plugin.train(data, parameters: parameters, context: context(threads: 2)).model
  #expect(other.state() == model.state())
}

@Test func softmaxTwiceIsAConflict() {
  let twice = parameters(["loss": .text("softmax"), "output": .text("softmax")])
  #expect(
    plugin.conflicts(in: twice) == [
      ParameterConflict(
        "output", "loss: softmax takes the softmax itself and needs output: linear")
    ])
  #expect(plugin.conflicts(in: parameters(["output": .text("softmax")])) == [])
  #expect(plugin.conflicts(in: parameters(["loss": .text("softmax")])) == [])
}

@Test func softmaxBeforeTheHingeKeepsTheLossAboveItsBound() throws {
  // Probabilities sum to 1, so the wrong classes' hinges sum to K - 1 plus what the right one lacks.
  let data = rings(300, classes: 3, seed: 4)
  let outcome = try plugin.train(
    data, parameters: parameters(["output": .text("softmax"), "l2": .real(0)]), context: context())
  #expect((outcome.report.objective ?? 0) >= 2 - 1e-4)
  let scores = try outcome.model.scores(for: data.features)
  for row in 0..<300 { #expect(abs(scores.row(row).reduce(0, +) - 1) < 1e-5) }
}
