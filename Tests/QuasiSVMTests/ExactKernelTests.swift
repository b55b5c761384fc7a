import Foundation
import PluginKit
import QuasiSVM
import TestSupport
import Testing

private let plugin = QuasiSVMPlugin()

/// Slightly overlapping clouds of four classes in seven columns.
private func blobs(rows: Int, seed: UInt64) -> TrainingData {
  var generator = SeededGenerator(seed: seed)
  let labels = (0..<rows).map { Int32($0 % 4) }
  let values = labels.flatMap { label in
    (0..<7).map { Float(generator.normal() + ($0 % 4 == Int(label) ? 3 : 0)) }
  }
  return TrainingData(
    features: FeatureMatrix(rowCount: rows, columnCount: 7, values: values), labels: labels,
    classCount: 4)
}

private func train(
  _ data: TrainingData, _ chosen: [String: ParameterValue]
) throws -> TrainingOutcome {
  try plugin.train(
    data, parameters: ParameterValues(plugin.manifest.parameters, chosen),
    context: TrainingContext(studySeed: Seed(1), trialSeed: Seed(2)))
}

@Suite struct ExactKernelTests {
  /// Settings at random from the space that is searched by default.
  @Test(arguments: 1...5 as ClosedRange<UInt64>)
  func settingsOfTheSearchSpaceConverge(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let data = blobs(rows: 400, seed: 1)
    let outcome = try train(
      data,
      [
        "output_dim": .integer(Int(64 * pow(4822 / 64, generator.uniform()))),
        "scale": .real(0.1 * pow(1000, generator.uniform())),
        "l2": .real(1e-6 * pow(1e6, generator.uniform())),
      ])
    #expect(outcome.report.stopping == .converged)
    #expect(outcome.report.relativeGaps.allSatisfy { $0 <= 1e-4 })
  }

  /// With C = 1/(2λn) and gamma = 1/(2s²) scikit-learn's SVC, one class against the others, is the exact
  /// machine that random features approximate with an error of order 1/√D.
  @Test(.enabled(if: PythonOracle.isAvailable))
  func manyFeaturesPredictAsTheExactKernelDoes() throws {
    let data = blobs(rows: 300, seed: 3)
    let test = blobs(rows: 500, seed: 4)
    let outcome = try train(
      data,
      [
        "output_dim": .integer(4096), "scale": .real(2), "l2": .real(1e-3), "loss": .text("hinge"),
      ])
    let script = """
      import json, sys
      import numpy as np
      from sklearn.svm import SVC
      q = json.load(sys.stdin)
      x, y, test = (np.array(q[name]) for name in ("rows", "labels", "test"))
      x, test = x.reshape(-1, 7), test.reshape(-1, 7)
      scores = [SVC(C=1 / (2 * 1e-3 * len(y)), gamma=1 / 8).fit(x, y == k).decision_function(test)
                for k in range(4)]
      print(*np.argmax(scores, axis=0))
      """
    let question = Question(
      rows: data.features.values, labels: data.labels, test: test.features.values)
    let expected = try PythonOracle.run(script, input: try JSONEncoder().encode(question))
      .split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
    try #require(expected.count == 500)
    let scores = try outcome.model.scores(for: test.features)
    let agreeing = (0..<500).filter { row in
      let values = Array(scores.row(row))
      return values.firstIndex(of: values.max() ?? 0) == expected[row]
    }
    #expect(agreeing.count >= 490)
    #expect(outcome.report.stopping == .converged)
  }

  private struct Question: Encodable {
    let rows: [Float]
    let labels: [Int32]
    let test: [Float]
  }
}
