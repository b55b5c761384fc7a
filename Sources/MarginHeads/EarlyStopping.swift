import PluginKit

/// Which rows train and which are held back to see when training should end.
struct EarlyStoppingSplit {
  /// The rows to learn from, ascending.
  let trainingRows: [Int]
  /// A tenth of each class, ascending; empty without early stopping.
  let heldBackRows: [Int]
  /// What a person should know.
  let warnings: [String]

  /// With fewer held-back rows the best epoch would be chosen by chance.
  private static let leastHeldBackCount = 20

  /// Holds back a tenth of the rows of positive weight, stratified by class, if `wanted`.
  init(_ data: TrainingData, wanted: Bool, seed: Seed) {
    let rows = data.labels.indices.filter { row in data.weights.map { $0[row] > 0 } ?? true }
    guard wanted else {
      self.init(trainingRows: rows)
      return
    }
    let heldBack = Self.stratifiedTenth(of: rows, data, seed: seed)
    guard heldBack.count >= Self.leastHeldBackCount else {
      self.init(
        trainingRows: rows,
        warnings: [
          "A tenth of \(rows.count) rows is too few to stop early by, so all epochs were run."
        ])
      return
    }
    let isHeldBack = Set(heldBack)
    self.init(trainingRows: rows.filter { !isHeldBack.contains($0) }, heldBackRows: heldBack)
  }

  /// Draws a tenth of the rows of each class, rounded; ascending.
  private static func stratifiedTenth(
    of rows: [Int], _ data: TrainingData, seed: Seed
  ) -> [Int] {
    (0..<data.classCount).flatMap { label in
      var generator = seed.keyed("early stopping", label).generator()
      let members = generator.shuffled(rows.filter { data.labels[$0] == label })
      return members.prefix((members.count + 5) / 10)
    }.sorted()
  }

  private init(trainingRows: [Int], heldBackRows: [Int] = [], warnings: [String] = []) {
    self.trainingRows = trainingRows
    self.heldBackRows = heldBackRows
    self.warnings = warnings
  }
}

/// The epoch with the least loss on held-back rows so far, and its network.
struct BestEpoch {
  /// How many epochs without a better one are tolerated.
  let patience: Int
  /// The best epoch, counted from 1; nil before the first.
  private(set) var epoch: Int?
  private(set) var network: DenseNetwork?
  private var loss = Double.infinity

  init(patience: Int) { self.patience = patience }

  /// Keeps the network if its loss is less than that of all before.
  mutating func consider(_ epoch: Int, loss: Double, network: DenseNetwork) {
    guard loss < self.loss else { return }
    self.epoch = epoch
    self.network = network
    self.loss = loss
  }

  /// Whether the best epoch lies too far back.
  func isOverdue(_ current: Int) -> Bool { current - (epoch ?? 0) >= patience }
}
