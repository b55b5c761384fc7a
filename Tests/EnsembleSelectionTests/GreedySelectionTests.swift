import EnsembleSelection
import Evaluation
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
  let counts = GreedySelection(metric: .accuracy, size: 3)
    .counts(from: library, rows: Array(labels.indices))
  #expect(counts == [1, 1, 1])
}

@Test func aModelThatTheOthersOnlyHarmStaysAlone() {
  let labels: [Int32] = [0, 1, 0, 1]
  let library = binaryLibrary(
    labels: labels, ofClass1: [[0.1, 0.9, 0.1, 0.9], [0.8, 0.1, 0.9, 0.3], [0.5, 0.5, 0.5, 0.5]])
  for metric in [Metric.accuracy, .logLoss] {
    let counts = GreedySelection(metric: metric, size: 25).counts(
      from: library, rows: [0, 1, 2, 3])
    #expect(counts == [1, 0, 0])
  }
}

@Test func equalModelsAreOne() {
  let library = randomLibrary(models: 1, rows: 60, skill: 0.4, seed: 3)
  let twins = EnsembleLibrary(
    classCount: 3, labels: library.labels,
    probabilities: Array(repeating: library.probabilities[0], count: 4))
  let counts = GreedySelection(metric: .accuracy, size: 10).counts(from: twins, rows: Array(0..<60))
  #expect(counts == [1, 0, 0, 0])
}

@Test func onlyTheGivenRowsDecide() {
  let labels: [Int32] = [1, 1, 1, 1]
  let library = binaryLibrary(
    labels: labels, ofClass1: [[0.6, 0.6, 0.6, 0.6], [0.9, 0.9, 0.1, 0.1], [0.1, 0.1, 0.9, 0.9]])
  let selection = GreedySelection(metric: .logLoss, size: 5)
  let first = selection.counts(from: library, rows: [0, 1])
  let last = selection.counts(from: library, rows: [2, 3])
  #expect(first[1] == 4 && first[2] == 0)
  #expect(last[1] == 0 && last[2] == 4)
}

@Test(arguments: Metric.allCases)
func aWeightOfTwoIsTheRowTwice(metric: Metric) {
  let library = randomLibrary(models: 8, rows: 90, skill: 0.5, seed: 5, weighted: true)
  let weights = library.weights ?? []
  let repeated = library.labels.indices.flatMap { row in
    Array(repeating: row, count: Int(weights[row]))
  }
  let plain = EnsembleLibrary(
    classCount: 3, labels: library.labels, probabilities: library.probabilities)
  let selection = GreedySelection(metric: metric, size: 12)
  #expect(
    selection.counts(from: library, rows: Array(0..<90))
      == selection.counts(from: plain, rows: repeated))
}

@Test func neverMoreThanTheSizeAndNeverWorseThanTheFirst() {
  let library = randomLibrary(models: 12, rows: 200, skill: 0.3, seed: 8)
  let rows = Array(0..<200)
  for size in [1, 2, 7, 40] {
    let counts = GreedySelection(metric: .accuracy, size: size).counts(from: library, rows: rows)
    let chosen = counts.reduce(0, +)
    #expect((1...size).contains(chosen))
    var mean = MeanProbabilities(rowCount: 200, classCount: 3)
    var first = mean
    first.add(library.probabilities[0].map { Double($0) }, weight: 1)
    for (model, count) in counts.enumerated() {
      mean.add(
        library.probabilities[model].map { Double($0) }, weight: Double(count) / Double(chosen))
    }
    #expect(accuracy(mean.scores, library.labels) >= accuracy(first.scores, library.labels))
  }
}

/// The same rules, written down once more in numpy.
private let oracle = """
  import json, sys
  import numpy as np
  from sklearn.metrics import balanced_accuracy_score
  task = json.load(sys.stdin)
  y = np.array(task["labels"])
  p = np.array(task["probabilities"]).reshape(len(task["probabilities"]), len(y), -1)
  def standing(total, count):
      predicted = total.argmax(axis=1)
      value = {"accuracy": lambda: (predicted == y).mean(),
               "balanced_accuracy": lambda: balanced_accuracy_score(y, predicted),
               "log_loss": lambda: 0}[task["metric"]]()
      return (round(value, 12), round(-np.log(total[np.arange(len(y)), y] / count).mean(), 12))
  def better(one, other):
      return one[0] > other[0] or one[0] == other[0] and one[1] < other[1] * (1 - 1e-6)
  chosen, total = [0], p[0].copy()
  best = (standing(total, 1), [0])
  while len(chosen) < task["size"]:
      options = [standing(total + q, len(chosen) + 1) for q in p]
      pick = max(range(len(p)), key=lambda j: (options[j][0], -options[j][1], -j))
      chosen.append(pick)
      total += p[pick]
      if better(options[pick], best[0]):
          best = (options[pick], list(chosen))
  print(json.dumps([best[1].count(j) for j in range(len(p))]))
  """

@Test(
  .enabled(if: PythonOracle.isAvailable),
  arguments: [Metric.accuracy, .balancedAccuracy, .logLoss], [1, 2] as [UInt64])
func countsAgreeWithNumpy(metric: Metric, seed: UInt64) throws {
  let library = randomLibrary(models: 15, rows: 150, skill: 0.25, seed: seed)
  let task = JSONValue.object([
    ("metric", .string(metric.rawValue)), ("size", .integer(20)),
    ("labels", .array(library.labels.map { .integer(Int($0)) })),
    (
      "probabilities",
      .array(library.probabilities.map { .array($0.map { .number(Double($0)) }) })
    ),
  ])
  let answer = try JSONValue(parsing: PythonOracle.run(oracle, input: task.text))
  let counts = GreedySelection(metric: metric, size: 20)
    .counts(from: library, rows: Array(0..<150))
  #expect(counts.count { $0 > 0 } > 2)
  #expect(answer.array?.compactMap(\.integer) == counts)
}
