import Foundation
import NearestNeighbours
import PluginKit
import TestSupport
import Testing

private let plugin = NearestNeighboursPlugin()

private func parameters(
  _ neighbours: Int, weighting: String = "uniform", distance: String = "euclidean"
) -> ParameterValues {
  ParameterValues(
    plugin.manifest.parameters,
    [
      "neighbours": .integer(neighbours), "weighting": .text(weighting),
      "distance": .text(distance),
    ])
}

private func train(_ data: TrainingData, _ parameters: ParameterValues) throws -> any TrainedModel {
  try plugin.train(
    data, parameters: parameters,
    context: TrainingContext(studySeed: Seed(0), trialSeed: Seed(0))
  ).model
}

/// Rows on a line with the classes a = 0 and b = 1.
private func line(_ places: [Float], _ labels: [Int32], weights: [Float]? = nil) -> TrainingData {
  TrainingData(
    features: FeatureMatrix(rowCount: places.count, columnCount: 1, values: places),
    labels: labels, classCount: 2, weights: weights)
}

/// The shares of the votes that scores stand for, with m voters.
private func shares(_ scores: ScoreMatrix, voters: Double) -> [Double] {
  scores.values.map { (exp(Double($0)) * (voters + 1) - 1 / Double(scores.columnCount)) / voters }
}

private func randomRows(_ count: Int, columns: Int, seed: UInt64) -> FeatureMatrix {
  var generator = Seed(seed).keyed("rows").generator()
  return FeatureMatrix(
    rowCount: count, columnCount: columns,
    values: (0..<count * columns).map { _ in Float(generator.normal()) })
}

@Suite struct NearestNeighboursTests {
  @Test func theNearestRowsVote() throws {
    let data = line([0, 1, 2, 10, 11], [0, 0, 1, 1, 1])
    let model = try train(data, parameters(3))
    let scores = try model.scores(
      for: FeatureMatrix(rowCount: 2, columnCount: 1, values: [0.9, 9]))
    let found = shares(scores, voters: 3)
    for (share, expected) in zip(found, [2.0 / 3, 1.0 / 3, 0, 1]) {
      #expect(abs(share - expected) < 1e-6)
    }
  }

  @Test func rowsAtTheSameDistanceShareTheLastVotes() throws {
    // At 0: one row at distance 0, then three at distance 1 for the two votes that are left.
    let data = line([0, 1, -1, 1, 5], [0, 1, 1, 0, 0])
    let model = try train(data, parameters(3))
    let found = shares(
      try model.scores(for: FeatureMatrix(rowCount: 1, columnCount: 1, values: [0])), voters: 3)
    #expect(abs(found[0] - (1 + 2.0 / 3) / 3) < 1e-6)
    #expect(abs(found[1] - (4.0 / 3) / 3) < 1e-6)
  }

  @Test func aRowAtDistanceZeroOutvotesAllOthers() throws {
    let data = line([0, 0.1, 0.1], [0, 1, 1])
    let model = try train(data, parameters(3, weighting: "distance"))
    let found = shares(
      try model.scores(for: FeatureMatrix(rowCount: 1, columnCount: 1, values: [0])), voters: 3)
    #expect(abs(found[0] - 1) < 1e-6)
  }

