import MarginHeads
package import PluginKit

/// Finds out what a model is.
///
/// The problem that it stands for is read off its parameters; the rest is measured. Models are trained
/// anew on four fifths of the rows, beside the exact machine, and compared on the last fifth: five times, so
/// that each row is judged once, by machines that have not seen it.
///
/// With n rows and K classes an exact kernel machine takes n² numbers of memory and about n² K steps.
package struct MachineCheck: Sendable {
  package let rows: CheckedRows
  private let seed: Seed
  private let interruption: @Sendable () -> TrainingInterruption?

  /// Prepares checks on some rows.
  ///
  /// - Parameters:
  ///   - rows: What models are judged on.
  ///   - seed: Decides on pairs of rows.
  ///   - interruption: Says when to end, at least every tenth of a second.
  package init(
    _ rows: CheckedRows, seed: Seed,
    interruption: @escaping @Sendable () -> TrainingInterruption? = { nil }
  ) {
    self.rows = rows
    self.seed = seed.keyed("svm-check")
    self.interruption = interruption
  }

  /// Checks a model.
  ///
  /// - Throws: What its plugin throws; `TrainingInterruption`.
  package func check(_ model: CheckedModel) throws -> ModelCheck {
    guard let plugin = model.plugin as? any MarginMachinePlugin else { return try otherKind(model) }
    let machine = plugin.marginMachine(
      model.parameters, columnCount: rows.data.features.columnCount, studySeed: model.studySeed)
    let trained =
      try model.trained ?? model.train(rows.data, for: "all", interruption: interruption)
    let exact = ExactMachine(of: machine)
    let decisions = try decisions(model, machine, exact)
    let agreement = decisions.flatMap { own, other in
      other.map {
        Agreement(with: exact.title, model: own, exact: $0, labels: rows.data.labels)
      }
    }
    let margins = margins(machine, trained.model)
    let solution = try solution(machine, trained)
    let kernel = machine.kernel.flatMap {
      KernelFigures($0, features: machine.features, rows: rows.data.features, seed: seed)
    }
    let problem = problem(machine)
    let facts = VerdictFacts(
      machine: machine, classCount: rows.data.classCount, cost: problem.cost, gap: solution.gap,
      agreement: agreement, shareWithNegativeRivals: margins?.shareWithNegativeRivals ?? 0)
    return ModelCheck(
      name: model.name, trial: model.trial, original: model.original,
      plugin: model.plugin.manifest.id,
      verdict: Verdict(facts), problem: problem, solution: solution, kernel: kernel,
      agreement: agreement, noAgreement: exact.absence,
      accuracy: decisions.map { accuracy($0.own) }, margins: margins,
      warnings: kernel?.warnings ?? [])
  }

  /// A model that describes no margin machine.
  private func otherKind(_ model: CheckedModel) throws -> ModelCheck {
    let manifest = model.plugin.manifest
    return ModelCheck(
      name: model.name, trial: model.trial, original: model.original, plugin: manifest.id,
      verdict: Verdict(plugin: manifest.id, summary: manifest.summary), problem: nil, solution: nil,
      kernel: nil, agreement: nil, noAgreement: "it stands for no machine", accuracy: nil,
      margins: nil, warnings: [])
  }

  private func accuracy(_ decisions: [Int32]) -> Double {
    Double(zip(decisions, rows.data.labels).count { $0 == $1 }) / Double(rows.count)
  }

  @Sendable func checkpoint() throws {
    if let reason = interruption() { throw reason }
  }
}

// MARK: Decisions on unseen rows

extension MachineCheck {
  /// The decisions of the model and of the exact machine, each row by machines that have not seen it; nil
  /// where they are of no use.
  private func decisions(
    _ model: CheckedModel, _ machine: MarginMachine, _ exact: ExactMachine
  ) throws -> (own: [Int32], exact: [Int32]?)? {
    let isCompared = exact.isComparable
    guard rows.count >= 2, isCompared || model.trained == nil else { return nil }
    var machines: (KernelMachines, MarginKernel)?
    if case .kernel(let kernel) = exact {
      machines = (
        try KernelMachines(rows.data, kernel.radial.distance, checkpoint: checkpoint), kernel
      )
    }
    var own = [Int32](repeating: 0, count: rows.count)
    var other = own
    for (fold, judged) in rows.folds.enumerated() {
      let training = rows.training(ofFold: fold)
      let data = rows.data.selecting(rows: training)
      let outcome = try model.train(data, for: "fold \(fold)", interruption: interruption)
      let features = rows.data.features.selecting(rows: judged)
      let decided = try outcome.model.scores(for: features).largestColumns()
      for (place, row) in judged.enumerated() { own[row] = decided[place] }
      guard isCompared else { continue }
      let exactScores: ScoreMatrix
      if let (known, kernel) = machines {
        exactScores = try known.scores(
          kernel, training: training, judged: judged,
          DualSolver(loss: machine.loss, penalty: machine.penalty), checkpoint: checkpoint)
      } else {
        exactScores = try optimum(machine, outcome.model, data).head.scores(
          for: inputs(of: outcome.model, features))
      }
      for (place, label) in exactScores.largestColumns().enumerated() {
        other[judged[place]] = label
      }
    }
    return (own, isCompared ? other : nil)
  }

