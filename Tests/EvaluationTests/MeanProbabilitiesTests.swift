import Evaluation
import PluginKit
import Testing

@Test func softmaxOfTheScoresIsTheMean() {
  var mean = MeanProbabilities(rowCount: 2, classCount: 3)
  mean.add([0.5, 0.25, 0.25, 0, 1, 0], weight: 0.75)
  mean.add([0.1, 0.1, 0.8, 0, 0.5, 0.5], weight: 0.25)
  let probabilities = TemperatureScaling(beta: 1).probabilities(of: mean.scores)
  let expected = [0.4, 0.2125, 0.3875, 0, 0.875, 0.125]
  #expect(zip(probabilities, expected).allSatisfy { abs($0 - $1) < 1e-6 })
  #expect(mean.scores.values.allSatisfy { $0.isFinite })
}

@Test func aRowsMeanDoesNotDependOnTheOthers() {
  var two = MeanProbabilities(rowCount: 2, classCount: 2)
  two.add([0.3, 0.7, 0.6, 0.4], weight: 0.9)
  two.add([0.2, 0.8, 0.5, 0.5], weight: 0.1)
  var one = MeanProbabilities(rowCount: 1, classCount: 2)
  one.add([0.6, 0.4], weight: 0.9)
  one.add([0.5, 0.5], weight: 0.1)
  #expect(Array(two.scores.row(1)) == one.scores.values)
}
