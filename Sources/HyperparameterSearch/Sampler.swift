package import PluginKit

/// What became of a point that was tried.
package struct Observation: Sendable, Equatable {
  /// The number of the trial; among equal losses the lower number counts as better.
  package let number: Int
  /// What was tried.
  package let point: SearchPoint
  /// The search metric turned so that lower is better; nil for a trial that failed, ran out of time or was
  /// pruned.
  package let loss: Double?
  /// How far a pruned trial came; nil for all others.
  package let pruned: Pruned?

  /// How far a pruned trial came.
  package struct Pruned: Sendable, Equatable {
    /// The epochs that it ran.
    package let epochs: Int
    /// Its best value; higher is better.
    package let value: Double

    package init(epochs: Int, value: Double) {
      self.epochs = epochs
      self.value = value
    }
  }

  package init(number: Int, point: SearchPoint, loss: Double?, pruned: Pruned? = nil) {
    self.number = number
    self.point = point
    self.loss = loss
    self.pruned = pruned
  }
}

/// Chooses the points of a search, one at a time.
///
/// A proposal is a pure function of the sampler's seed and of the arguments, and depends neither on how
/// many trials are to come nor on the order of `pending`. So a search that is resumed or extended, or that
/// is run by more workers, tries the same points.
package protocol Sampler: Sendable {
  /// The next point to try.
  ///
  /// Trials that the sampler did not propose, such as the default settings, may be among the arguments: it
  /// learns from them and does not propose them again. Values outside the space are moved to its border.
  ///
  /// - Parameters:
  ///   - number: The number of the trial among those that this sampler proposes, from 0.
  ///   - history: The finished trials that this trial may see, by ascending number.
  ///   - pending: Points that were proposed earlier and whose results this trial may not see.
  /// - Returns: A point of the space that is in neither list, or nil when a finite space has no such point.
  ///   In an infinite space a repeat is possible only where rounding leaves almost nothing else.
  func propose(number: Int, history: [Observation], pending: [SearchPoint]) -> SearchPoint?
}

extension SamplerKind {
  /// Makes the sampler of this kind.
  package func sampler(space: SearchSpace, seed: Seed) -> any Sampler {
    switch self {
    case .tpe: TreeParzenSampler(space: space, seed: seed)
    case .random: RandomSampler(space: space, seed: seed)
    case .grid: GridSampler(space: space)
    }
  }

  /// How many different points this kind of sampler can propose; nil where there is no limit.
  package func proposalCount(in space: SearchSpace) -> Int? {
    self == .grid ? GridSampler(space: space).count : space.cardinality
  }
}
