import MarginHeads
import PluginKit
import TestSupport
import Testing

/// A trained head with the question about it.
private struct Case {
  let question: HeadOracle.Question
  let head: LinearHead
  let report: TrainingReport

  /// Trains on Gaussian clouds of three classes; with weights every seventh row counts nothing.
  init(_ loss: MarginLoss, rows: Int, columns: Int, penalty: Double, isWeighted: Bool) throws {
    let clouds = Clouds(rows: rows, columns: columns, classes: 3, seed: UInt64(rows + columns))
    var generator = SeededGenerator(seed: 17)
    let weights = (0..<rows).map { row -> Float in
      isWeighted ? (row % 7 == 6 ? 0 : Float(0.2 + 2 * generator.uniform())) : 1
    }
    let (head, report) = try ConvexHeadSolver(loss: loss, penalty: penalty).train(
      clouds.features, labels: clouds.labels, weights: isWeighted ? weights : nil, classCount: 3)
    self.head = head
    self.report = report
    question = HeadOracle.Question(
      loss: loss.rawValue, rows: (0..<rows).map { Array(clouds.features.row($0)) },
      labels: clouds.labels, weights: weights, penalty: penalty,
      headWeights: stride(from: 0, to: 3 * columns, by: columns).map {
        Array(head.weights[$0..<$0 + columns])
      }, headBiases: head.biases)
  }
}

/// More rows than columns and fewer, with and without weights, for λ from 10⁻⁵ to 1.
private func cases(_ loss: MarginLoss) throws -> [Case] {
  // The oracle's quadratic programmes grow with the cube of rows and columns.
  let isSmall = loss == .crammerSinger || loss == .categoricalHinge
  let shapes = isSmall ? [(30, 4), (18, 25)] : [(90, 5), (30, 70)]
  return try shapes.flatMap { rows, columns in
    // At an objective of 10⁻⁶ libsvm's own tolerance is larger than the gap.
    let penalties = loss == .hinge && rows < columns ? [1e-3, 0.03, 1] : [1e-5, 1e-3, 0.03, 1]
    return try penalties.flatMap { penalty in
      try [false, true].map {
        try Case(loss, rows: rows, columns: columns, penalty: penalty, isWeighted: $0)
      }
    }
  }
}

extension Case {
  /// Whether the solver promises to converge within its steps.
  ///
  /// Losses with kinks need more steps where a weak penalty meets rows that planes separate; the report then
  /// says `budget`, with the gap that is left.
  fileprivate var isWithinReach: Bool {
    switch MarginLoss(rawValue: question.loss) {
    case .hinge, .squaredHinge, .softmax: true
    default: question.penalty >= 0.03
    }
  }

  var setting: Comment {
    "\(question.loss), λ \(question.penalty), \(question.rows.count) rows of \(head.featureCount)"
  }
}

/// Objectives are recomputed in Double from the Float32 weights; the oracle is libsvm for `hinge`, L-BFGS
/// for `squared-hinge`, scikit-learn's Newton-Cholesky for `softmax` and SLSQP for the other two.
@Suite(.enabled(if: PythonOracle.isAvailable)) struct HeadOracleTests {
  @Test(arguments: MarginLoss.allCases)
  func solverAndOracleFindTheSameOptimum(loss: MarginLoss) throws {
    let cases = try cases(loss)
    let answers = try HeadOracle.answers(to: cases.map(\.question))
    try #require(answers.count == cases.count)
    for (one, answer) in zip(cases, answers) {
      if one.isWithinReach {
        #expect(one.report.stopping == .converged, one.setting)
        expectTheOptimum(one, answer)
      }
      expectHonesty(one, answer)
    }
  }

  /// The head is as good as the oracle's, and nearly the same.
  private func expectTheOptimum(_ one: Case, _ answer: HeadOracle.Answer) {
    for (block, objective) in answer.objectives.enumerated() {
      let optimum = answer.optima[block]
      let gap = one.report.relativeGaps[block]
      #expect(objective <= optimum * (1 + 1e-4), one.setting)
      // The objective grows by λ‖W - W*‖² at least with the distance from the optimum W*.
      let reach = (gap * objective).squareRoot() + (1e-6 * optimum).squareRoot()
      #expect(answer.distances[block] <= reach * reach, one.setting)
      // A gap is small beside what was gained over W = 0, too.
      let gained = max(0, answer.trivialObjectives[block] - objective)
      #expect(
        gap * objective <= max(0.01 * gained, 1e-6 * objective) * (1 + 1e-4), one.setting)
    }
  }

  /// The report tells the truth about the head, however far training came.
  private func expectHonesty(_ one: Case, _ answer: HeadOracle.Answer) {
    for (block, objective) in answer.objectives.enumerated() {
      let optimum = answer.optima[block]
      #expect(
        objective * (1 - one.report.relativeGaps[block]) <= optimum * (1 + 1e-8), one.setting)
      // Otherwise the oracle would be no oracle; libsvm ends at a violation, not at a gap.
      #expect(optimum <= objective * (1 + 2e-4), one.setting)
    }
    // A point of the dual problem that owes nothing to the solver lies below.
    for (objective, dual) in zip(answer.objectives, answer.dualValues) {
      #expect(objective >= dual * (1 - 1e-6), one.setting)
    }
    let sum = answer.objectives.reduce(0, +)
    // The head's biases are those of the report rounded to Float.
    #expect(abs((one.report.objective ?? 0) - sum) <= 1e-5 * sum + 1e-8, one.setting)
  }
}
