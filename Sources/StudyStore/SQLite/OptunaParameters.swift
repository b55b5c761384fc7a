import PluginKit

/// A parameter of a trial as Optuna stores it.
struct OptunaParameter {
  let name: String
  /// A number itself, or the place of a choice.
  let value: Double
  /// The values that it may have, in Optuna's words.
  let distribution: JSONValue
}

/// Points of a search space as Optuna's parameters.
///
/// The entry of `models:` is the categorical parameter `model`; that of a coordinate is `<entry>.<name>`, but
/// `preprocess.<step>.<name>`, which all entries share, keeps its name. Optuna has no lists: a list is a choice
/// by its JSON text.
struct OptunaParameters {
  static let model = "model"

  /// The names of the entries, the one of trial 0 included.
  let models: [String]
  private let space: SearchSpace

  init(_ space: SearchSpace) {
    self.space = space
    models = ["baseline"] + space.entries.map(\.name).filter { $0 != "baseline" }
  }

  /// The values that the parameter `model` may have.
  var modelDistribution: JSONValue { .categorical(models.map { .string($0) }) }

  /// The parameters of a point; a value that its dimension does not have is left out.
  func parameters(model: String, of point: SearchPoint) -> [OptunaParameter] {
    let entry = models.firstIndex(of: model).map {
      OptunaParameter(name: Self.model, value: Double($0), distribution: modelDistribution)
    }
    let dimensions = space.entries.first { $0.name == point.entry }?.dimensions ?? []
    return [entry].compactMap { $0 }
      + point.coordinates.compactMap { coordinate in
        guard let dimension = dimensions.first(where: { $0.name == coordinate.name }),
          let value = dimension.domain.optunaValue(of: coordinate.value)
        else { return nil }
        return OptunaParameter(
          name: Self.name(of: dimension, in: point.entry), value: value,
          distribution: dimension.domain.optunaDistribution)
      }
  }

  /// Every searched parameter's name and what values it may have.
  var distributions: [(name: String, distribution: JSONValue)] {
    space.entries.flatMap { entry in
      entry.dimensions.map {
        (Self.name(of: $0, in: entry.name), $0.domain.optunaDistribution)
      }
    }
  }

  static func name(of dimension: SearchDimension, in entry: String) -> String {
    dimension.name.hasPrefix("preprocess.") ? dimension.name : "\(entry).\(dimension.name)"
  }
}

extension Domain {
  /// The domain in Optuna's words.
  var optunaDistribution: JSONValue {
    switch self {
    case .integer(let range, let log):
      .distribution(
        "IntDistribution",
        [
          ("log", .bool(log)), ("step", .integer(1)), ("low", .integer(range.lowerBound)),
          ("high", .integer(range.upperBound)),
        ])
    case .real(let range, let log):
      .distribution(
        "FloatDistribution",
        [
          ("step", .null), ("low", .number(range.lowerBound)), ("high", .number(range.upperBound)),
          ("log", .bool(log)),
        ])
    case .choice(let values): .categorical(values.map(\.optunaChoice))
    }
  }

  /// What Optuna stores for a value; nil where the domain does not have it.
  fileprivate func optunaValue(of value: ParameterValue) -> Double? {
    switch (self, value) {
    case (.choice(let values), _): values.firstIndex(of: value).map(Double.init)
    case (.integer, .integer(let number)), (.real, .integer(let number)): Double(number)
    case (.real, .real(let number)): number
    default: nil
    }
  }
}

extension ParameterValue {
  /// The value as a choice of Optuna's: null, a truth value, a number or a text.
  var optunaChoice: JSONValue {
    switch self {
    case .integers, .settings: .string(json.text)
    default: json
    }
  }
}

extension JSONValue {
  fileprivate static func categorical(_ choices: [JSONValue]) -> JSONValue {
    distribution("CategoricalDistribution", [("choices", .array(choices))])
  }

  fileprivate static func distribution(
    _ name: String, _ attributes: [(String, JSONValue)]
  ) -> JSONValue {
    .object([("name", .string(name)), ("attributes", .object(attributes))])
  }
}
