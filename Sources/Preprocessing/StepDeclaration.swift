package import PluginKit

/// A kind of preprocessing step: what users type after `use:`, and its parameters.
package struct StepDeclaration: Sendable, Equatable {
  /// What users type, such as `one-hot`.
  package let id: String
  /// One sentence for people, without a full stop.
  package let summary: String
  package let parameters: [ParameterDeclaration]

  package init(id: String, summary: String, parameters: [ParameterDeclaration]) {
    self.id = id
    self.summary = summary
    self.parameters = parameters
  }
}

/// A step of a pipeline with a value for each of its parameters.
package struct StepSettings: Sendable, Equatable {
  /// The id of a ``StepDeclaration``.
  package var id: String
  package var values: ParameterValues

  package init(id: String, values: ParameterValues) {
    self.id = id
    self.values = values
  }
}
