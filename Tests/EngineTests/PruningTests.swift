import Engine
import Evaluation
import PipelineSpec
import PluginKit
import Synchronization
import Testing

private let quality = Parameter.real(
  "quality", 0...1, default: 0.5, searched: .real(0...1), summary: "how much is learnt")

/// Learns for 20 epochs, the more the more `quality` there is, and notes how many epochs it ran.
private struct Learner {
  static let epochs = 20
  /// Epochs of every fit, in the order of their ends.
  let log = EpochLog()

  final class EpochLog: Sendable {
    private let state = Mutex<[Int]>([])
    var epochs: [Int] { state.withLock { $0 } }
    func add(_ count: Int) { state.withLock { $0.append(count) } }
  }

  /// What it reports after an epoch.
  static func accuracy(_ quality: Double, epoch: Int) -> Double {
    quality * Double(epoch) / Double(epochs)
  }

  var plugin: ClosurePlugin {
    ClosurePlugin(
      "learner", parameters: [quality.declaration],
      capabilities: Capabilities(weights: true, epochs: true)
    ) { data, parameters, context in
      var epoch = 0
      while epoch < context.exactEpochs ?? Self.epochs {
        epoch += 1
        let decision = context.report(
          EpochReport(
            epoch: epoch, trainingLoss: 1, trainingAccuracy: 1, monitorLoss: 1,
            monitorAccuracy: Self.accuracy(parameters[quality], epoch: epoch)))
        if decision == .stop { break }
      }
      log.add(epoch)
      let model = CentroidModel.fit(
        data, noise: 3 - 3 * parameters[quality], seed: context.trialSeed)
      return TrainingOutcome(model: model, report: TrainingReport(stopping: .budget))
    }
  }
}

extension LeaderboardEntry {
  fileprivate var quality: Double { parameters["quality"]?.number ?? .nan }
}

/// The rule in other words: the epoch at which trial t ends, from all qualities by trial from 1 on.
private func expectedEnds(_ qualities: [Double], parallel: Int) -> [Int] {
  var ends: [Int] = []
  for (place, quality) in qualities.enumerated() {
    let seen = max(0, place + 1 - parallel)
    ends.append(
      [4, 8, 16].first { rung in
        let others = (0..<seen).filter { ends[$0] >= rung }
        let better = others.count { qualities[$0] > quality }
        return others.count >= 3 && 2 * better > others.count
      } ?? Learner.epochs)
  }
  return ends
}

@Suite struct PruningTests {
  @Test(arguments: [1, 4])
  func trialsThatLearnWorseThanHalfOfTheOthersEnd(parallel: Int) async throws {
    let learner = Learner()
    let study = try ToyStudy([learner.plugin])
    let pipeline = try study.pipeline(
      search: "{use: random, trials: 40, parallel: \(parallel), pruning: asha}")
    let result = try await study.run(pipeline, workers: 1)
    let entries = try (1...40).map { try result.entry($0) }
    let ends = expectedEnds(entries.map(\.quality), parallel: parallel)
    #expect(Set(ends).isSuperset(of: [4, 8, 20]))
    // The last fit is the refit of the best.
    #expect(Array(learner.log.epochs.prefix(40)) == ends)
    #expect(entries.map { $0.status == .pruned } == ends.map { $0 < Learner.epochs })
    for (entry, end) in zip(entries, ends) where end < Learner.epochs {
      let best = Learner.accuracy(entry.quality, epoch: end)
      #expect(entry.reason?.hasPrefix("its accuracy was at most ") == true)
      #expect(entry.reason?.contains(" after \(end) epochs, and the better half of ") == true)
      let figure = entry.reason.flatMap { Double($0.split(separator: " ")[5]) }
      #expect(abs((figure ?? .nan) - best) <= 0.00005001)
      #expect(entry.validation[.accuracy] == nil)
    }
    let best = entries.map(\.quality).max()
    #expect(entries.first { $0.quality == best }?.status == .complete)
  }

  @Test(arguments: ["random", "tpe"])
  func theNumberOfWorkersChangesNothing(sampler: String) async throws {
    let study = try ToyStudy([Learner().plugin, centroids])
    let pipeline = try study.pipeline(
      search: "{use: \(sampler), trials: 40, parallel: 4, pruning: asha}")
    for workers in 1...3 { try await study.run(pipeline, to: "run\(workers)", workers: workers) }
    #expect(try study.isSame("run1", "run2") && study.isSame("run1", "run3"))
    #expect(try study.timelessLeaderboard("run1").contains("pruned"))
  }

  @Test func anInterruptedStudyPrunesTheSameTrials() async throws {
    let study = try ToyStudy([Learner().plugin])
    let pipeline = try study.pipeline(
      search: "{use: tpe, trials: 30, parallel: 3, pruning: asha}")
    try await study.run(pipeline, to: "whole")
    for part in [9, 1, 6] { try await study.runPart(pipeline, trials: part) }
    try await study.run(pipeline)
    #expect(try study.isSame("run", "whole"))
  }

  @Test func moreTrialsPruneTheFirstOnesTheSame() async throws {
    let study = try ToyStudy([Learner().plugin])
    func entries(_ trials: Int, _ name: String) async throws -> [LeaderboardEntry] {
      let pipeline = try study.pipeline(
        search: "{use: tpe, trials: \(trials), parallel: 3, pruning: asha}")
      let result = try await study.run(pipeline, to: name)
      return try (1...20).map { try result.entry($0) }
    }
    let (short, long) = (try await entries(20, "short"), try await entries(40, "long"))
    #expect(short.map(\.status) == long.map(\.status))
    #expect(short.map(\.reason) == long.map(\.reason))
  }

  /// The first fold decides: it spares the others, and nothing is ended after it.
  @Test func prunedTrialsRunNoOtherFold() async throws {
    let learner = Learner()
    let study = try ToyStudy([learner.plugin])
    let pipeline = try study.pipeline(
      search: "{use: random, trials: 20, parallel: 1, pruning: asha}",
      more: "split: {test: 0.2, folds: 3}")
    let result = try await study.run(pipeline, workers: 1)
    let ends = expectedEnds(try (1...20).map { try result.entry($0).quality }, parallel: 1)
    let expected = ends.flatMap { $0 < Learner.epochs ? [$0] : Array(repeating: $0, count: 3) }
    #expect(Array(learner.log.epochs.prefix(expected.count)) == expected)
  }

  @Test func withoutPruningAllTrialsGoOn() async throws {
    let study = try ToyStudy([Learner().plugin])
    let result = try await study.run(study.pipeline(search: "{use: random, trials: 30}"))
    #expect(result.leaderboard.entries.allSatisfy { $0.status == .complete })
  }

  /// Entries are compared with themselves only, and those without epochs with nobody.
  @Test func trialsWithoutEpochsAreNotPruned() async throws {
    let study = try ToyStudy([Learner().plugin, centroids])
    let result = try await study.run(
      study.pipeline(search: "{use: random, trials: 40, pruning: asha}"))
    let pruned = Set(result.leaderboard.entries.filter { $0.status == .pruned }.map(\.model))
    #expect(pruned == ["learner"])
  }
}
