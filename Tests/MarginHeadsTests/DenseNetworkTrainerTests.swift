import Foundation
import MarginHeads
import PluginKit
import Synchronization
import Testing

private func context(
  seed: UInt64 = 1, threads: Int = 1, exactEpochs: Int? = nil,
  observer: @escaping @Sendable (EpochReport) -> TrainingDecision = { _ in .proceed },
  interruption: @escaping @Sendable () -> TrainingInterruption? = { nil }
) -> TrainingContext {
  TrainingContext(
    studySeed: Seed(seed), trialSeed: Seed(seed).keyed("trial"), threads: threads,
    exactEpochs: exactEpochs, interruption: interruption, observer: observer)
}

private func settings(
  _ change: (inout DenseNetworkTrainer.Settings) -> Void
) -> DenseNetworkTrainer.Settings {
  var settings = DenseNetworkTrainer.Settings()
  change(&settings)
  return settings
}

/// Two classes in the corners of a square, each in opposite ones: no linear map of the features separates them.
private func exclusiveOr(_ count: Int, seed: UInt64, weights: [Float]? = nil) -> TrainingData {
  var generator = Seed(seed).generator()
  var values: [Float] = []
  var labels: [Int32] = []
  for _ in 0..<count {
    let x = generator.index(below: 2)
    let y = generator.index(below: 2)
    values.append(Float(2 * x - 1) + 0.2 * Float(generator.normal()))
    values.append(Float(2 * y - 1) + 0.2 * Float(generator.normal()))
    labels.append(x == y ? 0 : 1)
  }
  return TrainingData(
    features: FeatureMatrix(rowCount: count, columnCount: 2, values: values), labels: labels,
    classCount: 2, weights: weights)
}

private func accuracy(_ network: DenseNetwork, _ data: TrainingData) -> Double {
  let scores = network.scores(for: data.features)
  let correct = data.labels.indices.count { row in
    let best = (0..<data.classCount).reduce(0) { scores[row, $1] > scores[row, $0] ? $1 : $0 }
    return best == Int(data.labels[row])
  }
  return Double(correct) / Double(data.labels.count)
}

/// Collects the reports of a training.
private final class Curve: Sendable {
  private let reports = Mutex<[EpochReport]>([])
  var all: [EpochReport] { reports.withLock { $0 } }
  func append(_ report: EpochReport) { reports.withLock { $0.append(report) } }
}

@Test(arguments: [1, 2, 3] as [UInt64])
func aNetworkLearnsWhatNoLinearMapSeparates(seed: UInt64) throws {
  let settings = settings {
    $0.hidden = [16]
    $0.learningRate = 0.01
    $0.epochs = 60
    $0.batchSize = 32
    $0.l2 = 1e-4
  }
  let trained = try DenseNetworkTrainer(settings).train(
    exclusiveOr(300, seed: seed), context: context(seed: seed))
  #expect(accuracy(trained.network, exclusiveOr(300, seed: seed + 100)) > 0.99)
}

@Test(arguments: DenseNetworkTrainer.Decay.allCases)
func fullBatchTrainingOfAHeadFollowsADoubleReference(decay: DenseNetworkTrainer.Decay) throws {
  let rows = randomRows(31, features: 3, classes: 3, seed: 8)
  let weights = (0..<31).map { Float(1 + $0 % 3) }
  let data = TrainingData(
    features: rows.features, labels: rows.labels, classCount: 3, weights: weights)
  let settings = settings {
    $0.loss = .squaredHinge
    $0.l2 = 0.05
    $0.learningRate = 0.1
    $0.decay = decay
    $0.epochs = 12
    $0.batchSize = 31
  }
  let trained = try DenseNetworkTrainer(settings).train(data, context: context())

  var parameters = [Double](repeating: 0, count: 12)
  var mean = parameters
  var square = parameters
  for t in 1...12 {
    var gradient = parameters.enumerated().map { $0 < 9 ? 0.1 * $1 : 0 }
    for row in 0..<31 {
      let x = data.features.row(row).map(Double.init)
      let share = Double(weights[row]) / Double(weights.reduce(0, +))
      for k in 0..<3 {
        let sign = Int(data.labels[row]) == k ? 1.0 : -1.0
        let score = (0..<3).reduce(parameters[9 + k]) { $0 + x[$1] * parameters[k * 3 + $1] }
        let slope = -2 * sign * share * max(0, 1 - sign * score)
        for j in 0..<3 { gradient[k * 3 + j] += slope * x[j] }
        gradient[9 + k] += slope
      }
    }
    let rate = decay == .constant ? 0.1 : 0.1 * (1 - Double(t - 1) / 12)
    for i in 0..<12 {
      mean[i] += 0.1 * (gradient[i] - mean[i])
      square[i] += 0.001 * (gradient[i] * gradient[i] - square[i])
      let corrected = rate * (1 - pow(0.999, Double(t))).squareRoot() / (1 - pow(0.9, Double(t)))
      parameters[i] -= corrected * mean[i] / (square[i].squareRoot() + 1e-7)
    }
  }
  for (found, expected) in zip(trained.network.parameters, parameters) {
    #expect(abs(Double(found) - expected) < 1e-4)
  }
}

