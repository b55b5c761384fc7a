import MarginHeads
import PluginKit
import Testing

@Suite struct MarginLossTests {
  @Test(arguments: MarginLoss.allCases)
  func valuesAgreeWithTheDefinition(loss: MarginLoss) {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<50 {
      let scores = (0..<4).map { _ in Float(2 * generator.normal()) }
      let label = generator.index(below: 4)
      var gradient = scores
      let value = loss.evaluate(
        scores: scores, labels: [Int32(label)], weights: [3], classCount: 4, gradient: &gradient)
      let expected = 3 * definition(loss, scores.map(Double.init), label)
      #expect(abs(value - expected) < 1e-4 * max(1, expected))
    }
  }

  @Test(arguments: MarginLoss.allCases)
  func gradientsAgreeWithFiniteDifferences(loss: MarginLoss) {
    var generator = SeededGenerator(seed: 2)
    for _ in 0..<50 {
      let scores = (0..<4).map { _ in Float(2 * generator.normal()) }
      let label = generator.index(below: 4)
      var gradient = scores
      _ = loss.evaluate(
        scores: scores, labels: [Int32(label)], classCount: 4, gradient: &gradient)
      for k in 0..<4 {
        var up = scores.map(Double.init)
        var down = up
        up[k] += 1e-6
        down[k] -= 1e-6
        let slope = (definition(loss, up, label) - definition(loss, down, label)) / 2e-6
        #expect(abs(Double(gradient[k]) - slope) < 1e-4 * max(1, abs(slope)))
      }
    }
  }

  @Test func notANumberStaysVisible() {
    for loss in MarginLoss.allCases {
      var gradient: [Float] = [0, 0]
      let value = loss.evaluate(
        scores: [.nan, 1], labels: [1], classCount: 2, gradient: &gradient)
      #expect(!value.isFinite)
    }
  }
}
