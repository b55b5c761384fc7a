import ExtraTrees
import Foundation
import PluginKit
import TestSupport
import Testing

private let plugin = ExtraTreesPlugin()

private func train(
  _ data: TrainingData, _ chosen: [String: ParameterValue] = [:], seed: UInt64 = 1
) throws -> any TrainedModel {
  try plugin.train(
    data, parameters: ParameterValues(plugin.manifest.parameters, chosen),
    context: TrainingContext(studySeed: Seed(0), trialSeed: Seed(seed))
  ).model
}

/// Rows in the square (-1, 1)², of class 1 where the signs of both coordinates agree, and columns of noise.
private func checkerboard(_ count: Int, noise: Int = 0, seed: UInt64) -> TrainingData {
  var generator = Seed(seed).keyed("checkerboard").generator()
  let width = 2 + noise
  let values = (0..<count * width).map { _ in Float(2 * generator.uniform() - 1) }
  let labels = (0..<count).map { Int32(values[$0 * width] * values[$0 * width + 1] > 0 ? 1 : 0) }
  return TrainingData(
    features: FeatureMatrix(rowCount: count, columnCount: width, values: values), labels: labels,
    classCount: 2)
}

private func predictions(_ scores: ScoreMatrix) -> [Int32] {
  (0..<scores.rowCount).map { row in
    let values = Array(scores.row(row))
    return Int32(values.indices.max { values[$0] < values[$1] } ?? 0)
  }
}

private func accuracy(_ model: any TrainedModel, _ data: TrainingData) throws -> Double {
  let found = predictions(try model.scores(for: data.features))
  return Double(zip(found, data.labels).count { $0 == $1 }) / Double(found.count)
}

@Suite struct ExtraTreesTests {
  @Test func learnsWhatNoLineSeparates() throws {
    let model = try train(checkerboard(2_000, seed: 1))
    #expect(try accuracy(model, checkerboard(2_000, seed: 2)) > 0.97)
  }

