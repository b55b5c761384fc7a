package import Evaluation
package import PluginKit

/// What a store has to know about a study to write it in the form of other tools.
package struct StudyDescription: Sendable, Equatable {
  /// The study's name.
  package let name: String
  /// What the search optimises.
  package let metric: Metric
  /// Where trials lie.
  package let space: SearchSpace

  package init(name: String, metric: Metric, space: SearchSpace) {
    self.name = name
    self.metric = metric
    self.space = space
  }
}
