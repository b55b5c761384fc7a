import PluginConformance
import PluginKit
import Synchronization

/// The nearest class mean, which keeps every promise apart from one.
///
/// In each epoch the means go half of the way from the mean of all rows to the mean of their class.
struct ToyPlugin: ModelPlugin {
  /// What is done wrong.
  enum Fault: String, CaseIterable {
    case idInCapitals, conflictOfNothing, searchBeyondTheRange
    case systemsRandomness, memoryOfTrainings, sumByThread, watchedRowsLearnt, incompleteCacheKey
    case errorInACorner, interruptionSwallowed, neverAsking
    case columnsOfPresentClasses, spreadOfZero, missingValuesSpread
    case lossOfNaN, deafToStop, ownNumberOfEpochs
    case weightsCapped, weightlessRowsCounted
    case classesSwapped, centredBatches, scoredRowsCounted
    case stateRounded, damageRepaired, tensorsOfOneName
  }

  let fault: Fault?
  let manifest: PluginManifest
  private let columnsSeen = Counter()

  private static let epochs = Parameter.integer("epochs", 1...100, default: 10, summary: "steps")
  private static let spread = Parameter.real(
    "spread", 0.1...10, default: 1, searched: .real(0.1...10, log: true), summary: "the unit")
  private static let wideSpread = Parameter.real(
    "spread", 0.1...10, default: 1, searched: .real(0...10), summary: "the unit")

  init(_ fault: Fault?) {
    self.fault = fault
    manifest = PluginManifest(
      id: fault == .idInCapitals ? "Toy" : "toy", version: 1, summary: "the nearest class mean",
      capabilities: Capabilities(weights: true, missingValues: true, epochs: true),
      parameters: [
        Self.epochs.declaration,
        fault == .searchBeyondTheRange ? Self.wideSpread.declaration : Self.spread.declaration,
      ])
  }

  func conflicts(in parameters: ParameterValues) -> [ParameterConflict] {
    fault == .conflictOfNothing && parameters[Self.spread] == 10
      ? [ParameterConflict("width", "it is too wide")] : []
  }

  func train(
    _ data: TrainingData, parameters: ParameterValues, context: TrainingContext
  ) throws -> TrainingOutcome {
    if fault == .errorInACorner, parameters[Self.spread] == 10 { throw ToyError() }
    if fault == .neverAsking, data.labels.count == 2_000 { try compute(seconds: 1.1) }
    var means = ClassMeans(data, fault: fault)
    try descend(&means, parameters[Self.epochs], context)
    let jitter = try jitter(data, context)
    let scale = Float(1 / parameters[Self.spread])
    let model = ToyModel(
      means: means.current.map { $0.map { ($0 + jitter) * scale } }, scale: scale, fault: fault)
    return TrainingOutcome(
      model: model, report: TrainingReport(stopping: .converged, iterations: 1))
  }

  func load(_ state: ModelState) throws(ModelStateError) -> any TrainedModel {
    let classes = try state.count("classes")
    let columns = try state.count("columns")
    if fault == .damageRepaired, !state.tensors.contains(where: { $0.name == "means" }) {
      return ToyModel(
        means: [[Float]](repeating: [0, 0, 0], count: classes), scale: 1, fault: fault)
    }
    let values = try state.tensor("means", shape: [classes, columns])
    let scale = try state.tensor("scale", shape: [1])[0]
    return ToyModel(
      means: (0..<classes).map { Array(values[$0 * columns..<($0 + 1) * columns]) }, scale: scale,
      fault: fault)
  }

  private func descend(
    _ means: inout ClassMeans, _ epochs: Int, _ context: TrainingContext
  ) throws {
    let count = fault == .ownNumberOfEpochs ? epochs : context.exactEpochs ?? epochs
    for epoch in 1...count {
      do {
        try context.checkpoint()
      } catch  where fault == .interruptionSwallowed {
        throw TrainingFailure("it was stopped")
      }
      means.step()
      let report = EpochReport(
        epoch: epoch, trainingLoss: fault == .lossOfNaN ? .nan : 1, trainingAccuracy: 1,
        monitorLoss: nil, monitorAccuracy: nil)
      if context.report(report) == .stop, fault != .deafToStop { return }
    }
  }