  @Test func grownTreesKnowTheirRowsByHeart() throws {
    // Different rows, few enough for a bin each.
    let data = checkerboard(200, noise: 3, seed: 3)
    let model = try train(data, ["trees": .integer(3)])
    let scores = try model.scores(for: data.features)
    #expect(try accuracy(model, data) == 1)
    let sure = Float(log((3 + 0.5) / 4))
    for row in 0..<200 { #expect(abs(scores[row, Int(data.labels[row])] - sure) < 1e-6) }
  }

  @Test func aLargeLeafKnowsTheSharesOnly() throws {
    let data = checkerboard(100, seed: 4)
    let scores = try train(data, ["min_leaf": .integer(60), "trees": .integer(1)])
      .scores(for: data.features)
    let share = Double(data.labels.count { $0 == 1 }) / 100
    for row in 0..<100 { #expect(abs(scores[row, 1] - Float(log((share + 0.5) / 2))) < 1e-6) }
  }

  @Test func leavesHaveAtLeastTheirRows() throws {
    let data = checkerboard(500, noise: 1, seed: 5)
    let model = try train(data, ["min_leaf": .integer(40), "trees": .integer(20)])
    let state = model.state()
    let leaves = try state.count("leaves")
    // At most 500 / 40 leaves a tree; and not a single one, as the classes can be told apart.
    #expect(leaves <= 20 * 12)
    #expect(leaves > 20 * 3)
  }

  @Test func thresholdsFollowTheScale() throws {
    // Factors of two are exact: the same trees, and the same scores.
    let data = checkerboard(300, noise: 2, seed: 6)
    var scaled = data.features
    for index in scaled.values.indices { scaled.values[index] *= 1_024 }
    let one = try train(data).scores(for: data.features)
    let other = try train(
      TrainingData(features: scaled, labels: data.labels, classCount: 2)
    ).scores(for: scaled)
    #expect(one == other)
  }

  @Test func aMissingValueCanBeTheAnswer() throws {
    var data = checkerboard(400, noise: 1, seed: 7).features
    let labels = (0..<400).map { Int32($0 % 2) }
    for row in 0..<400 where row % 2 == 1 { data[row, 2] = .nan }
    let training = TrainingData(features: data, labels: labels, classCount: 2)
    let model = try train(training, ["max_features": .real(1)])
    #expect(try accuracy(model, training) == 1)
    var fresh = checkerboard(100, noise: 1, seed: 8).features
    for row in 0..<100 where row % 2 == 1 { fresh[row, 2] = .nan }
    let scores = try model.scores(for: fresh)
    let expected = (0..<100).map { Int32($0 % 2) }
    #expect(zip(predictions(scores), expected).count { $0 == $1 } > 95)
  }

  @Test func aWeightOfTwoIsTheRowTwice() throws {
    // More than 255 values: bins are shared, and their borders follow the weights.
    let data = checkerboard(400, noise: 1, seed: 9)
    let weights = (0..<400).map { Float($0 % 3) }
    let repeated = (0..<400).flatMap { Array(repeating: $0, count: $0 % 3) }
    let queries = checkerboard(100, noise: 1, seed: 10).features
    let one = try train(
      TrainingData(
        features: data.features, labels: data.labels, classCount: 2, weights: weights),
      ["min_leaf": .integer(4)])
    let other = try train(data.selecting(rows: repeated), ["min_leaf": .integer(4)])
    #expect(try one.scores(for: queries) == other.scores(for: queries))
  }

  @Test func bothCriteriaLearn() throws {
    for criterion in ["gini", "entropy"] {
      let model = try train(
        checkerboard(1_000, noise: 4, seed: 11),
        ["criterion": .text(criterion), "max_features": .real(1)])
      #expect(try accuracy(model, checkerboard(1_000, noise: 4, seed: 12)) > 0.9)
    }
  }

  @Test func aTreeThatLeadsBackIsRefused() throws {
    var state = try train(checkerboard(50, seed: 13), ["trees": .integer(1)]).state()
    let next = state.tensors[2]
    state.tensors[2] = NamedTensor("next", shape: next.shape, values: next.values.map { _ in 0 })
    #expect(throws: ModelStateError("tree 1 of the model leads nowhere")) {
      try plugin.load(state)
    }
  }
}

/// ExtraTreesClassifier on the same rows: forests differ tree by tree, and agree as forests.
@Test(.enabled(if: PythonOracle.isAvailable), arguments: [1, 8])
func agreesWithScikitLearnsForest(leaf: Int) throws {
  let data = checkerboard(600, noise: 3, seed: 21)
  let queries = checkerboard(1_000, noise: 3, seed: 22)
  let model = try train(
    data, ["trees": .integer(400), "min_leaf": .integer(leaf), "max_features": .real(0.4)])
  let scores = try model.scores(for: queries.features)
  let found = (0..<1_000).map { (exp(Double(scores[$0, 1])) * 401 - 0.5) / 400 }
  let script = """
    import json, sys, numpy as np
    from sklearn.ensemble import ExtraTreesClassifier
    q = json.load(sys.stdin)
    rows, queries = (np.array(q[n], np.float32).reshape(-1, 5) for n in ("rows", "queries"))
    model = ExtraTreesClassifier(400, max_features=2, min_samples_leaf=q["leaf"], random_state=1)
    print(json.dumps(model.fit(rows, q["labels"]).predict_proba(queries)[:, 1].tolist()))
    """
  let input: [String: Any] = [
    "rows": data.features.values, "queries": queries.features.values,
    "labels": data.labels.map { Int($0) }, "leaf": leaf,
  ]
  let answer = try PythonOracle.run(script, input: JSONSerialization.data(withJSONObject: input))
  let expected = try #require(
    try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [Double])
  let mean = zip(found, expected).reduce(0) { $0 + abs($1.0 - $1.1) } / 1_000
  let bias = zip(found, expected).reduce(0) { $0 + $1.0 - $1.1 } / 1_000
  // The standard deviation of a mean over 400 trees is at most 0.025 for each forest.
  #expect(mean < 0.03)
  #expect(abs(bias) < 0.01)
}
