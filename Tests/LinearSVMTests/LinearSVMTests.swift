import LinearSVM
import PluginKit
import Testing

private let plugin = LinearSVMPlugin()

/// Three classes at the corners of a triangle, far from the origin and with noise of 1.
private func triangle(rows: Int, seed: UInt64) -> TrainingData {
  var generator = SeededGenerator(seed: seed)
  let labels = (0..<rows).map { Int32($0 % 3) }
  let values = labels.flatMap { label -> [Float] in
    [
      Float(1000 + generator.normal() + (label == 1 ? 5 : 0)),
      Float(-300 + generator.normal() + (label == 2 ? 5 : 0)), 7,
    ]
  }
  return TrainingData(
    features: FeatureMatrix(rowCount: rows, columnCount: 3, values: values), labels: labels,
    classCount: 3)
}

private func train(
  _ data: TrainingData, _ chosen: [String: ParameterValue] = [:]
) throws -> TrainingOutcome {
  try plugin.train(
    data, parameters: ParameterValues(plugin.manifest.parameters, chosen),
    context: TrainingContext(studySeed: Seed(1), trialSeed: Seed(2)))
}

private func accuracy(_ model: any TrainedModel, _ data: TrainingData) throws -> Double {
  let scores = try model.scores(for: data.features)
  let hits = data.labels.indices.filter { row in
    let values = Array(scores.row(row))
    return values.firstIndex(of: values.max() ?? 0) == Int(data.labels[row])
  }
  return Double(hits.count) / Double(data.labels.count)
}

@Suite struct LinearSVMTests {
  @Test(arguments: ["hinge", "squared-hinge", "categorical-hinge", "crammer-singer", "softmax"])
  func learnsClassesFarFromTheOrigin(loss: String) throws {
    let outcome = try train(triangle(rows: 150, seed: 1), ["loss": .text(loss)])
    #expect(try accuracy(outcome.model, triangle(rows: 300, seed: 2)) > 0.95)
    #expect(outcome.report.stopping == .converged)
    #expect(outcome.report.relativeGaps.allSatisfy { $0 <= 1e-4 })
    #expect(outcome.model.trainableParameterCount == 12)
  }

  /// A shift of all rows changes nothing but the bias.
  @Test func shiftedRowsGiveTheSameWeights() throws {
    let data = triangle(rows: 90, seed: 3)
    let shifted = TrainingData(
      features: FeatureMatrix(
        rowCount: 90, columnCount: 3, values: data.features.values.map { $0 + 64 }),
      labels: data.labels, classCount: 3)
    let plain = try train(data).model.state().tensors[0].values
    let other = try train(shifted).model.state().tensors[0].values
    for (weight, expected) in zip(other, plain) { #expect(abs(weight - expected) < 5e-3) }
  }

  @Test func stateSurvivesBitForBit() throws {
    let data = triangle(rows: 60, seed: 4)
    let model = try train(data).model
    let loaded = try plugin.load(model.state())
    #expect(try loaded.scores(for: data.features) == model.scores(for: data.features))
  }

  @Test func adamRunsItsEpochs() throws {
    let outcome = try train(
      triangle(rows: 60, seed: 5), ["solver": .text("adam"), "epochs": .integer(3)])
    #expect(outcome.report.iterations == 3)
    #expect(outcome.report.relativeGaps == [])
  }

  @Test func onlyAdamTakesWhatIsNotConvex() {
    let parameters = ParameterValues(
      plugin.manifest.parameters, ["l2": .integer(0), "output": .text("softmax")])
    #expect(
      plugin.conflicts(in: parameters) == [
        ParameterConflict("l2", "l2: 0 needs solver: adam"),
        ParameterConflict("output", "output: softmax needs solver: adam"),
      ])
  }
}