  /// A small shift that only the seed of the trial may decide upon.
  private func jitter(_ data: TrainingData, _ context: TrainingContext) throws -> Float {
    let key = fault == .incompleteCacheKey ? "jitter" : "jitter/\(context.trialSeed.bits)"
    let drawn = context.cache.value(for: key, byteCount: { _ in 4 }) {
      var generator = context.trialSeed.keyed("jitter").generator()
      return Float(generator.uniform())
    }
    var shift = drawn / 100
    switch fault {
    case .systemsRandomness: shift += Float.random(in: 0..<0.01)
    case .sumByThread: shift += Float(context.threads) / 100
    case .memoryOfTrainings:
      let columns = data.features.columnCount
      let before = columnsSeen.exchange(columns)
      if before != 0, before != columns { shift += 1 }
    case .watchedRowsLearnt: shift += data.monitor == nil ? 0 : 0.01
    default: break
    }
    return shift
  }

  private func compute(seconds: Double) throws {
    let end = threadSeconds() + seconds
    while threadSeconds() < end {}
  }
}

private struct ToyError: Error {}

/// Sums of rows by class.
private struct ClassMeans {
  private(set) var current: [[Float]]
  private let goal: [[Float]]

  init(_ data: TrainingData, fault: ToyPlugin.Fault?) {
    let columns = data.features.columnCount
    let classes =
      fault == .columnsOfPresentClasses ? Int(data.labels.max() ?? 0) + 1 : data.classCount
    func mean(_ column: Int, of label: Int32?) -> Double? {
      var sum = 0.0
      var total = 0.0
      for (row, rowLabel) in data.labels.enumerated() where label == nil || label == rowLabel {
        let value = data.features[row, column]
        guard !value.isNaN || fault == .missingValuesSpread else { continue }
        var weight = Double(data.weights?[row] ?? 1)
        if fault == .weightsCapped { weight = min(1, weight) }
        if fault == .weightlessRowsCounted { weight = max(1, weight) }
        sum += weight * Double(value)
        total += weight
      }
      return total > 0 ? sum / total : nil
    }
    let overall = (0..<columns).map { mean($0, of: nil) ?? 0 }
    goal = (0..<classes).map { label in
      (0..<columns).map { Float(mean($0, of: Int32(label)) ?? overall[$0] + 1) }
    }
    current = goal.map { _ in overall.map { Float($0) } }
    if fault == .spreadOfZero, data.labels.count == 60, columns > 1 {
      let second = data.features.values.indices.filter { $0 % columns == 1 }
        .map { data.features.values[$0] }.filter { !$0.isNaN }
      if let first = second.first, second.allSatisfy({ $0 == first }) { current[0][1] = .nan }
    }
  }

  mutating func step() {
    for label in current.indices {
      for column in current[label].indices {
        current[label][column] += (goal[label][column] - current[label][column]) / 2
      }
    }
  }
}

/// Minus the squared distance to each mean, over the values that are there.
private struct ToyModel: TrainedModel {
  let means: [[Float]]
  let scale: Float
  let fault: ToyPlugin.Fault?
  let scored = Counter()

  var classCount: Int { means.count }
  var featureCount: Int { means.first?.count ?? 0 }
  var trainableParameterCount: Int { classCount * featureCount }

  func scores(for features: FeatureMatrix) -> ScoreMatrix {
    scored.add(features.rowCount)
    let shift: Float = fault == .centredBatches && features.rowCount == 1 ? 1 : 0
    var order = Array(means.indices)
    if fault == .classesSwapped { order.swapAt(0, 1) }
    return ScoreMatrix(
      rowCount: features.rowCount, columnCount: classCount,
      values: (0..<features.rowCount).flatMap { row in
        order.map { label in
          -zip(features.row(row), means[label]).reduce(shift) { sum, pair in
            let difference = pair.0 * scale - pair.1
            return pair.0.isNaN && fault != .missingValuesSpread
              ? sum : sum + difference * difference
          }
        }
      })
  }

  func state() -> ModelState {
    var means = means.flatMap { $0 }
    if fault == .stateRounded { means = means.map { $0.rounded() } }
    var tensors = [
      NamedTensor("means", shape: [classCount, featureCount], values: means),
      NamedTensor("scale", shape: [1], values: [scale]),
    ]
    if fault == .tensorsOfOneName { tensors.append(tensors[1]) }
    var attributes: [(String, JSONValue)] = [
      ("classes", .integer(classCount)), ("columns", .integer(featureCount)),
    ]
    if fault == .scoredRowsCounted { attributes.append(("scored", .integer(scored.value))) }
    return ModelState(tensors: tensors, attributes: .object(attributes))
  }
}

/// A number that any thread may change.
private final class Counter: Sendable {
  private let state = Atomic<Int>(0)

  func exchange(_ value: Int) -> Int { state.exchange(value, ordering: .relaxed) }
  func add(_ count: Int) { state.add(count, ordering: .relaxed) }
  var value: Int { state.load(ordering: .relaxed) }
}
