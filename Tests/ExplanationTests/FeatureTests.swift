import Evaluation
import Explanation
import PluginKit
import Synchronization
import TableColumns
import Testing

/// A model of two classes that looks at the column `x` only, and at the parts of `when` not at all.
private let model = ExplainedModel(
  fields: [
    FeatureField(name: "x", column: "x", position: 0, kind: .numeric),
    FeatureField(
      name: "colour", column: "colour", position: 1, kind: .categorical(["red", "blue"])),
    FeatureField(name: "idle", column: "idle", position: 2, kind: .numeric),
  ], classes: ["low", "high"]
) { table in
  guard case .numeric(let x) = table.columns[0].values,
    case .categorical(let codes, _) = table.columns[1].values
  else { return [] }
  return zip(x, codes).flatMap { x, code -> [Double] in
    let high = x > 0 ? 0.9 : code == 0 ? 0.4 : 0.2
    return [1 - high, high]
  }
}

private let count = 200

private var table: Table {
  var generator = Seed(5).generator()
  return Table(
    rowCount: count,
    columns: [
      Column(name: "x", values: .numeric((0..<count).map { $0 % 2 == 0 ? 1 : -1 })),
      Column(
        name: "colour",
        values: .categorical(
          codes: (0..<count).map { Int32($0 % 4 / 2) }, categories: ["red", "blue"])),
      Column(name: "idle", values: .numeric((0..<count).map { _ in generator.uniform() })),
    ])
}

private let labels = (0..<count).map { Int32($0 % 2 == 0 ? 1 : 0) }

@Test func theColumnThatDecidesIsImportantAndTheOthersAreNot() throws {
  let importances = try featureImportances(
    model, table, labels: labels, weights: nil, metric: .accuracy, repeats: 6, seed: Seed(1))
  #expect(importances.map(\.feature) == ["x", "colour", "idle"])
  let x = importances[0]
  // Half of the rows get another value: all of those are wrong then.
  #expect(abs(x.mean - 0.5) < 0.06)
  #expect(x.deviation > 0 && x.losses.count == 6)
  #expect(importances[1].losses.allSatisfy { $0 == 0 })
  #expect(importances[2].losses.allSatisfy { $0 == 0 })
}

@Test func aMetricToMinimizeLosesUpwards() throws {
  let importances = try featureImportances(
    model, table, labels: labels, weights: nil, metric: .logLoss, repeats: 3, seed: Seed(1))
  #expect(importances.first?.feature == "x")
  #expect(importances[0].mean > 0.3)
}

@Test func partsOfAColumnAreShuffledTogether() throws {
  let fields = ["year", "month"].enumerated().map { place, part in
    FeatureField(name: "when.\(part)", column: "when", position: 0, kind: .numeric)
  }
  let dates = Table(
    rowCount: 50,
    columns: fields.map { Column(name: $0.name, values: .numeric((0..<50).map(Double.init))) })
  let broken = Mutex(0)
  let pairs = ExplainedModel(fields: fields, classes: ["a", "b"]) { table in
    if table.columns[0].values != table.columns[1].values { broken.withLock { $0 += 1 } }
    return (0..<50).flatMap { _ in [0.7, 0.3] }
  }
  let importances = try featureImportances(
    pairs, dates, labels: Array(repeating: 0, count: 50), weights: nil, metric: .accuracy,
    repeats: 2, seed: Seed(1))
  #expect(importances.map(\.feature) == ["when"])
  #expect(broken.withLock { $0 } == 0)
}

@Test func partialDependenceIsTheMeanOverTheOtherColumns() throws {
  let x = try #require(try partialDependence(model, of: 0, table, size: 20))
  #expect(x.grid == .numbers([-1, 1]))
  // Half of the rows are red: (0.4 + 0.2)/2 at -1.
  #expect(abs(x.means[0][1] - 0.3) < 1e-12 && abs(x.means[1][1] - 0.9) < 1e-12)
  let colour = try #require(try partialDependence(model, of: 1, table, size: 20))
  #expect(colour.grid == .categories(["red", "blue"]))
  #expect(abs(colour.means[0][1] - 0.65) < 1e-12 && abs(colour.means[1][1] - 0.55) < 1e-12)
  let elements = x.json(classes: model.classes)
  #expect(elements.count == 2)
  #expect(elements[1]["class"] == .string("high"))
  #expect(elements[1]["x"] == .array([.number(-1), .number(1)]))
}

@Test func aColumnOfOneValueHasNoDependence() throws {
  let flat = Table(
    rowCount: 3,
    columns: [
      Column(name: "x", values: .numeric([2, 2, .nan])),
      Column(
        name: "colour", values: .categorical(codes: [0, 0, -1], categories: ["red", "blue"])),
      Column(name: "idle", values: .numeric([1, 2, 3])),
    ])
  #expect(try partialDependence(model, of: 0, flat, size: 5) == nil)
  #expect(try partialDependence(model, of: 1, flat, size: 5) == nil)
}

@Test func theMostCertainMistakesComeFirst() {
  let predictions = Predictions(
    labels: [0, 0, 1, 1], probabilities: [0.9, 0.1, 0.2, 0.8, 0.6, 0.4, 0.95, 0.05], classCount: 2)
  let errors = worstErrors(predictions, rows: [10, 20, 30, 40], limit: 2)
  #expect(errors.map(\.row) == [40, 20])
  #expect(errors[0].probabilityOfLabel == 0.05 && errors[0].probability == 0.95)
  #expect(
    errors[0].json(classes: ["low", "high"]).text
      == #"{"row":40,"class":"high","predicted":"low","probability":0.95,"probability_of_class":0.05}"#
  )
}

@Test func subsetsAreNestedAndKeepTheShares() {
  let labels = (0..<300).map { Int32($0 % 3 == 0 ? 1 : 0) } + [2]
  let subsets = nestedSubsets(of: labels, classCount: 3, shares: [0.1, 0.5, 1], seed: Seed(1))
  for (small, large) in zip(subsets, subsets.dropFirst()) {
    #expect(Set(small).isSubset(of: large))
  }
  #expect(subsets[0].count { labels[$0] == 0 } == 20)
  #expect(subsets[0].count { labels[$0] == 1 } == 10)
  // A class of a single row is in each of them.
  #expect(subsets.allSatisfy { $0.contains(300) })
  #expect(subsets[2] == Array(0..<301))
}
