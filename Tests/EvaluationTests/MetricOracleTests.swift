import Evaluation
import PluginKit
import TestSupport
import Testing

/// Random tables with ties, absent classes, and weights of which some are 0.
private let tables = (0..<8 as Range<UInt64>).map { seed in
  tiedPredictions(
    rows: 120, classCount: seed.isMultiple(of: 4) ? 7 : 6, weighted: !seed.isMultiple(of: 2),
    seed: seed)
}

@Test(.enabled(if: PythonOracle.isAvailable))
func metricsAgreeWithScikitLearn() throws {
  let script = """
    import sys
    import numpy as np
    from sklearn import metrics as m

    def per_class(figure, needs_others):
        present = [k for k in range(K) if (y == k).any() and (not needs_others or (y != k).any())]
        return np.mean([figure(y == k, p[:, k], sample_weight=w) for k in present])

    def calibration_error():
        confidence = p[np.arange(len(y)), z]
        places = np.clip(np.ceil(confidence * 15) - 1, 0, 14)
        return sum(abs(np.sum((w * ((y == z) - confidence))[places == b])) for b in range(15)) / w.sum()

    def top(k):  # scikit-learn gives ties to the higher class
        return m.top_k_accuracy_score(
            K - 1 - y, p[:, ::-1], k=k, labels=np.arange(K), sample_weight=w)

    for table in sys.stdin.read().split("\\n\\n"):
        rows = np.array([[float(v) for v in line.split()] for line in table.splitlines()])
        rows = rows[rows[:, 2] > 0]
        y, z, w, p = rows[:, 0].astype(int), rows[:, 1].astype(int), rows[:, 2], rows[:, 3:]
        K = p.shape[1]
        every = np.arange(K)
        print("accuracy", m.accuracy_score(y, z, sample_weight=w))
        print("balanced_accuracy", m.balanced_accuracy_score(y, z, sample_weight=w))
        print("macro_f1", m.f1_score(y, z, average="macro", sample_weight=w, zero_division=0))
        print("matthews_correlation", m.matthews_corrcoef(y, z, sample_weight=w))
        print("quadratic_kappa", m.cohen_kappa_score(
            y, z, labels=every, weights="quadratic", sample_weight=w))
        print("top_2_accuracy", top(2))
        print("top_5_accuracy", top(5))
        print("roc_auc", per_class(m.roc_auc_score, True))
        print("average_precision", per_class(m.average_precision_score, False))
        print("log_loss", m.log_loss(y, p, sample_weight=w, labels=every))
        print("brier_score", m.brier_score_loss(
            y, p, sample_weight=w, labels=every, scale_by_half=True))
        print("calibration_error", calibration_error())
    """
  let output = try PythonOracle.run(
    script, input: tables.map(text).joined(separator: "\n\n"))
  let expected = output.split(separator: "\n").map { $0.split(separator: " ") }
  let values = tables.flatMap { MetricValues(of: $0).all }
  try #require(expected.map { String($0[0]) } == values.map(\.metric.rawValue))
  for (element, expected) in zip(values, expected) {
    let expected = try #require(Double(expected[1]))
    #expect(abs(element.value - expected) < 1e-9, "\(element.metric)")
  }
}

@Test func theTablesHaveTiesAndAbsentClasses() {
  for table in tables {
    #expect(!table.labels.contains(Int32(table.classCount - 1)))
    #expect(Set(table.probabilities).count < table.rowCount)
  }
}

/// Probabilities that are ratios of small numbers; the last class never occurs among the labels.
private func tiedPredictions(
  rows: Int, classCount: Int, weighted: Bool, seed: UInt64
) -> Predictions {
  var generator = SeededGenerator(seed: seed)
  let labels = (0..<rows).map { _ in Int32(generator.index(below: classCount - 1)) }
  let probabilities = labels.flatMap { label in
    let masses = (0..<classCount).map { index in
      Double(1 + generator.index(below: 3) + (index == Int(label) ? 2 : 0))
    }
    return masses.map { $0 / masses.reduce(0, +) }
  }
  let weights = weighted ? (0..<rows).map { _ in Float(generator.index(below: 4)) / 2 } : nil
  return Predictions(
    labels: labels, probabilities: probabilities, classCount: classCount, weights: weights)
}

/// A line for each row: label, prediction, weight and probabilities.
private func text(_ judged: Predictions) -> String {
  let width = judged.classCount
  let lines = (0..<judged.rowCount).map { row in
    let probabilities = judged.probabilities[row * width..<(row + 1) * width]
    return "\(judged.labels[row]) \(judged.predicted[row]) \(judged.weights?[row] ?? 1) "
      + probabilities.map(\.description).joined(separator: " ")
  }
  return lines.joined(separator: "\n")
}
