import MarginHeads
import PluginKit
import TestSupport
import Testing

/// The Gram matrix of the linear kernel.
private func linearGram(_ rows: FeatureMatrix) -> GramMatrix {
  let stride = GramMatrix.stride(rowCount: rows.rowCount)
  return GramMatrix(rowCount: rows.rowCount) { values in
    values.initialize(repeating: 0)
    for a in 0..<rows.rowCount {
      for b in 0..<rows.rowCount {
        values[a * stride + b] = Float(
          zip(rows.row(a), rows.row(b)).reduce(0) { $0 + Double($1.0) * Double($1.1) })
      }
    }
  }
}

/// One-vs-rest machines of Gaussian clouds, with the heads that they amount to.
private struct Case {
  let question: HeadOracle.Question
  let solutions: [DualSolver.Solution]

  init(_ loss: MarginLoss, rows: Int, columns: Int, penalty: Double, isWeighted: Bool) throws {
    let clouds = Clouds(rows: rows, columns: columns, classes: 3, seed: UInt64(rows + columns))
    var generator = SeededGenerator(seed: 17)
    let weights = (0..<rows).map { row -> Float in
      isWeighted ? (row % 7 == 6 ? 0 : Float(0.2 + 2 * generator.uniform())) : 1
    }
    let sum = weights.reduce(0) { $0 + Double($1) }
    let gram = linearGram(clouds.features)
    solutions = (0..<3).map { k in
      DualSolver(loss: loss, penalty: penalty).solve(
        gram, signs: clouds.labels.map { $0 == k ? 1 : -1 },
        shares: weights.map { Double($0) / sum },
        checkpoint: {})
    }
    question = HeadOracle.Question(
      loss: loss.rawValue, rows: (0..<rows).map { Array(clouds.features.row($0)) },
      labels: clouds.labels, weights: weights, penalty: penalty,
      headWeights: solutions.map { solution in
        (0..<columns).map { column in
          Float(
            (0..<rows).reduce(0) {
              $0 + solution.coefficients[$1] * Double(clouds.features[$1, column])
            })
        }
      }, headBiases: solutions.map { Float($0.bias) })
  }

  var setting: Comment {
    "\(question.loss), λ \(question.penalty), \(question.rows.count) rows"
  }
}

