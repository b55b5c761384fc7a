#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import MarginHeads
import PluginKit
import Testing

/// Overlapping Gaussian clouds, one for each class.
struct Clouds {
  let features: FeatureMatrix
  let labels: [Int32]

  init(rows: Int, columns: Int, classes: Int, seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    labels = (0..<rows).map { Int32($0 % classes) }
    var values: [Float] = []
    for label in labels {
      for column in 0..<columns {
        let centre = column % classes == Int(label) ? 1.5 : 0
        values.append(Float(generator.normal() + centre))
      }
    }
    features = FeatureMatrix(rowCount: rows, columnCount: columns, values: values)
  }
}

/// The objective by its definition, in Double.
func objective(
  _ head: LinearHead, _ clouds: Clouds, weights: [Float]? = nil, _ loss: MarginLoss,
  _ penalty: Double
) -> Double {
  let width = clouds.features.columnCount
  var sum = 0.0
  var total = 0.0
  for row in 0..<clouds.labels.count {
    var scores: [Double] = []
    for k in 0..<head.classCount {
      scores.append(
        (0..<width).reduce(Double(head.biases[k])) {
          $0 + Double(head.weights[k * width + $1]) * Double(clouds.features[row, $1])
        })
    }
    let weight = Double(weights?[row] ?? 1)
    total += weight
    sum += weight * definition(loss, scores, Int(clouds.labels[row]))
  }
  return sum / total + penalty * head.weights.reduce(0) { $0 + Double($1) * Double($1) }
}

func definition(_ loss: MarginLoss, _ scores: [Double], _ label: Int) -> Double {
  let others = scores.indices.filter { $0 != label }.map { scores[$0] }
  let rival = others.max() ?? 0
  switch loss {
  case .hinge:
    return max(0, 1 - scores[label]) + others.reduce(0) { $0 + max(0, 1 + $1) }
  case .squaredHinge:
    let own = max(0, 1 - scores[label])
    return own * own + others.reduce(0) { $0 + max(0, 1 + $1) * max(0, 1 + $1) }
  case .categoricalHinge: return max(0, 1 + max(0, rival) - scores[label])
  case .crammerSinger: return max(0, 1 + rival - scores[label])
  case .softmax:
    let top = scores.max() ?? 0
    return top + log(scores.reduce(0) { $0 + exp($1 - top) }) - scores[label]
  }
}

@Suite struct ConvexHeadSolverTests {
  /// The certificate says by how much any other head can be better: perturbed heads must obey it.
  @Test(arguments: MarginLoss.allCases)
  func noOtherHeadIsBetterThanTheGapAllows(loss: MarginLoss) throws {
    let clouds = Clouds(rows: 150, columns: 5, classes: 3, seed: 1)
    let (head, report) = try ConvexHeadSolver(loss: loss, penalty: 0.01).train(
      clouds.features, labels: clouds.labels, classCount: 3)
    let best = objective(head, clouds, loss, 0.01)
    #expect(report.stopping == .converged)
    #expect(report.relativeGaps.count == (loss.isOneVersusRest ? 3 : 1))
    #expect(report.relativeGaps.allSatisfy { $0 >= 0 && $0 <= 1e-4 })
    #expect(abs(best - (report.objective ?? 0)) < 1e-5 * best)
    var generator = SeededGenerator(seed: 2)
    for _ in 0..<200 {
      let size = Float(0.3 * generator.uniform() * generator.uniform())
      let other = LinearHead(
        classCount: 3, featureCount: 5,
        weights: head.weights.map { $0 + size * Float(generator.normal()) },
        biases: head.biases.map { $0 + size * Float(generator.normal()) })
      #expect(objective(other, clouds, loss, 0.01) >= best * (1 - 1.1e-4))
    }
  }

