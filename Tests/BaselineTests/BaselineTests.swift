import Baseline
import PluginKit
import Testing

private let plugin = BaselinePlugin()

private func train(_ labels: [Int32], weights: [Float]? = nil) throws -> any TrainedModel {
  try plugin.train(
    TrainingData(
      features: FeatureMatrix(rowCount: labels.count, columnCount: 2), labels: labels,
      classCount: 3, weights: weights),
    parameters: ParameterValues([]),
    context: TrainingContext(studySeed: Seed(0), trialSeed: Seed(0))
  ).model
}

@Suite struct BaselineTests {
  @Test func mostFrequentClassWins() throws {
    let scores = try train([1, 1, 0]).scores(for: FeatureMatrix(rowCount: 4, columnCount: 2))
    for row in 0..<4 { #expect(scores[row, 1] > scores[row, 0] && scores[row, 0] > scores[row, 2]) }
    #expect(scores.values.allSatisfy { $0.isFinite })
  }

  @Test func weightsDecide() throws {
    let scores = try train([1, 1, 0], weights: [1, 1, 5])
      .scores(for: FeatureMatrix(rowCount: 1, columnCount: 2))
    #expect(scores[0, 0] > scores[0, 1])
  }

  @Test func stateSurvives() throws {
    let model = try train([2, 1, 2])
    let loaded = try plugin.load(model.state())
    #expect(loaded.state() == model.state())
    #expect(loaded.trainableParameterCount == 3)
  }

  @Test func foreignStateIsRefused() {
    #expect(throws: ModelStateError("the model's 'features' is missing or is no count")) {
      try plugin.load(ModelState(tensors: []))
    }
  }
}