@Test func theFirstEpochOfAZeroHeadHasTheLossOfScoresZero() throws {
  let data = randomRows(40, features: 3, classes: 4, seed: 2)
  let curve = Curve()
  let settings = settings {
    $0.epochs = 2
    $0.batchSize = 40
  }
  let context = context {
    curve.append($0)
    return .proceed
  }
  _ = try DenseNetworkTrainer(settings).train(data, context: context)
  #expect(curve.all.map(\.epoch) == [1, 2])
  #expect(abs(curve.all[0].trainingLoss - 4) < 1e-6)
  #expect(curve.all[0].trainingAccuracy == Double(data.labels.count { $0 == 0 }) / 40)
  #expect(curve.all[0].monitorLoss == nil)
}

@Test func monitorRowsAreMeasuredButNotLearntFrom() throws {
  let data = exclusiveOr(120, seed: 4)
  let monitor = exclusiveOr(70, seed: 5)
  let curve = Curve()
  let settings = settings {
    $0.hidden = [8]
    $0.l2 = 0.01
    $0.epochs = 5
  }
  let context = context {
    curve.append($0)
    return .proceed
  }
  let trainer = DenseNetworkTrainer(settings)
  let watched = try trainer.train(
    data.monitoring(LabelledRows(features: monitor.features, labels: monitor.labels)),
    context: context)
  let unwatched = try trainer.train(data, context: context)
  #expect(unwatched.network == watched.network)

  let scores = watched.network.scores(for: monitor.features)
  var gradient = scores.values
  let loss =
    MarginLoss.hinge.evaluate(
      scores: scores.values, labels: monitor.labels, classCount: 2, gradient: &gradient) / 70
  let head = watched.network.state().tensors.first { $0.name == "head.weight" }?.values ?? []
  let penalty = 0.01 * head.reduce(0.0) { $0 + Double($1) * Double($1) }
  #expect(abs((curve.all[4].monitorLoss ?? 0) - loss - penalty) < 1e-6)
  #expect(curve.all[4].monitorAccuracy == accuracy(watched.network, monitor))
}

@Test func rowsOfWeightZeroAreAsIfAbsent() throws {
  let data = exclusiveOr(200, seed: 6, weights: (0..<200).map { $0 % 3 == 0 ? 0 : 1 })
  let present = (0..<200).filter { $0 % 3 != 0 }
  let rows = data.selecting(rows: present)
  let unweighted = TrainingData(features: rows.features, labels: rows.labels, classCount: 2)
  let settings = settings {
    $0.hidden = [8]
    $0.epochs = 4
    $0.batchSize = 32
  }
  // The rows' numbers take part in no draw, only their order does.
  let trainer = DenseNetworkTrainer(settings)
  let weighted = try trainer.train(data, context: context()).network
  let without = try trainer.train(unweighted, context: context()).network
  #expect(weighted == without)
}