  /// A long run of plain gradient descent, which knows nothing of Newton steps or duality, ends at the same
  /// objective.
  @Test(arguments: [MarginLoss.squaredHinge, .softmax])
  func agreesWithGradientDescent(loss: MarginLoss) throws {
    let clouds = Clouds(rows: 90, columns: 4, classes: 3, seed: 3)
    let penalty = 0.05
    var weights = [Float](repeating: 0, count: 12)
    var biases = [Float](repeating: 0, count: 3)
    for _ in 0..<3000 {
      let head = LinearHead(classCount: 3, featureCount: 4, weights: weights, biases: biases)
      let scores = head.scores(for: clouds.features)
      var gradient = scores.values
      _ = loss.evaluate(
        scores: scores.values, labels: clouds.labels, classCount: 3, gradient: &gradient)
      for k in 0..<3 {
        var bias: Float = 0
        var slope = [Float](repeating: 0, count: 4)
        for row in 0..<90 {
          bias += gradient[row * 3 + k] / 90
          for j in 0..<4 { slope[j] += gradient[row * 3 + k] * clouds.features[row, j] / 90 }
        }
        biases[k] -= 0.05 * bias
        for j in 0..<4 {
          weights[k * 4 + j] -= 0.05 * (slope[j] + 2 * Float(penalty) * weights[k * 4 + j])
        }
      }
    }
    let descended = LinearHead(classCount: 3, featureCount: 4, weights: weights, biases: biases)
    let solved = try ConvexHeadSolver(loss: loss, penalty: penalty).train(
      clouds.features, labels: clouds.labels, classCount: 3
    ).head
    let expected = objective(descended, clouds, loss, penalty)
    #expect(abs(objective(solved, clouds, loss, penalty) - expected) < 2e-4 * expected)
  }

  @Test(arguments: MarginLoss.allCases)
  func weightOfTwoEqualsTheRowTwice(loss: MarginLoss) throws {
    let clouds = Clouds(rows: 60, columns: 3, classes: 2, seed: 4)
    let weights = (0..<60).map { Float($0 % 3 == 0 ? 2 : 1) }
    let rows = (0..<60).flatMap { $0 % 3 == 0 ? [$0, $0] : [$0] }
    let solver = ConvexHeadSolver(loss: loss, penalty: 0.02)
    let weighted = try solver.train(
      clouds.features, labels: clouds.labels, weights: weights, classCount: 2)
    let repeated = try solver.train(
      clouds.features.selecting(rows: rows), labels: rows.map { clouds.labels[$0] }, classCount: 2)
    let expected = repeated.report.objective ?? 0
    #expect(abs((weighted.report.objective ?? 0) - expected) < 2e-4 * expected)
  }

  /// Features times c and penalty times c² is the same problem with weights over c.
  @Test func scalingFeaturesScalesTheWeights() throws {
    let clouds = Clouds(rows: 80, columns: 3, classes: 3, seed: 5)
    let scaled = FeatureMatrix(
      rowCount: 80, columnCount: 3, values: clouds.features.values.map { $0 * 8 })
    let plain = try ConvexHeadSolver(loss: .squaredHinge, penalty: 0.01).train(
      clouds.features, labels: clouds.labels, classCount: 3)
    let other = try ConvexHeadSolver(loss: .squaredHinge, penalty: 0.64).train(
      scaled, labels: clouds.labels, classCount: 3)
    for (weight, scaledWeight) in zip(plain.head.weights, other.head.weights) {
      #expect(abs(weight - 8 * scaledWeight) < 0.02)
    }
  }

  @Test(arguments: MarginLoss.allCases)
  func absentClassDoesNotDisturb(loss: MarginLoss) throws {
    let clouds = Clouds(rows: 60, columns: 3, classes: 2, seed: 6)
    let (head, report) = try ConvexHeadSolver(loss: loss, penalty: 0.01).train(
      clouds.features, labels: clouds.labels, classCount: 3)
    let scores = head.scores(for: clouds.features)
    #expect(report.relativeGaps.allSatisfy { $0 <= 1e-3 })
    for row in 0..<60 {
      let values = scores.row(row)
      #expect(values.allSatisfy { $0.isFinite } && values.max() != values.last)
    }
  }

