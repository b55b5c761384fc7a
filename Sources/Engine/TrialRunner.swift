import Evaluation
import PluginKit
import Preprocessing
import StudyStore
import Synchronization
import TabularData

/// A trial that has run: its record, the scores behind it, and its models where they are kept.
struct FinishedTrial: Sendable {
  let record: TrialRecord
  /// Scores of every judged row, fits one after the other; nil if the trial is not complete.
  let scores: ScoreMatrix?
  /// The model of the first fit, for runs without a refit.
  let trained: SearchJournal.KeptModel?
}

/// Trains and judges trials.
struct TrialRunner: Sendable {
  let rows: StudyRows
  let seed: Seed
  let metric: Metric
  /// How scores become probabilities.
  let calibration: CalibrationMethod
  /// Seconds for one trial, or nil.
  let trialTime: Double?
  let cache: SharedCache
  let limits: RunLimits
  /// Told of each epoch: trial, fit and report.
  let onEpoch: @Sendable (Int, EpochReport) -> Void

  /// Runs a trial.
  ///
  /// - Throws: ``PluginKit/TrainingInterruption`` when the whole run was stopped; then there is no record.
  func run(_ plan: TrialPlan) throws -> FinishedTrial {
    let start = ContinuousClock.now
    var fitTime = Duration.zero
    let notes = TrialNotes()
    let interruption = interruption(of: plan, since: start)
    let watch = plan.pruner.map(PruningWatch.init)
    do {
      try checkConflicts(plan)
      var fits: [(PreparedFit, TrainingOutcome)] = []
      for (index, fit) in rows.parts.fits.enumerated() {
        let prepared = try rows.prepare(
          fit, steps: plan.steps, acceptsMissing: plan.plugin.manifest.capabilities.missingValues,
          cache: cache)
        try checkWeights(plan, prepared)
        let fitStart = ContinuousClock.now
        let context = context(
          plan, fit: index, scope: fit.name, interruption: interruption, notes: notes,
          watch: index == 0 ? watch : nil)
        try context.checkpoint()
        fits.append(
          (
            prepared,
            try plan.plugin.train(prepared.training, parameters: plan.parameters, context: context)
          ))
        fitTime += ContinuousClock.now - fitStart
        if let reason = watch?.reason {
          return unfinished(plan, .pruned(reason: reason), fitTime.seconds, notes)
        }
      }
      return try judge(plan, fits, seconds: fitTime.seconds, notes) {
        if let reason = interruption() { throw reason }
      }
    } catch let interruption as TrainingInterruption {
      if limits.interruption(ofTrial: plan.number) != nil { throw interruption }
      let outcome: TrialRecord.Outcome =
        interruption == .outOfTime && trialTime != nil
        ? .timeout(reason: "the trial reached trial_time")
        : .failed(reason: "the plugin ended the training without being asked to")
      return unfinished(plan, outcome, fitTime.seconds, notes)
    } catch let fault as PluginFault where fault.isTimeout {
      return unfinished(plan, .timeout(reason: "\(fault)"), fitTime.seconds, notes)
    } catch {
      return unfinished(plan, .failed(reason: "\(error)"), fitTime.seconds, notes)
    }
  }

  /// Trains the model of a trial's first fit again, as it was.
  ///
  /// - Throws: What the plugin throws.
  func trainFirstFit(_ plan: TrialPlan) throws -> SearchJournal.KeptModel {
    let fit = rows.parts.fits[0]
    let prepared = try rows.prepare(
      fit, steps: plan.steps, acceptsMissing: plan.plugin.manifest.capabilities.missingValues,
      cache: cache)
    let context = TrainingContext(
      studySeed: seed, trialSeed: trialSeed(plan).keyed("fit", 0),
      cache: cache.scoped("\(fit.name)/\(plan.preprocessingKey)"))
    let outcome = try plan.plugin.train(
      prepared.training, parameters: plan.parameters, context: context)
    return SearchJournal.KeptModel(model: outcome.model, preprocessor: prepared.preprocessor)
  }

  /// Trains the model of a trial again on other rows.
  ///
  /// - Parameters:
  ///   - plan: The trial.
  ///   - data: Preprocessed rows.
  ///   - epochs: How many epochs to run exactly, or nil.
  /// - Returns: The model and how training went.
  /// - Throws: What the plugin throws.
  func refit(_ plan: TrialPlan, _ data: TrainingData, epochs: Int?) throws -> TrainingOutcome {
    let context = TrainingContext(
      studySeed: seed, trialSeed: trialSeed(plan).keyed("refit"), exactEpochs: epochs,
      cache: cache.scoped("refit/\(plan.preprocessingKey)"))
    return try plan.plugin.train(data, parameters: plan.parameters, context: context)
  }

  private func trialSeed(_ plan: TrialPlan) -> Seed { seed.keyed("trial", plan.number) }

  private func context(
    _ plan: TrialPlan, fit: Int, scope: String,
    interruption: @escaping @Sendable () -> TrainingInterruption?, notes: TrialNotes,
    watch: PruningWatch?
  ) -> TrainingContext {
    TrainingContext(
      studySeed: seed, trialSeed: trialSeed(plan).keyed("fit", fit),
      cache: cache.scoped("\(scope)/\(plan.preprocessingKey)"),
      interruption: interruption,
      observer: { report in
        notes.add(report, fit: fit)
        onEpoch(plan.number, report)
        return watch?.decision(on: report) ?? .proceed
      }, logger: notes.log)
  }

