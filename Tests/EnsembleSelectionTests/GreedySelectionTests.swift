import EnsembleSelection
import Foundation
import PluginKit
import TestSupport
import Testing

@Test func threeModelsThatMissOtherRowsAreTakenTogether() {
  // Each is sure of two thirds of the rows and a little wrong about the rest: the mean is right everywhere.
  let labels: [Int32] = [1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
  let models = (0..<3).map { missed in
    labels.indices.map { row -> Float in
      let right: Float = row % 3 == missed ? 0.4 : 0.9
      return labels[row] == 1 ? right : 1 - right
    }
  }
  let library = binaryLibrary(labels: labels, ofClass1: models)
  let counts = GreedySelection(size: 3)
    .counts(from: library, rows: Array(labels.indices))
  #expect(counts == [1, 1, 1])
}

@Test func aModelThatTheOthersOnlyHarmStaysAlone() {
  let labels: [Int32] = [0, 1, 0, 1]
  let library = binaryLibrary(
    labels: labels, ofClass1: [[0.1, 0.9, 0.1, 0.9], [0.8, 0.1, 0.9, 0.3], [0.5, 0.5, 0.5, 0.5]])
  let counts = GreedySelection(size: 25).counts(from: library, rows: [0, 1, 2, 3])
  #expect(counts == [1, 0, 0])
}

@Test func equalModelsAreOne() {
  let library = randomLibrary(models: 1, rows: 60, skill: 0.4, seed: 3)
  let twins = EnsembleLibrary(
    classCount: 3, labels: library.labels,
    probabilities: Array(repeating: library.probabilities[0], count: 4))
  let counts = GreedySelection(size: 10).counts(from: twins, rows: Array(0..<60))
  #expect(counts == [1, 0, 0, 0])
}

@Test func onlyTheGivenRowsDecide() {
  let labels: [Int32] = [1, 1, 1, 1]
  let library = binaryLibrary(
    labels: labels, ofClass1: [[0.6, 0.6, 0.6, 0.6], [0.9, 0.9, 0.1, 0.1], [0.1, 0.1, 0.9, 0.9]])
  let selection = GreedySelection(size: 5)
  let first = selection.counts(from: library, rows: [0, 1])
  let last = selection.counts(from: library, rows: [2, 3])
  #expect(first[1] == 4 && first[2] == 0)
  #expect(last[1] == 0 && last[2] == 4)
}

@Test func aWeightOfTwoIsTheRowTwice() {
  let library = randomLibrary(models: 8, rows: 90, skill: 0.5, seed: 5, weighted: true)
  let weights = library.weights ?? []
  let repeated = library.labels.indices.flatMap { row in
    Array(repeating: row, count: Int(weights[row]))
  }
  let plain = EnsembleLibrary(
    classCount: 3, labels: library.labels, probabilities: library.probabilities)
  let selection = GreedySelection(size: 12)
  #expect(
    selection.counts(from: library, rows: Array(0..<90))
      == selection.counts(from: plain, rows: repeated))
}

@Test(arguments: [1, 2, 7, 40])
func neverMoreThanTheSizeAndNeverWorseThanTheFirst(size: Int) {
  let library = randomLibrary(models: 12, rows: 200, skill: 0.3, seed: 8)
  let counts = GreedySelection(size: size).counts(from: library, rows: Array(0..<200))
  #expect((1...size).contains(counts.reduce(0, +)))
  #expect(library.logLoss(of: counts) <= library.logLoss(of: [1]))
}

extension EnsembleLibrary {
  /// The log loss of models that were chosen so many times.
  fileprivate func logLoss(of counts: [Int]) -> Double {
    let total = Double(counts.reduce(0, +))
    return -labels.indices.reduce(0.0) { sum, row in
      let place = row * classCount + Int(labels[row])
      let mean = counts.indices.reduce(0.0) {
        $0 + Double(counts[$1]) * Double(probabilities[$1][place]) / total
      }
      return sum + log(mean)
    } / Double(rowCount)
  }
}

/// The same rules, written down once more in numpy.
private let oracle = """
  import json, sys
  import numpy as np
  task = json.load(sys.stdin)
  y = np.array(task["labels"])
  w = np.array(task["weights"]) / sum(task["weights"])
  p = np.array(task["probabilities"]).reshape(len(task["probabilities"]), len(y), -1)
  p = p[:, np.arange(len(y)), y]
  chosen, best = [0], None
  while True:
      loss = -w @ np.log(p[chosen].mean(axis=0))
      if best is None or loss < best[0] * (1 - 1e-6):
          best = (loss, list(chosen))
      if len(chosen) == task["size"]:
          break
      losses = [-w @ np.log((p[chosen].sum(axis=0) + q) / (len(chosen) + 1)) for q in p]
      chosen.append(int(np.argmin(losses)))
  print(json.dumps([best[1].count(j) for j in range(len(p))]))
  """

@Test(.enabled(if: PythonOracle.isAvailable), arguments: [1, 2, 3] as [UInt64])
func countsAgreeWithNumpy(seed: UInt64) throws {
  let library = randomLibrary(
    models: 15, rows: 150, skill: 0.25, seed: seed, weighted: seed == 2)
  let task = JSONValue.object([
    ("size", .integer(20)), ("labels", .array(library.labels.map { .integer(Int($0)) })),
    (
      "weights",
      .array(library.labels.indices.map { .number(Double(library.weights?[$0] ?? 1)) })
    ),
    (
      "probabilities",
      .array(library.probabilities.map { .array($0.map { .number(Double($0)) }) })
    ),
  ])
  let answer = try JSONValue(parsing: PythonOracle.run(oracle, input: task.text))
  let counts = GreedySelection(size: 20).counts(from: library, rows: Array(0..<150))
  #expect(counts.count { $0 > 0 } > 2)
  #expect(answer.array?.compactMap(\.integer) == counts)
}