  /// Few rows are solved on their Gram matrix, many by smoothing: each row twice is the same problem.
  @Test func hingeHasTheSameOptimumOnBothWays() throws {
    let clouds = Clouds(rows: 2100, columns: 4, classes: 2, seed: 9)
    let solver = ConvexHeadSolver(loss: .hinge, penalty: 1e-3)
    let few = try solver.train(clouds.features, labels: clouds.labels, classCount: 2)
    let rows = Array(0..<2100) + Array(0..<2100)
    let many = try solver.train(
      clouds.features.selecting(rows: rows), labels: rows.map { clouds.labels[$0] }, classCount: 2)
    #expect(few.report.stopping == .converged && many.report.stopping == .converged)
    let expected = few.report.objective ?? 0
    #expect(abs((many.report.objective ?? 0) - expected) < 2e-4 * expected)
  }

  /// Planes separate the rows and λ is small: smoothing alone, or Newton's steps alone, would crawl.
  @Test(arguments: [MarginLoss.hinge, .squaredHinge], [1e-2, 1e-4, 1e-6])
  func separableRowsConverge(loss: MarginLoss, penalty: Double) throws {
    let clouds = Clouds(rows: 60, columns: 120, classes: 3, seed: 10)
    let report = try ConvexHeadSolver(loss: loss, penalty: penalty).train(
      clouds.features, labels: clouds.labels, classCount: 3
    ).report
    #expect(report.stopping == .converged)
    #expect(report.relativeGaps.allSatisfy { $0 >= 0 && $0 <= 1e-4 })
  }

  /// A count that grows when solving gets worse: a nearly diagonal Gram matrix takes Newton dozens of steps.
  @Test func fewNewtonStepsAreNeededWhereRowsHardlyRelate() throws {
    let clouds = Clouds(rows: 300, columns: 900, classes: 3, seed: 11)
    let report = try ConvexHeadSolver(loss: .squaredHinge, penalty: 1e-6).train(
      clouds.features, labels: clouds.labels, classCount: 3
    ).report
    #expect(report.stopping == .converged)
    #expect(report.iterations <= 16)
  }

  @Test func strongPenaltyIsSolvedToItsSmallGain() throws {
    let clouds = Clouds(rows: 60, columns: 3, classes: 2, seed: 7)
    let (_, report) = try ConvexHeadSolver(loss: .squaredHinge, penalty: 1e4).train(
      clouds.features, labels: clouds.labels, classCount: 2)
    #expect(report.stopping == .converged)
  }

  /// Products of such features leave the range of Float: a reason is better than a model by chance.
  @Test(arguments: [
    ([Float(3e38), -3e38], "3e+38"), ([1e16, -1e16], "1e+16"),
    ([.infinity, 0], "no finite number"),
  ])
  func overflowingFeaturesAreRefused(values: [Float], magnitude: String) {
    let huge = FeatureMatrix(rowCount: 2, columnCount: 1, values: values)
    #expect(
      throws: TrainingFailure(
        "feature 1 has the root mean square \(magnitude), and the solver takes at most 1e15; scaled "
          + "features would do")
    ) {
      try ConvexHeadSolver(loss: .squaredHinge, penalty: 1e-3).train(
        huge, labels: [0, 1], classCount: 2)
    }
  }

  @Test func checkpointEndsTheTraining() {
    let clouds = Clouds(rows: 60, columns: 3, classes: 2, seed: 8)
    #expect(throws: TrainingInterruption.cancelled) {
      try ConvexHeadSolver(loss: .hinge, penalty: 1e-3).train(
        clouds.features, labels: clouds.labels, classCount: 2
      ) { throw TrainingInterruption.cancelled }
    }
  }
}