  private func inputs(of model: any TrainedModel, _ features: FeatureMatrix) -> FeatureMatrix {
    (model as? any HeadedModel)?.headInputs(for: features) ?? features
  }

  private func optimum(
    _ machine: MarginMachine, _ model: any TrainedModel, _ data: TrainingData
  ) throws -> HeadOptimum {
    guard let headed = model as? any HeadedModel else {
      preconditionFailure("a machine on columns or layers has no head")
    }
    return try HeadOptimum(
      machine, head: headed.head, inputs: headed.headInputs(for: data.features), data: data,
      checkpoint: checkpoint)
  }
}

// MARK: Figures

extension MachineCheck {
  /// The gap of the training, or for a head without one that on the rows of the check.
  private func solution(
    _ machine: MarginMachine, _ trained: TrainingOutcome
  ) throws -> ModelCheck.Solution {
    let gap: Double?
    if machine.isSolved {
      gap = trained.report.relativeGaps.max()
    } else if machine.penalty > 0, machine.output == .linear, trained.model is any HeadedModel {
      gap = try optimum(machine, trained.model, rows.data).gap
    } else {
      gap = nil
    }
    return ModelCheck.Solution(report: trained.report, gap: gap)
  }

  private func margins(_ machine: MarginMachine, _ model: any TrainedModel) -> MarginFigures? {
    // Votes have no margin, and behind a softmax no score has reached one.
    guard !machine.isPairwise, machine.output == .linear, machine.loss != .softmax,
      let scores = try? model.scores(for: rows.data.features)
    else { return nil }
    return MarginFigures(scores: scores, labels: rows.data.labels, loss: machine.loss)
  }

  private func problem(_ machine: MarginMachine) -> ModelCheck.Problem {
    ModelCheck.Problem(
      objective: machine.objective, loss: machine.loss.rawValue, scheme: machine.scheme,
      inputs: machine.inputs.word, output: machine.output.rawValue, l2: machine.penalty,
      cost: machine.penalty > 0 ? 1 / (2 * machine.penalty * Double(rows.count)) : nil,
      rowCount: rows.count)
  }
}

extension ExactMachine {
  fileprivate var isComparable: Bool {
    switch self {
    case .kernel, .head: true
    case .itself, .none: false
    }
  }

  fileprivate var title: String {
    switch self {
    case .kernel: "the exact SVM with the same kernel, loss and C"
    case .head, .itself, .none: "the optimum of its own problem on the same inputs"
    }
  }

  fileprivate var absence: String? {
    switch self {
    case .kernel, .head: nil
    case .itself: "it is the exact machine itself"
    case .none(let reason): reason
    }
  }
}

extension MarginMachine {
  fileprivate var kernel: MarginKernel? {
    switch inputs {
    case .kernel(let kernel): kernel
    case .randomFeatures(let features): features.kernel
    case .columns, .layers: nil
    }
  }

  fileprivate var features: RandomFeatures? {
    if case .randomFeatures(let features) = inputs { features } else { nil }
  }

  fileprivate var scheme: String {
    if isPairwise { return "one-vs-one" }
    return loss.isOneVersusRest ? "one-vs-rest" : "joint"
  }

  /// The problem as a formula.
  fileprivate var objective: String {
    let f = output == .softmax ? "p" : "f"
    let term =
      switch loss {
      case .hinge: "Σₖ max(0, 1 - tₖ\(f)ₖ)"
      case .squaredHinge: "Σₖ max(0, 1 - tₖ\(f)ₖ)²"
      case .categoricalHinge: "max(0, 1 + max(0, \(f)ⱼ) - \(f)ᵧ)"
      case .crammerSinger: "max(0, 1 + max \(f)ⱼ - \(f)ᵧ)"
      case .softmax: "(log Σₖ exp fₖ - fᵧ)"
      }
    let sum = isPairwise ? "Σ max(0, 1 - tf)\(loss == .squaredHinge ? "²" : "")" : term
    return (penalty > 0 ? "λ‖W‖² + " : "") + "(1/n) Σᵢ \(sum)"
  }
}

extension MarginMachine.Inputs {
  fileprivate var word: String {
    switch self {
    case .columns: "columns"
    case .randomFeatures: "random-features"
    case .kernel: "kernel"
    case .layers: "layers"
    }
  }
}
