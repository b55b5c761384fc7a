import PluginKit

/// A training under way: the network, Adam's moments, and the rows to learn from.
struct DenseNetworkDescent {
  /// A mean loss and the share of right predictions.
  struct Figures {
    var loss = 0.0
    var accuracy = 0.0
  }

  var network: DenseNetwork
  private let settings: DenseNetworkTrainer.Settings
  private let data: TrainingData
  private let source: RowSource
  /// The monitor rows.
  private let watched: RowSource?
  private let rows: [Int]
  private let context: TrainingContext
  /// What brings the weights of `rows` to mean 1.
  private let weightScale: Double
  private let pass: DenseNetworkPass
  private var adam: AdamStep
  private var pace: CheckpointPace
  private var batchesDone = 0

  /// Draws the network that training starts from.
  init(
    _ settings: DenseNetworkTrainer.Settings, data: TrainingData, projection: StoredProjection?,
    rows: [Int], context: TrainingContext
  ) throws {
    self.settings = settings
    self.data = data
    let listed = settings.hidden.isEmpty ? nil : ListedRows(data.features)
    source =
      try listed.map { .listed($0) }
      ?? RowSource(data.features, projection: projection, checkpoint: context.checkpoint)
    watched = try data.monitor.map {
      try RowSource($0.features, projection: projection, checkpoint: context.checkpoint)
    }
    self.rows = rows
    self.context = context
    let architecture = DenseNetwork.Architecture(
      featureCount: source.featureCount, hidden: settings.hidden, classCount: data.classCount,
      activation: settings.activation, output: settings.output)
    network = DenseNetwork(
      architecture,
      head: settings.headInitialization ?? (settings.hidden.isEmpty ? .zeros : .glorot),
      seed: context.trialSeed)
    let sum = data.weights.map { weights in rows.reduce(0.0) { $0 + Double(weights[$1]) } }
    weightScale = sum.map { Double(rows.count) / $0 } ?? 1
    pass = DenseNetworkPass(
      architecture, capacity: max(1, min(settings.batchSize, rows.count)), learning: true)
    adam = AdamStep(count: architecture.parameterCount)
    pace = CheckpointPace(architecture)
  }

  /// Goes through all rows once, in an order of the epoch's own.
  ///
  /// - Returns: The means over the epoch's batches as each was before its step, as Keras reports them.
  mutating func runEpoch(_ epoch: Int) throws -> Figures {
    var generator = context.trialSeed.keyed("batches", epoch).generator()
    let order = generator.shuffled(rows)
    var sums = Figures()
    for start in stride(from: 0, to: order.count, by: settings.batchSize) {
      let batch = order[start..<min(start + settings.batchSize, order.count)]
      try pace.willPass(rowCount: batch.count, factor: 3, context)
      let figures = step(batch)
      sums.loss += figures.loss * Double(batch.count)
      sums.accuracy += figures.accuracy * Double(batch.count)
    }
    guard sums.loss.isFinite else { throw divergence(epoch) }
    let count = Double(order.count)
    return Figures(loss: sums.loss / count, accuracy: sums.accuracy / count)
  }

  /// Moves the network by the gradient of one batch.
  private mutating func step(_ batch: ArraySlice<Int>) -> Figures {
    let labels = batch.map { data.labels[$0] }
    pass.gather(source, batch)
    pass.forward(network.parameters)
    let loss = pass.evaluate(settings.loss, labels: labels, weights: weights(of: batch))
    pass.backward(network.parameters)
    let figures = Figures(
      loss: loss + penalty,
      accuracy: Double(pass.correctCount(labels: labels)) / Double(batch.count))
    adam.update(
      &network.parameters, gradient: pass.gradient, penalty: settings.l2, on: network.headWeights,
      rate: rate, factor: settings.headStepFactor)
    batchesDone += 1
    return figures
  }

  /// The learning rate of the next step.
  private var rate: Double {
    guard settings.decay == .linear else { return settings.learningRate }
    let batchesPerEpoch = (rows.count + settings.batchSize - 1) / settings.batchSize
    let total = batchesPerEpoch * max(settings.epochs, context.exactEpochs ?? 0)
    return settings.learningRate * (1 - Double(batchesDone) / Double(total))
  }

  private var penalty: Double { settings.l2 == 0 ? 0 : settings.l2 * network.squaredHeadNorm }

  /// What each row counts in the mean over a batch.
  private func weights(of batch: ArraySlice<Int>) -> [Float] {
    let share = weightScale / Double(batch.count)
    return batch.map { Float(share * Double(data.weights?[$0] ?? 1)) }
  }

  /// The figures of an epoch, with those of the monitor rows if there are any.
  mutating func report(_ epoch: Int, _ learnt: Figures) throws -> EpochReport {
    var figures: Figures?
    if let watched, let labels = data.monitor?.labels {
      figures = try measure(watched, labels, weights: nil, rows: Array(labels.indices))
    }
    return EpochReport(
      epoch: epoch, trainingLoss: learnt.loss, trainingAccuracy: learnt.accuracy,
      monitorLoss: figures.map { $0.loss + penalty }, monitorAccuracy: figures?.accuracy)
  }

  /// The objective of the network as it is, over the rows that were learnt from.
  mutating func objective(after epoch: Int) throws -> Double {
    let objective = try meanLoss(rows: rows) + penalty
    guard objective.isFinite else { throw divergence(epoch) }
    return objective
  }

  /// The weighted mean loss, without the penalty, of some of the training rows.
  mutating func meanLoss(rows: [Int]) throws -> Double {
    try measure(source, data.labels, weights: data.weights, rows: rows).loss
  }

  /// Scores rows without learning from them; the loss is without the penalty, the accuracy without weights.
  private mutating func measure(
    _ source: RowSource, _ labels: [Int32], weights: [Float]?, rows: [Int]
  ) throws -> Figures {
    let length = min(256, max(1, rows.count))
    let pass = DenseNetworkPass(network.architecture, capacity: length, learning: false)
    var lossSum = 0.0
    var weightSum = 0.0
    var correct = 0
    for start in stride(from: 0, to: rows.count, by: length) {
      let block = rows[start..<min(start + length, rows.count)]
      let labels = block.map { labels[$0] }
      let weights = block.map { weights?[$0] ?? 1 }
      try pace.willPass(rowCount: block.count, factor: 1, context)
      pass.gather(source, block)
      pass.forward(network.parameters)
      lossSum += pass.evaluate(settings.loss, labels: labels, weights: weights)
      weightSum += weights.reduce(0.0) { $0 + Double($1) }
      correct += pass.correctCount(labels: labels)
    }
    return Figures(
      loss: lossSum / weightSum, accuracy: Double(correct) / Double(rows.count))
  }

  private func divergence(_ epoch: Int) -> TrainingFailure {
    TrainingFailure(
      "the loss is not finite after epoch \(epoch); a smaller learning_rate would do")
  }
}

/// Asks whether training may go on about every 10 ms of work, rather than in every small batch.
private struct CheckpointPace {
  private let operationsPerRow: Int
  private var operations = 0

  init(_ architecture: DenseNetwork.Architecture) {
    operationsPerRow = 2 * architecture.parameterCount + 1_000
  }

  /// Counts the work that follows: a pass over rows costs `factor` times its forward half.
  mutating func willPass(
    rowCount: Int, factor: Int, _ context: TrainingContext
  ) throws {
    if operations == 0 { try context.checkpoint() }
    operations += rowCount * operationsPerRow * factor
    if operations > 300_000_000 { operations = 0 }
  }
}
