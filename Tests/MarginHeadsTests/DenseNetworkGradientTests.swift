import Foundation
import MarginHeads
import PluginKit
import Testing

/// A network in Double, row by row and without any of the kernels.
struct ReferenceNetwork {
  let architecture: DenseNetwork.Architecture
  let loss: MarginLoss

  func scores(_ row: [Double], _ parameters: [Double]) -> [Double] {
    var values = row
    var start = 0
    let widths = architecture.hidden + [architecture.classCount]
    for (index, width) in widths.enumerated() {
      let bias = start + values.count * width
      let isHead = index == widths.count - 1
      let sums = (0..<width).map { j in
        values.indices.reduce(parameters[bias + j]) { sum, i in
          // The head keeps the weights of each class together.
          let place = isHead ? j * values.count + i : i * width + j
          return sum + values[i] * parameters[start + place]
        }
      }
      let isRectified = !isHead && architecture.activation == .relu
      values = isRectified ? sums.map { max(0, $0) } : sums
      start = bias + width
    }
    guard architecture.output == .softmax else { return values }
    let exponentials = values.map { exp($0) }
    return exponentials.map { $0 / exponentials.reduce(0, +) }
  }

  func loss(_ scores: [Double], _ label: Int) -> Double {
    let violations = scores.indices.map { max(0, 1 - (($0 == label) ? 1 : -1) * scores[$0]) }
    let rival = scores.indices.filter { $0 != label }.map { scores[$0] }.max() ?? 0
    return switch loss {
    case .hinge: violations.reduce(0, +)
    case .squaredHinge: violations.reduce(0) { $0 + $1 * $1 }
    case .categoricalHinge: max(0, 1 + max(0, rival) - scores[label])
    case .crammerSinger: max(0, 1 + rival - scores[label])
    case .softmax: log(scores.reduce(0) { $0 + exp($1) }) - scores[label]
    }
  }

  func weightedLoss(_ data: TrainingData, _ weights: [Float], _ parameters: [Double]) -> Double {
    data.labels.indices.reduce(0) { sum, row in
      let scores = scores(data.features.row(row).map(Double.init), parameters)
      return sum + Double(weights[row]) * loss(scores, Int(data.labels[row]))
    }
  }
}

/// Rows and labels drawn independently: nothing to learn, everything to differentiate.
func randomRows(_ count: Int, features: Int, classes: Int, seed: UInt64) -> TrainingData {
  var generator = Seed(seed).generator()
  let values = (0..<count * features).map { _ in Float(generator.normal()) }
  let labels = (0..<count).map { _ in Int32(generator.index(below: classes)) }
  return TrainingData(
    features: FeatureMatrix(rowCount: count, columnCount: features, values: values),
    labels: labels, classCount: classes)
}

@Test(
  arguments: MarginLoss.allCases,
  [
    ([], .relu, .linear), ([6, 5], .relu, .linear), ([17], .linear, .linear),
    ([6, 5], .relu, .softmax), ([], .relu, .softmax),
  ] as [([Int], DenseNetwork.Activation, DenseNetwork.Output)])
func gradientsMatchFiniteDifferences(
  loss: MarginLoss, shape: ([Int], DenseNetwork.Activation, DenseNetwork.Output)
) {
  let data = randomRows(23, features: 4, classes: 3, seed: 5)
  let architecture = DenseNetwork.Architecture(
    featureCount: 4, hidden: shape.0, classCount: 3, activation: shape.1, output: shape.2)
  // With the zero biases of a fresh network, rows whose units are all off would sit on a kink.
  var generator = Seed(11).generator()
  let network = DenseNetwork(
    architecture,
    parameters: (0..<architecture.parameterCount).map { _ in Float(0.5 * generator.normal()) })
  let weights = (0..<23).map { 0.5 + Float($0 % 4) }
  let reference = ReferenceNetwork(architecture: architecture, loss: loss)

  let pass = DenseNetworkPass(architecture, capacity: 30, learning: true)
  pass.gather(.matrix(data.features), 0..<23)
  pass.forward(network.parameters)
  let value = pass.evaluate(loss, labels: data.labels, weights: weights)
  pass.backward(network.parameters)

  let parameters = network.parameters.map(Double.init)
  #expect(abs(value / reference.weightedLoss(data, weights, parameters) - 1) < 1e-5)
  for place in parameters.indices {
    let step = 1e-6
    var above = parameters
    above[place] += step
    var below = parameters
    below[place] -= step
    let slope =
      (reference.weightedLoss(data, weights, above) - reference.weightedLoss(data, weights, below))
      / (2 * step)
    #expect(
      abs(Double(pass.gradient[place]) - slope) < 1e-4 * max(1, abs(slope)),
      "parameter \(place)")
  }
}

@Test func adamFollowsItsDefinition() {
  var generator = Seed(3).generator()
  let count = 37
  let penalized = 5..<20
  var weights = (0..<count).map { _ in Float(generator.normal()) }
  var expected = weights.map(Double.init)
  var mean = [Double](repeating: 0, count: count)
  var square = mean
  var adam = AdamStep(count: count)
  for t in 1...5 {
    let gradient = (0..<count).map { _ in Float(generator.normal()) }
    adam.update(&weights, gradient: gradient, penalty: 0.3, on: penalized, rate: 0.01)
    for i in 0..<count {
      let g = Double(gradient[i]) + (penalized.contains(i) ? 0.6 * expected[i] : 0)
      mean[i] = 0.9 * mean[i] + 0.1 * g
      square[i] = 0.999 * square[i] + 0.001 * g * g
      let rate = 0.01 * (1 - pow(0.999, Double(t))).squareRoot() / (1 - pow(0.9, Double(t)))
      expected[i] -= rate * mean[i] / (square[i].squareRoot() + 1e-7)
    }
  }
  for i in 0..<count { #expect(abs(Double(weights[i]) - expected[i]) < 1e-6) }
}