/// The oracle is libsvm for `hinge` and L-BFGS for `squared-hinge`.
@Suite struct DualSolverTests {
  @Test(.enabled(if: PythonOracle.isAvailable), arguments: [MarginLoss.hinge, .squaredHinge])
  func solverAndOracleFindTheSameOptimum(loss: MarginLoss) throws {
    let cases = try [(90, 5), (30, 70)].flatMap { rows, columns in
      try [1e-3, 0.03, 1].flatMap { penalty in
        try [false, true].map {
          try Case(loss, rows: rows, columns: columns, penalty: penalty, isWeighted: $0)
        }
      }
    }
    let answers = try HeadOracle.answers(to: cases.map(\.question))
    try #require(answers.count == cases.count)
    for (one, answer) in zip(cases, answers) {
      for (machine, solution) in one.solutions.enumerated() {
        let optimum = answer.optima[machine]
        #expect(solution.isConverged, one.setting)
        #expect(solution.gap <= 1e-4 * solution.objective, one.setting)
        #expect(answer.objectives[machine] <= optimum * (1 + 1e-4), one.setting)
        // The Gram matrix is rounded to Float, with values up to 10².
        let difference = abs(solution.objective - answer.objectives[machine])
        #expect(difference <= 1e-5 * optimum + 1e-8, one.setting)
        #expect(solution.objective - solution.gap <= optimum * (1 + 1e-6), one.setting)
        let gained = max(0, answer.trivialObjectives[machine] - solution.objective)
        #expect(
          solution.gap <= max(0.01 * gained, 1e-6 * optimum) * (1 + 1e-4), one.setting)
      }
    }
  }

  /// What the report says of a solution is true by the definitions of both problems, for any λ.
  @Test(arguments: [MarginLoss.hinge, .squaredHinge], [1e-8, 1e-5, 1e-2, 10])
  func theGapIsThatOfTheDefinition(loss: MarginLoss, penalty: Double) {
    let rows = 75
    let clouds = Clouds(rows: rows, columns: 6, classes: 3, seed: 3)
    let gram = linearGram(clouds.features)
    let signs = clouds.labels.map { $0 == 0 ? 1.0 : -1 }
    let shares = (0..<rows).map { Double($0 % 4) / Double(4 * rows) }
    var solver = DualSolver(loss: loss, penalty: penalty)
    solver.iterationLimit = 20_000
    let solution = solver.solve(gram, signs: signs, shares: shares, checkpoint: {})
    let beta = solution.coefficients
    #expect(abs(beta.reduce(0, +)) <= 1e-9 * beta.reduce(1) { $0 + abs($1) })
    var (norm, value, dual) = (0.0, 0.0, 0.0)
    for a in 0..<rows {
      let score = (0..<rows).reduce(0) { $0 + Double(gram[a, $1]) * beta[$1] }
      let alpha = 2 * penalty * signs[a] * beta[a]
      let missing = max(0, 1 - signs[a] * (score + solution.bias))
      norm += beta[a] * score
      value += shares[a] * (loss == .hinge ? missing : missing * missing)
      dual += alpha
      if loss == .squaredHinge, alpha > 0 { dual -= alpha * alpha / (4 * shares[a]) }
      #expect(alpha >= 0 && (loss == .squaredHinge || alpha <= shares[a] * (1 + 1e-12)))
      if shares[a] == 0 { #expect(alpha == 0) }
    }
    let primal = penalty * norm + value
    #expect(abs(solution.objective - primal) <= 1e-9 * primal)
    #expect(abs(solution.gap - (primal - dual + penalty * norm)) <= 1e-9 * primal)
    #expect(solution.isConverged == (solution.gap <= 1e-4 * primal))
  }

  /// Where no budget would do, the report says so, and the gap is still a bound.
  @Test func anUnfinishedSolutionIsNotCalledConverged() {
    let clouds = Clouds(rows: 60, columns: 4, classes: 3, seed: 1)
    let gram = linearGram(clouds.features)
    let signs = clouds.labels.map { $0 == 0 ? 1.0 : -1 }
    let shares = Array(repeating: 1.0 / 60, count: 60)
    var solver = DualSolver(loss: .squaredHinge, penalty: 1e-3)
    let whole = solver.solve(gram, signs: signs, shares: shares, checkpoint: {})
    solver.iterationLimit = 5
    let part = solver.solve(gram, signs: signs, shares: shares, checkpoint: {})
    #expect(whole.isConverged && !part.isConverged)
    #expect(part.iterations == 5)
    #expect(part.gap > 1e-4 * part.objective)
    #expect(part.objective - part.gap <= whole.objective)
    #expect(part.objective >= whole.objective - whole.gap)
  }

  /// Without free support vectors any bias between the classes' would do; the middle is taken.
  @Test func aFlatMinimumHasItsBiasInTheMiddle() {
    let gram = GramMatrix(rowCount: 2) { values in
      values.initialize(repeating: 0)
      values[0] = 1
      values[17] = 1
    }
    let solution = DualSolver(loss: .hinge, penalty: 1).solve(
      gram, signs: [1, -1], shares: [0.5, 0.5], checkpoint: {})
    #expect(solution.coefficients == [0.25, -0.25])
    #expect(solution.bias == 0)
    #expect(solution.objective == 0.875)
  }

  @Test func checkpointsEndTheWork() {
    struct Stop: Error {}
    let gram = linearGram(Clouds(rows: 9, columns: 2, classes: 3, seed: 2).features)
    #expect(throws: Stop.self) {
      try DualSolver(loss: .hinge, penalty: 0.1).solve(
        gram, signs: Array(repeating: 1, count: 9), shares: Array(repeating: 1 / 9, count: 9)
      ) { throw Stop() }
    }
  }
}
