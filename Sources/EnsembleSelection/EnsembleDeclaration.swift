package import PluginKit

/// A way to make an ensemble: what users type after `use:` in `ensemble:`, and its parameters.
package struct EnsembleDeclaration: Sendable, Equatable {
  /// What users type, such as `greedy`.
  package let id: String
  /// One sentence for people, without a full stop.
  package let summary: String
  package let parameters: [ParameterDeclaration]

  /// All ways, in the order of help texts.
  package static let all = [greedy]

  /// ``GreedySelection``.
  package static let greedy = EnsembleDeclaration(
    id: "greedy", summary: "adds the trial that helps most, again and again (Caruana et al., 2004)",
    parameters: [size.declaration])

  /// The most models of a selection, repetitions counted.
  package static let size = Parameter.integer(
    "size", 1...1_000, default: 25,
    summary: "how many trials are chosen at most, each as often as it helps")
}
