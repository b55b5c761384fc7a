import Evaluation
import PluginKit
import Testing

@Test func withoutCostsTheMostProbableClassIsPredicted() {
  var generator = Seed(3).keyed("decisions").generator()
  let costs = DecisionCosts(classCount: 4, costs: [])
  let probabilities = (0..<500).flatMap { _ -> [Double] in
    let raw = (0..<4).map { _ in Double.random(in: 0.01..<1, using: &generator) }
    return raw.map { $0 / raw.reduce(0, +) }
  }
  let labels = [Int32](repeating: 0, count: 500)
  #expect(
    costs.predictions(probabilities)
      == Predictions(labels: labels, probabilities: probabilities, classCount: 4).predicted)
}

/// A missed class 1 costs nine times a false alarm: it is predicted from a probability of 0.1.
@Test func aCostlyMissLowersTheBoundOfAClass() {
  let costs = DecisionCosts(classCount: 2, costs: [(actual: 1, predicted: 0, cost: 9)])
  #expect(costs[1, 0] == 9)
  #expect(costs[0, 1] == 1)
  #expect(costs[0, 0] == 0)
  #expect(costs.predictions([0.91, 0.09, 0.89, 0.11, 0.5, 0.5]) == [0, 1, 1])
}

@Test func equalCostsGoToTheMoreProbableClassAndThenToTheLower() {
  let free = DecisionCosts(
    classCount: 3,
    costs: (0..<9).map { (actual: $0 / 3, predicted: $0 % 3, cost: 0) })
  #expect(free.predictions([0.2, 0.5, 0.3, 0.4, 0.2, 0.4]) == [1, 0])
}

@Test func figuresAreThoseOfTheDecisions() {
  let costs = DecisionCosts(classCount: 2, costs: [(actual: 1, predicted: 0, cost: 9)])
  let predictions = Predictions(
    labels: [0, 1, 1, 1], probabilities: [0.8, 0.2, 0.7, 0.3, 0.95, 0.05, 0.1, 0.9], classCount: 2,
    costs: costs)
  #expect(predictions.predicted == [1, 1, 0, 1])
  #expect(MetricValues(of: predictions)[.accuracy] == 0.5)
  let evaluation = ModelEvaluation(predictions, classes: ["no", "yes"], costs: costs)
  #expect(evaluation.meanCost == (1 + 9) / 4.0)
  #expect(evaluation.json["mean_cost"]?.number == 2.5)
}

@Test func costsAreReadBackAsTheyWereWritten() throws {
  let costs = DecisionCosts(
    classCount: 3,
    costs: [(actual: 2, predicted: 0, cost: 0.3), (actual: 1, predicted: 1, cost: 2)])
  #expect(DecisionCosts(json: try JSONValue(parsing: costs.json.text), classCount: 3) == costs)
  #expect(DecisionCosts(json: costs.json, classCount: 2) == nil)
  #expect(DecisionCosts(json: try JSONValue(parsing: "[[0, -1], [1, 0]]"), classCount: 2) == nil)
  #expect(DecisionCosts(json: try JSONValue(parsing: "[[0], [1, 0]]"), classCount: 2) == nil)
}
