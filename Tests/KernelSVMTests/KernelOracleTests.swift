import KernelSVM
import PluginKit
import TestSupport
import Testing

private let testRows = clouds(rows: 200, classes: 3, seed: 2).features

/// A trained model with the question about it.
private struct Case {
  let question: KernelOracle.Question
  let outcome: TrainingOutcome

  init(
    _ kernel: String, _ loss: String, _ multiclass: String, penalty: Double, classes: Int,
    isWeighted: Bool
  ) throws {
    let plain = clouds(rows: 90, classes: classes, seed: 1)
    var generator = SeededGenerator(seed: 17)
    let weights = plain.labels.indices.map { row -> Float in
      isWeighted ? (row % 7 == 6 ? 0 : Float(0.2 + 2 * generator.uniform())) : 1
    }
    let data = TrainingData(
      features: plain.features, labels: plain.labels, classCount: classes,
      weights: isWeighted ? weights : nil)
    outcome = try train(
      data,
      [
        "kernel": .text(kernel), "loss": .text(loss), "multiclass": .text(multiclass),
        "scale": .real(1.5), "l2": .real(penalty),
      ])
    let state = outcome.model.state()
    question = KernelOracle.Question(
      kernel: kernel, loss: loss, multiclass: multiclass, scale: 1.5, penalty: penalty,
      columns: data.features.columnCount, rows: data.features.values, labels: data.labels,
      weights: weights, test: testRows.values, support: tensor(state, "support.rows"),
      coefficients: tensor(state, "support.coefficients"),
      counts: (state.attributes["support_counts"]?.array ?? []).compactMap(\.integer),
      biases: tensor(state, "bias"))
  }

  var setting: Comment {
    "\(question.kernel), \(question.loss), \(question.multiclass), λ \(question.penalty)"
  }
}

private func cases(_ loss: String, _ multiclass: String) throws -> [Case] {
  try [1e-4, 0.03].flatMap { penalty in
    try [false, true].flatMap { isWeighted in
      try [("gaussian", 3), ("laplacian", 3), ("gaussian", 2)].map { kernel, classes in
        try Case(
          kernel, loss, multiclass, penalty: penalty, classes: classes, isWeighted: isWeighted)
      }
    }
  }
}

/// Objectives and decisions are recomputed in Double from the model's state; the oracle is libsvm for
/// `hinge`, and L-BFGS on the eigenvectors of the kernel for `squared-hinge`.
@Suite(.enabled(if: PythonOracle.isAvailable)) struct KernelOracleTests {
  @Test(arguments: ["hinge", "squared-hinge"], ["one-vs-rest", "one-vs-one"])
  func machinesAreThoseOfTheOracle(loss: String, multiclass: String) throws {
    let cases = try cases(loss, multiclass)
    let answers = try KernelOracle.answers(to: cases.map(\.question))
    try #require(answers.count == cases.count)
    for (one, answer) in zip(cases, answers) {
      #expect(one.outcome.report.stopping == .converged, one.setting)
      let reach = expectTheOptimum(one, answer)
      try expectTheScores(one, answer)
      if let predictions = answer.predictions { try expectLabels(one, answer, predictions, reach) }
    }
  }

  /// Expects that each machine is as good as the oracle's, and nearly the same.
  ///
  /// - Returns: How far decisions may lie from the oracle's.
  private func expectTheOptimum(_ one: Case, _ answer: KernelOracle.Answer) -> Double {
    let report = one.outcome.report
    #expect(report.relativeGaps.count == answer.optima.count)
    var largest = 0.0
    for (machine, objective) in answer.objectives.enumerated() {
      let optimum = answer.optima[machine]
      let gap = report.relativeGaps[machine]
      #expect(gap <= 1e-4, one.setting)
      // Coefficients are stored in Float32, which moves decisions by some 10⁻⁶.
      #expect(objective <= optimum * (1 + 1e-4) + 1e-6, one.setting)
      #expect(objective * (1 - gap) <= optimum * (1 + 1e-6) + 1e-6, one.setting)
      // With a kernel of 1 at distance 0, |g(x) - g*(x)|² is at most ‖g - g*‖² ≤ gap / λ.
      let reach = 2 * ((gap * objective / one.question.penalty).squareRoot() + 1e-3)
      for (found, expected) in zip(answer.decisions[machine], answer.expectedDecisions[machine]) {
        #expect(abs(found - expected) <= reach, one.setting)
      }
      largest = max(largest, reach)
    }
    let sum = answer.objectives.reduce(0, +)
    #expect(abs((report.objective ?? 0) - sum) <= 1e-5 * sum + 1e-6, one.setting)
    return largest
  }

  private func expectTheScores(_ one: Case, _ answer: KernelOracle.Answer) throws {
    let scores = try one.outcome.model.scores(for: testRows)
    for (row, expected) in answer.scores.enumerated() {
      for (k, score) in expected.enumerated() {
        #expect(abs(Double(scores[row, k]) - score) <= 1e-3, one.setting)
      }
    }
  }

  /// Decisions within the reach of 0 may fall on either side.
  private func expectLabels(
    _ one: Case, _ answer: KernelOracle.Answer, _ predictions: [Int], _ reach: Double
  ) throws {
    let found = try labels(one.outcome.model.scores(for: testRows))
    let clear = found.indices.filter { row in
      answer.expectedDecisions.allSatisfy { abs($0[row]) > reach }
    }
    #expect(clear.count > 100, one.setting)
    for row in clear { #expect(found[row] == predictions[row], one.setting) }
  }
}
