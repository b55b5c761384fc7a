import HyperparameterSearch
import PluginKit
import Testing

private let space = SearchSpace(entries: [
  .init(
    name: "svm",
    dimensions: [
      SearchDimension(name: "kernel", domain: .choice([.text("linear"), .text("rbf")])),
      SearchDimension(
        name: "scale", domain: .real(0.1...10, log: true), steps: 3,
        condition: .init("kernel", isOneOf: ["rbf"])),
      SearchDimension(name: "degree", domain: .integer(1...3), steps: 5),
    ]),
  .init(name: "fixed", dimensions: []),
  .init(
    name: "net", dimensions: [SearchDimension(name: "rate", domain: .real(0...1), steps: 1)]),
])

@Test func aGridRunsThroughEntriesInFileOrderWithTheLastDimensionFastest() {
  let sampler = SamplerKind.grid.sampler(space: space, seed: Seed(1))
  let points = (0..<20).compactMap { sampler.propose(number: $0, history: [], pending: [])?.text }
  #expect(
    points == [
      "svm kernel=linear degree=1", "svm kernel=linear degree=2", "svm kernel=linear degree=3",
      "svm kernel=rbf scale=0.1 degree=1", "svm kernel=rbf scale=0.1 degree=2",
      "svm kernel=rbf scale=0.1 degree=3", "svm kernel=rbf scale=1.0 degree=1",
      "svm kernel=rbf scale=1.0 degree=2", "svm kernel=rbf scale=1.0 degree=3",
      "svm kernel=rbf scale=10.0 degree=1", "svm kernel=rbf scale=10.0 degree=2",
      "svm kernel=rbf scale=10.0 degree=3", "fixed", "net rate=0.5",
    ])
  #expect(SamplerKind.grid.proposalCount(in: space) == 14)
}

@Test func aGridPassesOverDefaultSettingsThatWereTried() {
  let sampler = SamplerKind.grid.sampler(space: space, seed: Seed(1))
  var history = [
    Observation(number: 0, point: SearchPoint(entry: "fixed", coordinates: []), loss: 1)
  ]
  var points: [String] = []
  while let point = sampler.propose(number: points.count, history: history, pending: []) {
    points.append(point.text)
    history.append(Observation(number: history.count, point: point, loss: nil))
  }
  #expect(points.count == 13 && !points.contains("fixed"))
}

@Test func whatAConditionRulesOutIsNotCounted() {
  let finite = SearchSpace(entries: [
    .init(
      name: "svm",
      dimensions: [
        SearchDimension(name: "kernel", domain: .choice([.text("linear"), .text("poly")])),
        SearchDimension(
          name: "degree", domain: .integer(2...4), condition: .init("kernel", isOneOf: ["poly"])),
        SearchDimension(name: "bias", domain: .choice([.flag(true), .flag(false)])),
      ])
  ])
  #expect(finite.cardinality == 2 + 3 * 2)
  #expect(space.cardinality == nil)
}

@Test func aGridThatNobodyCanFinishBeginsAllTheSame() {
  let dimensions = (0..<70).map { SearchDimension(name: "d\($0)", domain: .integer(0...9)) }
  let endless = SearchSpace(entries: [.init(name: "m", dimensions: dimensions)])
  let sampler = SamplerKind.grid.sampler(space: endless, seed: Seed(1))
  #expect(SamplerKind.grid.proposalCount(in: endless) == Int.max)
  #expect(endless.cardinality == Int.max)
  let tenth = sampler.propose(number: 6, history: [], pending: [])
  #expect(tenth?["d69"] == .integer(2) && tenth?["d68"] == .integer(2))
}
