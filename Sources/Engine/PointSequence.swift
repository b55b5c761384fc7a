import Evaluation
package import HyperparameterSearch
import PipelineSpec
package import PluginKit
package import StudyStore

/// From which trial on how many entries of `models` are searched: an entry that was added to a study joins
/// with a trial number after all that were there.
package struct StudySegment: Sendable, Equatable {
  /// The first trial of the segment, 1 for the first segment.
  package let firstTrial: Int
  /// How many entries there are, counted from the beginning of `models`.
  package let entryCount: Int

  package init(firstTrial: Int, entryCount: Int) {
    self.firstTrial = firstTrial
    self.entryCount = entryCount
  }
}

/// Where the trials of a study lie in the search space.
///
/// The point of trial t is a function of the seed, of the results of trials up to t - `parallel`, and of the
/// points of the trials between. So whoever runs the trials, in whatever order and however often interrupted,
/// they are the same. A segment of the study begins with the default settings of the entries that it adds, in
/// file order; the sampler proposes all others.
package struct PointSequence: Sendable {
  private let planner: TrialPlanner
  private let segments: [StudySegment]
  private let samplers: [any Sampler]
  /// What the sampler minimises; nil for a trial that is not complete.
  private let lossOf: @Sendable (TrialRecord) -> Double?
  private let parallel: Int
  /// Trials of another study, which all proposals know.
  private let warmStart: WarmStart
  private let metric: Metric

  /// The points of trials 1, 2, …, as far as they are known; nil ends the search.
  private var points: [SearchPoint?] = []
  private var finished: [Int: TrialRecord] = [:]
  /// The lowest trial that is not finished.
  package private(set) var firstUnfinished = 0

  /// Begins a sequence of which no point is known.
  ///
  /// - Parameters:
  ///   - planner: Knows the entries and their defaults.
  ///   - segments: Ascending, at least one; the last one has all entries.
  ///   - sampler: Makes the sampler of a space.
  ///   - warmStart: Trials of another study; none by default.
  ///   - lossOf: What is minimised.
  package init(
    planner: TrialPlanner, segments: [StudySegment], sampler: (SearchSpace) -> any Sampler,
    warmStart: WarmStart = WarmStart(trials: []),
    lossOf: @escaping @Sendable (TrialRecord) -> Double?
  ) {
    precondition(!segments.isEmpty, "a study needs a segment")
    self.planner = planner
    self.segments = segments
    self.lossOf = lossOf
    self.warmStart = warmStart
    metric = planner.pipeline.search.metric
    samplers = segments.map {
      sampler(SearchSpace(entries: Array(planner.space.entries.prefix($0.entryCount))))
    }
    parallel = planner.pipeline.search.parallel
  }

  /// The highest trial whose point can be known: all results that it depends on are there.
  package var lastReady: Int { firstUnfinished + parallel - 1 }

  /// The last trial of the space, if it was found to have no further point.
  package var lastPossible: Int? {
    points.last.flatMap { $0 == nil ? points.count - 1 : nil }
  }

  /// Whether the result of a trial is there.
  package func isFinished(_ number: Int) -> Bool { finished[number] != nil }

  /// Takes in a finished trial.
  package mutating func add(_ record: TrialRecord) {
    finished[record.number] = record
    while finished[firstUnfinished] != nil { firstUnfinished += 1 }
  }

  /// The point of a trial, or nil where the space has no further one.
  ///
  /// - Precondition: the trial is not the baseline, and no higher than ``lastReady``.
  package mutating func point(of number: Int) -> SearchPoint? {
    precondition((1...lastReady).contains(number), "trial \(number) has to wait")
    while points.count < number {
      let next = points.count + 1
      points.append(finished[next]?.point ?? (lastPossible == nil ? proposal(for: next) : nil))
    }
    return points[number - 1]
  }

  /// What may end a trial early, by the results that its point depends on; nil where nothing is pruned.
  ///
  /// - Precondition: the trial has a point, and is no higher than ``lastReady``.
  package func pruner(of number: Int) -> SuccessiveHalving? {
    precondition((1...lastReady).contains(number), "trial \(number) has to wait")
    guard planner.pipeline.search.pruning == .asha, let point = points[number - 1] else {
      return nil
    }
    return SuccessiveHalving(entry: point.entry, earlier: history(of: number))
  }

  /// The lowest finished trial that lies elsewhere than it would be put now, of the last ones that are there.
  ///
  /// One is enough to find another sampler out; asking for each would take as long as the search.
  package mutating func misplacedTrial() -> Int? {
    guard let last = finished.keys.max(), last > 0, last <= lastReady else { return nil }
    _ = point(of: last)
    points.removeLast()
    let proposal = proposal(for: last)
    points.append(finished[last]?.point)
    return proposal == finished[last]?.point ? nil : last
  }

  private func proposal(for number: Int) -> SearchPoint? {
    let place = segments.lastIndex { $0.firstTrial <= number } ?? 0
    let segment = segments[place]
    let before = place > 0 ? segments[place - 1].entryCount : 0
    let added = before + number - segment.firstTrial
    if added < segment.entryCount { return planner.defaultPoint(planner.pipeline.models[added]) }
    // A sampler counts its own proposals, whatever the segment.
    func ownNumber(_ trial: Int) -> Int { trial - 1 - segment.entryCount }
    return samplers[place].propose(
      number: ownNumber(number),
      history: warmStart.observations(metric, before: ownNumber(1))
        + history(of: number).map { record in
          Observation(
            number: ownNumber(record.number), point: record.point, loss: lossOf(record),
            pruned: record.pruned)
        },
      pending: points[min(max(0, number - parallel), points.count)...].compactMap { $0 })
  }

  /// The results that a trial may see, by ascending number.
  private func history(of number: Int) -> [TrialRecord] {
    guard number > parallel else { return [] }
    return (1...number - parallel).compactMap { finished[$0] }
  }
}