  /// Why a trial that started at an instant has to end now, or nil.
  private func interruption(
    of plan: TrialPlan, since start: ContinuousClock.Instant
  ) -> @Sendable () -> TrainingInterruption? {
    let deadline = plan.number > 0 ? trialTime.map { start + .seconds($0) } : nil
    return {
      if let interruption = limits.interruption(ofTrial: plan.number) { return interruption }
      return deadline.map { ContinuousClock.now > $0 } ?? false ? .outOfTime : nil
    }
  }

  /// A search may come upon settings that the pipeline's check could not rule out.
  private func checkConflicts(_ plan: TrialPlan) throws {
    if let conflict = plan.plugin.conflicts(in: plan.parameters).first {
      throw TrainingFailure(conflict.message)
    }
  }

  private func checkWeights(_ plan: TrialPlan, _ prepared: PreparedFit) throws {
    guard prepared.training.weights != nil, !plan.plugin.manifest.capabilities.weights else {
      return
    }
    throw TrainingFailure("'\(plan.plugin.manifest.id)' does not use row weights")
  }

  private func unfinished(
    _ plan: TrialPlan, _ outcome: TrialRecord.Outcome, _ seconds: Double, _ notes: TrialNotes
  ) -> FinishedTrial {
    FinishedTrial(
      record: record(plan, outcome, seconds, notes), scores: nil, trained: nil)
  }

  private func record(
    _ plan: TrialPlan, _ outcome: TrialRecord.Outcome, _ seconds: Double, _ notes: TrialNotes
  ) -> TrialRecord {
    TrialRecord(
      number: plan.number, model: plan.model, plugin: plan.plugin.manifest.id, point: plan.point,
      parameters: plan.shown, outcome: outcome, fitSeconds: seconds, curves: notes.curves,
      log: notes.logTail)
  }
}

// MARK: Judging

extension TrialRunner {
  private func judge(
    _ plan: TrialPlan, _ fits: [(PreparedFit, TrainingOutcome)], seconds: Double,
    _ notes: TrialNotes, checkpoint: @Sendable () throws -> Void
  ) throws -> FinishedTrial {
    let start = ContinuousClock.now
    var values: [Float] = []
    for (prepared, outcome) in fits {
      values += try outcome.model.scores(for: prepared.validation, checkpoint: checkpoint).values
    }
    let predictTime = ContinuousClock.now - start
    let scores = ScoreMatrix(
      rowCount: values.count / rows.dataset.classes.count, columnCount: rows.dataset.classes.count,
      values: values)
    guard scores.values.allSatisfy(\.isFinite) else {
      throw TrainingFailure("the model gives scores that are not finite")
    }
    let result = result(
      scores, fits, microsecondsPerRow: predictTime.seconds * 1e6 / Double(max(1, scores.rowCount)))
    let first = fits.first
    return FinishedTrial(
      record: record(plan, .complete(result), seconds, notes), scores: scores,
      trained: first.map { .init(model: $0.1.model, preprocessor: $0.0.preprocessor) })
  }

  private func result(
    _ scores: ScoreMatrix, _ fits: [(PreparedFit, TrainingOutcome)], microsecondsPerRow: Double
  ) -> TrialResult {
    let judgement = judgement(of: scores)
    let state = fits.first?.1.model.state()
    let reports = fits.map(\.1.report)
    return TrialResult(
      validation: judgement.validation, interval: judgement.interval,
      calibration: judgement.calibration,
      trainableParameters: fits.first?.1.model.trainableParameterCount ?? 0,
      modelBytes: state?.byteCount ?? 0, predictMicrosecondsPerRow: microsecondsPerRow,
      bestEpochs: reports.compactMap(\.bestEpoch), reports: reports)
  }
}

extension ModelState {
  /// The size in a file: the arrays, and the text of the rest.
  fileprivate var byteCount: Int {
    tensors.reduce(attributes.text.utf8.count) { $0 + 4 * $1.values.count }
      + buffers.reduce(0) { $0 + $1.bytes.count }
  }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}

/// What is heard of a trial while it runs: the reports of its epochs, by fit, and the end of its log.
private final class TrialNotes: Sendable {
  /// How much of the log is kept, in bytes.
  private static let logLimit = 16 << 10

  private let state = Mutex<(curves: [[EpochReport]], log: String)>(([], ""))

  func add(_ report: EpochReport, fit: Int) {
    state.withLock { notes in
      while notes.curves.count <= fit { notes.curves.append([]) }
      notes.curves[fit].append(report)
    }
  }

  func log(_ text: String) {
    state.withLock { notes in
      notes.log += text
      let excess = notes.log.utf8.count - Self.logLimit
      if excess > 0 {
        notes.log = String(decoding: notes.log.utf8.dropFirst(excess), as: UTF8.self)
      }
    }
  }

  var curves: [[EpochReport]] { state.withLock { $0.curves } }
  var logTail: String { state.withLock { $0.log } }
}
