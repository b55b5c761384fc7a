package import PluginKit

/// A model that is asked what it is: a plugin with a setting and, where there is one, what it learnt.
package struct CheckedModel: Sendable {
  package let name: String
  /// The trial that it comes from; nil where there was no search.
  package let trial: Int?
  /// What the model is in another library's words; nil where there are none.
  package let original: String?
  package let plugin: any ModelPlugin
  /// A value for each parameter of the plugin.
  package let parameters: ParameterValues
  /// The seed that random features are drawn from.
  package let studySeed: Seed
  /// The trained model and how its training went; nil to train it on the rows of the check.
  package let trained: TrainingOutcome?

  package init(
    name: String, trial: Int? = nil, original: String? = nil, plugin: any ModelPlugin,
    parameters: ParameterValues,
    studySeed: Seed, trained: TrainingOutcome? = nil
  ) {
    self.name = name
    self.trial = trial
    self.original = original
    self.plugin = plugin
    self.parameters = parameters
    self.studySeed = studySeed
    self.trained = trained
  }

  /// Trains a model of the setting.
  ///
  /// - Parameters:
  ///   - data: The rows.
  ///   - purpose: What it is for: a key of the draws that are not those of random features.
  ///   - interruption: Says when to end.
  /// - Returns: The model, and how training went.
  /// - Throws: What the plugin throws.
  func train(
    _ data: TrainingData, for purpose: String,
    interruption: @escaping @Sendable () -> TrainingInterruption?
  ) throws -> TrainingOutcome {
    let context = TrainingContext(
      studySeed: studySeed, trialSeed: studySeed.keyed("svm-check").keyed(purpose),
      interruption: interruption)
    return try plugin.train(data, parameters: parameters, context: context)
  }
}

extension ParameterValues {
  /// The values of a file, where a leaderboard or a model keeps them; what is missing or not declared has
  /// its default.
  package init(_ declarations: [ParameterDeclaration], stored json: JSONValue) {
    var chosen: [String: ParameterValue] = [:]
    for declaration in declarations {
      if let value = json[declaration.name].flatMap({ declaration.value(of: $0) }) {
        chosen[declaration.name] = value
      }
    }
    self.init(declarations, chosen)
  }
}

extension ParameterDeclaration {
  /// The value that ``ParameterValue/json`` wrote; nil if it is not allowed.
  fileprivate func value(of json: JSONValue) -> ParameterValue? {
    let value: ParameterValue?
    switch (kind, json) {
    case (_, .string("auto")) where allowsAutomatic: value = .automatic
    case (.integer, .integer(let number)): value = .integer(number)
    case (.real, .integer(let number)): value = .real(Double(number))
    case (.real, .number(let number)): value = .real(number)
    case (.choice, .string(let word)): value = .text(word)
    case (.flag, .bool(let flag)): value = .flag(flag)
    case (.integers, .array(let elements)): value = .integers(elements.compactMap(\.integer))
    case (.settings, .object): value = .settings(json)
    default: value = nil
    }
    return value.flatMap { allows($0) ? $0 : nil }
  }
}
