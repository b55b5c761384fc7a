import MarginHeads
import PluginKit
import Testing

/// Two noisy spirals and a middle, as rows of two columns, with random Fourier features to be mapped to.
private struct Problem {
  let data: TrainingData
  let projection: FourierProjection

  init(rows: Int, features: Int, seed: UInt64, weighted: Bool = false) {
    var generator = Seed(seed).generator()
    var values: [Float] = []
    var labels: [Int32] = []
    for _ in 0..<rows {
      let label = generator.index(below: 3)
      let radius = label == 2 ? 0.3 : 0.5 + generator.uniform()
      let angle = 3 * radius + (label == 1 ? .pi : 0) + 0.6 * generator.normal()
      values.append(Float(radius * sine(angle + .pi / 2) + 0.1 * generator.normal()))
      values.append(Float(radius * sine(angle) + 0.1 * generator.normal()))
      labels.append(Int32(label))
    }
    let weights = (0..<rows).map { _ in Float(generator.index(below: 3)) }
    data = TrainingData(
      features: FeatureMatrix(rowCount: rows, columnCount: 2, values: values), labels: labels,
      classCount: 3, weights: weighted ? weights : nil)
    let count = (features + 1) / 2
    projection = FourierProjection(
      weights: (0..<2 * count).map { _ in Float(generator.normal()) },
      phases: Array(repeating: 0, count: count), columnCount: 2, scale: 0.4,
      amplitude: (2 / Double(features)).squareRoot(), featureCount: features, isPaired: true)
  }

  func stored(_ loss: MarginLoss, _ penalty: Double) throws -> TrainingReport {
    try ConvexHeadSolver(loss: loss, penalty: penalty).train(
      projection.features(of: data.features), labels: data.labels, weights: data.weights,
      classCount: 3
    ).report
  }

  func streamed(
    _ loss: MarginLoss, _ penalty: Double, passes: Int = 60, checkpoint: () throws -> Void = {}
  ) throws -> (head: LinearHead, report: TrainingReport) {
    var solver = StreamedHeadSolver(loss: loss, penalty: penalty)
    solver.passLimit = passes
    solver.leastSample = 512
    return try solver.train(
      data, projection: projection, seed: Seed(5), checkpoint: checkpoint)
  }
}

private func sine(_ x: Double) -> Double {
  // Good enough to draw points: Bhaskara's formula, continued.
  let turns = x / (2 * .pi)
  let t = turns - turns.rounded(.down)
  let half = t < 0.5 ? 2 * t : 2 * t - 1
  let value = 16 * half * (1 - half) / (5 - 4 * half * (1 - half))
  return t < 0.5 ? value : -value
}

@Suite struct StreamedHeadSolverTests {
  /// Both solutions lie within their gaps of the same optimum.
  @Test(arguments: [(MarginLoss.squaredHinge, 1e-3), (.squaredHinge, 1e-5), (.softmax, 1e-3)])
  func theSolutionIsThatOfStoredFeatures(loss: MarginLoss, penalty: Double) throws {
    let problem = Problem(rows: 12_000, features: 61, seed: 1)
    let stored = try problem.stored(loss, penalty)
    let streamed = try problem.streamed(loss, penalty).report
    #expect(streamed.stopping == .converged)
    let objective = try #require(stored.objective)
    let found = try #require(streamed.objective)
    #expect(found < objective * 1.0011 && found > objective * (1 - 1.1e-4))
    #expect(streamed.relativeGaps.allSatisfy { $0 >= 0 && $0 <= 1e-3 })
    #expect(streamed.relativeGaps.count == stored.relativeGaps.count)
  }

  @Test func rowsCountByTheirWeights() throws {
    let problem = Problem(rows: 3_000, features: 40, seed: 2, weighted: true)
    let stored = try #require(try problem.stored(.squaredHinge, 1e-4).objective)
    let streamed = try #require(try problem.streamed(.squaredHinge, 1e-4).report.objective)
    #expect(abs(streamed / stored - 1) < 1.1e-3)
  }

  /// The bound below the optimum holds wherever training stops, and for every loss.
  @Test(arguments: MarginLoss.allCases, [2, 30])
  func theGapIsNoSmallerThanTheDistance(loss: MarginLoss, passes: Int) throws {
    let problem = Problem(rows: 1_500, features: 32, seed: 3)
    let stored = try problem.stored(loss, 1e-3)
    let streamed = try problem.streamed(loss, 1e-3, passes: passes).report
    let objective = try #require(streamed.objective)
    let worst = try #require(streamed.relativeGaps.max())
    #expect(objective * (1 - worst) <= (try #require(stored.objective)) * (1 + 1e-6))
    if worst > 1e-3 { #expect(streamed.stopping == .budget) }
  }

  /// The objective in the report is that of the head as it is stored.
  @Test func theReportedObjectiveIsThatOfTheHead() throws {
    let problem = Problem(rows: 2_000, features: 50, seed: 4)
    let (head, report) = try problem.streamed(.squaredHinge, 1e-4)
    let scores = problem.projection.scores(
      of: problem.data.features, weights: head.weights, biases: head.biases)
    var loss = 0.0
    for (row, label) in problem.data.labels.enumerated() {
      for k in 0..<3 {
        let sign = Int(label) == k ? 1.0 : -1.0
        let violation = max(0, 1 - sign * Double(scores[3 * row + k]))
        loss += violation * violation / 2_000
      }
    }
    let norm = head.weights.reduce(0.0) { $0 + Double($1) * Double($1) }
    #expect(abs(try #require(report.objective) / (loss + 1e-4 * norm) - 1) < 1e-5)
  }

  @Test func theSameSeedGivesTheSameBits() throws {
    let problem = Problem(rows: 2_500, features: 40, seed: 5)
    let first = try problem.streamed(.squaredHinge, 1e-4)
    let second = try problem.streamed(.squaredHinge, 1e-4)
    #expect(first.head == second.head && first.report == second.report)
  }

  @Test func anInterruptionPasses() {
    let problem = Problem(rows: 600, features: 16, seed: 6)
    var calls = 0
    #expect(throws: TrainingInterruption.outOfTime) {
      try problem.streamed(.squaredHinge, 1e-3) {
        calls += 1
        if calls > 3 { throw TrainingInterruption.outOfTime }
      }
    }
  }

  /// A count that grows when solving gets worse: passes over all rows.
  @Test(arguments: [(1e-4, 12), (1e-5, 24)])
  func fewPassesOverAllRowsAreNeeded(penalty: Double, passes: Int) throws {
    let problem = Problem(rows: 20_000, features: 64, seed: 7)
    let report = try problem.streamed(.squaredHinge, penalty, passes: passes).report
    #expect(report.stopping == .converged)
  }
}