  @Test func theOrderOfTheRowsDoesNotMatter() throws {
    // Whole coordinates: many ties.
    var generator = Seed(5).keyed("grid").generator()
    let values = (0..<400).map { _ in Float(generator.index(below: 5)) }
    let rows = FeatureMatrix(rowCount: 200, columnCount: 2, values: values)
    let labels = (0..<200).map { _ in Int32(generator.index(below: 3)) }
    let order = generator.shuffled(Array(0..<200))
    let data = TrainingData(features: rows, labels: labels, classCount: 3)
    let queries = randomRows(50, columns: 2, seed: 6)
    for weighting in ["uniform", "distance"] {
      let one = try train(data, parameters(7, weighting: weighting)).scores(for: queries)
      let other = try train(data.selecting(rows: order), parameters(7, weighting: weighting))
        .scores(for: queries)
      for (a, b) in zip(one.values, other.values) { #expect(abs(a - b) < 1e-5) }
    }
  }

  @Test func aWeightOfTwoIsTheRowTwice() throws {
    let data = line([0, 1, 2, 3, 4], [0, 1, 0, 1, 1], weights: [1, 2, 1, 1, 2])
    let twice = line([0, 1, 1, 2, 3, 4, 4], [0, 1, 1, 0, 1, 1, 1])
    let queries = FeatureMatrix(
      rowCount: 40, columnCount: 1, values: (0..<40).map { Float($0) / 8 })
    for count in 1...7 {
      let one = try train(data, parameters(count)).scores(for: queries)
      let other = try train(twice, parameters(count)).scores(for: queries)
      for (a, b) in zip(one.values, other.values) { #expect(abs(a - b) < 1e-6) }
    }
  }

  @Test func hugeCoordinatesGiveFiniteScores() throws {
    let data = line([-3e38, 3e38, 0], [0, 1, 0])
    for weighting in ["uniform", "distance"] {
      let scores = try train(data, parameters(2, weighting: weighting))
        .scores(for: FeatureMatrix(rowCount: 3, columnCount: 1, values: [3e38, -3e38, 1e20]))
      #expect(scores.values.allSatisfy { $0.isFinite })
    }
  }

  @Test func moreNeighboursThanRowsIsSaid() throws {
    let outcome = try plugin.train(
      line([0, 1, 2], [0, 1, 1]), parameters: parameters(5),
      context: TrainingContext(studySeed: Seed(0), trialSeed: Seed(0)))
    #expect(
      outcome.report.warnings == [
        "neighbours is 5 and there are 3 training rows: all of them vote."
      ])
  }

  @Test func aStateWithAForeignLabelIsRefused() throws {
    var state = try train(line([0, 1], [0, 1]), parameters(1)).state()
    state.tensors[1] = NamedTensor("labels", shape: [2], values: [0, 2])
    #expect(
      throws: ModelStateError("the tensor 'labels' holds what is no class from 0 to 1")
    ) { try plugin.load(state) }
  }
}

/// KNeighborsClassifier on the same rows: shares of the votes, without ties.
@Test(
  .enabled(if: PythonOracle.isAvailable),
  arguments: [(1, 2), (5, 3), (17, 7), (40, 20)], ["uniform", "distance"])
func agreesWithScikitLearn(shape: (neighbours: Int, columns: Int), weighting: String) throws {
  for distance in ["euclidean", "manhattan"] {
    let rows = randomRows(700, columns: shape.columns, seed: 11)
    let queries = randomRows(60, columns: shape.columns, seed: 12)
    let labels = (0..<700).map { Int32(rows[$0, 0] + rows[$0, 1] > 0.5 ? 2 : $0 % 2) }
    let model = try train(
      TrainingData(features: rows, labels: labels, classCount: 3),
      parameters(shape.neighbours, weighting: weighting, distance: distance))
    let found = shares(try model.scores(for: queries), voters: Double(shape.neighbours))
    let script = """
      import json, sys, numpy as np
      from sklearn.neighbors import KNeighborsClassifier
      q = json.load(sys.stdin)
      rows = np.array(q["rows"], np.float32).reshape(700, -1)
      queries = np.array(q["queries"], np.float32).reshape(60, -1)
      model = KNeighborsClassifier(q["k"], weights=q["weighting"], metric=q["distance"], algorithm="brute")
      print(json.dumps(model.fit(rows, q["labels"]).predict_proba(queries).ravel().tolist()))
      """
    let input: [String: Any] = [
      "rows": rows.values, "queries": queries.values, "labels": labels.map { Int($0) },
      "k": shape.neighbours, "weighting": weighting, "distance": distance,
    ]
    let answer = try PythonOracle.run(
      script, input: JSONSerialization.data(withJSONObject: input))
    let expected = try #require(
      try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [Double])
    for (share, other) in zip(found, expected) { #expect(abs(share - other) < 1e-4) }
  }
}