@Test func aWeightOfTwoIsARowTwice() throws {
  let rows = exclusiveOr(50, seed: 7)
  let weighted = TrainingData(
    features: rows.features, labels: rows.labels, classCount: 2,
    weights: (0..<50).map { $0 < 20 ? 2 : 1 })
  let repeated = rows.selecting(rows: Array(0..<50) + Array(0..<20))
  let settings = settings {
    $0.hidden = [8]
    $0.loss = .softmax
    $0.epochs = 10
    $0.batchSize = 100
  }
  let trainer = DenseNetworkTrainer(settings)
  let first = try trainer.train(weighted, context: context()).network
  let second = try trainer.train(repeated, context: context()).network
  for (a, b) in zip(first.parameters, second.parameters) { #expect(abs(a - b) < 1e-4) }
}

@Test func theSameSeedGivesTheSameNetworkOnAnyNumberOfThreads() throws {
  let data = exclusiveOr(150, seed: 9)
  let trainer = DenseNetworkTrainer(settings { $0.hidden = [12, 5] })
  let network = try trainer.train(data, context: context()).network
  let other = try trainer.train(data, context: context(threads: 2)).network
  #expect(other == network)
  let reseeded = try trainer.train(data, context: context(seed: 2)).network
  #expect(reseeded != network)
}

@Test func earlyStoppingReturnsTheBestEpochsNetwork() throws {
  // Labels by chance: after some epochs more training only hurts on new rows.
  let data = randomRows(400, features: 6, classes: 2, seed: 10)
  var settings = settings {
    $0.hidden = [32]
    $0.learningRate = 0.01
    $0.batchSize = 32
    $0.epochs = 200
    $0.patience = 6
  }
  let stopped = try DenseNetworkTrainer(settings).train(data, context: context())
  let best = try #require(stopped.report.bestEpoch)
  #expect(stopped.report.stopping == .early)
  #expect(stopped.report.iterations == best + 6)
  settings.epochs = best
  let short = try DenseNetworkTrainer(settings).train(data, context: context())
  #expect(short.network == stopped.network)
  #expect(short.report.bestEpoch == best)
  #expect(short.report.stopping == .budget)
}

@Test func exactEpochsOverrideEarlyStoppingAndUseAllRows() throws {
  let data = randomRows(400, features: 6, classes: 2, seed: 10)
  let curve = Curve()
  var settings = settings {
    $0.hidden = [8]
    $0.epochs = 3
    $0.patience = 1
  }
  let exact = try DenseNetworkTrainer(settings).train(
    data,
    context: context(exactEpochs: 7) {
      curve.append($0)
      return .proceed
    })
  #expect(curve.all.count == 7)
  #expect(exact.report.iterations == 7)
  #expect(exact.report.bestEpoch == nil)
  settings.patience = 0
  settings.epochs = 7
  let plain = try DenseNetworkTrainer(settings).train(data, context: context())
  #expect(plain.network == exact.network)
}

@Test func tooFewRowsAreNotSplitForEarlyStopping() throws {
  let settings = settings {
    $0.epochs = 3
    $0.patience = 1
  }
  let trained = try DenseNetworkTrainer(settings).train(
    exclusiveOr(60, seed: 1), context: context())
  #expect(trained.report.iterations == 3)
  #expect(trained.report.bestEpoch == nil)
  #expect(
    trained.report.warnings == [
      "A tenth of 60 rows is too few to stop early by, so all epochs were run."
    ])
}

@Test func trainingStopsWhenTheObserverSaysSo() throws {
  let trained = try DenseNetworkTrainer(settings { $0.epochs = 50 }).train(
    exclusiveOr(60, seed: 1), context: context { $0.epoch == 4 ? .stop : .proceed })
  #expect(trained.report.iterations == 4)
}

@Test(arguments: [TrainingInterruption.cancelled, .outOfTime])
func trainingObeysAnInterruption(reason: TrainingInterruption) {
  let epochs = Mutex(0)
  let trainer = DenseNetworkTrainer(settings { $0.epochs = 1_000_000 })
  #expect(throws: reason) {
    try trainer.train(
      exclusiveOr(60, seed: 1),
      context: context { _ in
        epochs.withLock { $0 += 1 }
        return .proceed
      } interruption: {
        epochs.withLock { $0 } > 0 ? reason : nil
      })
  }
}

@Test func aDivergedTrainingSaysWhatWouldDo() {
  let settings = settings {
    $0.loss = .squaredHinge
    $0.learningRate = 1e30
    $0.batchSize = 10
  }
  #expect(
    throws: TrainingFailure(
      "the loss is not finite after epoch 1; a smaller learning_rate would do")
  ) {
    try DenseNetworkTrainer(settings).train(exclusiveOr(60, seed: 1), context: context())
  }
}

@Test func anExcessiveNetworkIsRefused() {
  let trainer = DenseNetworkTrainer(settings { $0.hidden = [100_000, 100_000] })
  #expect(
    throws: TrainingFailure(
      "the network would have 10000600002 parameters, at most 268435456 are trained; "
        + "narrower hidden layers would do")
  ) {
    try trainer.train(exclusiveOr(10, seed: 1), context: context())
  }
}
