import Evaluation
import PluginKit
import StudyStore
import Synchronization

/// A clock that goes on when it is told to, and a list of workers that are gone.
final class ToyClock: Sendable {
  private let state = Mutex((seconds: 1_000_000.0, gone: Set<WorkerIdentity>()))

  func pass(_ seconds: Double) { state.withLock { $0.seconds += seconds } }

  func kill(_ worker: WorkerIdentity) { state.withLock { _ = $0.gone.insert(worker) } }

  /// A policy with a lease of 30 seconds on this clock.
  var policy: ClaimPolicy {
    ClaimPolicy(
      lease: 30, now: { self.state.withLock { $0.seconds } },
      isGone: { worker in self.state.withLock { $0.gone.contains(worker) } })
  }
}

/// A worker by a number.
func worker(_ process: Int32) -> WorkerIdentity {
  WorkerIdentity(host: "toy", process: process, processStart: "start \(process)")
}

/// A space with every kind of dimension.
let smallSpace = SearchSpace(entries: [
  .init(
    name: "quasi-svm",
    dimensions: [
      SearchDimension(name: "output_dim", domain: .integer(64...4_822, log: true)),
      SearchDimension(name: "scale", domain: .real(0.1...100, log: true)),
      SearchDimension(name: "loss", domain: .choice([.text("hinge"), .text("squared-hinge")])),
      SearchDimension(name: "preprocess.scale.method", domain: .choice([.text("none")])),
    ]),
  .init(
    name: "deep",
    dimensions: [
      SearchDimension(name: "hidden", domain: .choice([.integers([64]), .integers([128, 64])])),
      SearchDimension(name: "dropout", domain: .choice([.automatic, .real(0.5), .flag(true)])),
      SearchDimension(name: "depth", domain: .integer(1...9)),
      SearchDimension(name: "rate", domain: .real(-1...1)),
    ]),
])

/// A study of accuracy in the small space.
let smallStudy = StudyDescription(name: "small", metric: .accuracy, space: smallSpace)

/// A place in the small space, another one for each number.
func smallPoint(_ number: Int) -> SearchPoint {
  guard number > 0 else { return SearchPoint(entry: "baseline", coordinates: []) }
  if number % 3 == 0 {
    return SearchPoint(
      entry: "deep",
      coordinates: [
        .init("hidden", .integers(number % 2 == 0 ? [64] : [128, 64])),
        .init("dropout", [.automatic, .real(0.5), .flag(true)][number / 3 % 3]),
        .init("depth", .integer(1 + number % 9)),
        .init("rate", .real(-1 + 1.0 / Double(number))),
      ])
  }
  return SearchPoint(
    entry: "quasi-svm",
    coordinates: [
      .init("output_dim", .integer(64 + number)), .init("scale", .real(0.1 * Double(number))),
      .init("loss", .text(number % 2 == 0 ? "hinge" : "squared-hinge")),
    ])
}

/// A record with awkward values: every kind of ending, curves with and without monitor, NaN and infinities.
func smallRecord(_ number: Int) -> TrialRecord {
  let point = smallPoint(number)
  let outcome: TrialRecord.Outcome =
    switch number % 7 {
    case 4: .failed(reason: "can't be trained: \"quoted\",\nsecond line, ∑ \u{1}")
    case 5: .timeout(reason: "the trial reached trial_time")
    case 6: .pruned(reason: "it could no longer win")
    default: .complete(smallResult(number))
    }
  return TrialRecord(
    number: number, model: point.entry, plugin: "p-\(point.entry)", point: point,
    parameters: .object(
      point.coordinates.map { ($0.name, $0.value.json) }
        + [("extra", .number(0.1 + 0.2)), ("none", .null)]),
    outcome: outcome, fitSeconds: 0.1 * Double(number) + 1e-17, curves: smallCurves(number),
    log: number % 2 == 0 ? "" : "warning: line 1\nline \(number)\t∑\n")
}

private func smallResult(_ number: Int) -> TrialResult {
  TrialResult(
    validation: MetricValues([
      (.accuracy, 1 - 1 / Double(number + 3)), (.logLoss, number % 7 == 1 ? .infinity : 0.3),
      (.matthewsCorrelation, .nan), (.macroF1, -0.0),
    ]),
    interval: ConfidenceInterval(
      low: 0.1.nextUp, high: number % 7 == 1 ? .infinity : 0.9.nextDown),
    calibration: .temperature(
      TemperatureScaling(beta: .leastNonzeroMagnitude * Double(number + 1))),
    trainableParameters: number * 1_000_003, modelBytes: 4 * number,
    predictMicrosecondsPerRow: 1.7976931348623157e308,
    bestEpochs: number % 3 == 0 ? [3, 4] : [],
    reports: [
      TrainingReport(
        stopping: .early, objective: number % 7 == 2 ? .nan : 1 / 3,
        relativeGaps: [1e-4, .infinity, .nan], iterations: 12, bestEpoch: 3,
        warnings: ["a sentence.", "inf"]),
      TrainingReport(stopping: .converged),
    ])
}

private func smallCurves(_ number: Int) -> [[EpochReport]] {
  guard number % 3 == 0, number > 0 else { return [] }
  return (0..<2).map { fit in
    (1...3 + fit).map { epoch in
      EpochReport(
        epoch: epoch, trainingLoss: epoch == 2 ? .infinity : 1 / Double(epoch),
        trainingAccuracy: 0.5, monitorLoss: fit == 0 ? nil : .nan,
        monitorAccuracy: fit == 0 ? nil : 0.1 * Double(epoch))
    }
  }
}

/// Everything in a record as text; numbers have so many digits that equal texts mean equal bits.
func everything(in record: TrialRecord?) -> String {
  var text = ""
  dump(record, to: &text)
  return text
}

/// What a store said when it refused; nil if it did not.
func message(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch {
    return "\(error)"
  }
}
