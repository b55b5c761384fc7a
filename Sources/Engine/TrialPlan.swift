package import HyperparameterSearch
package import PipelineSpec
package import PluginKit
package import Preprocessing
import StudyStore

/// One trial before it runs: an entry of the pipeline with a value for everything.
package struct TrialPlan: Sendable {
  /// 0 for the baseline.
  package let number: Int
  /// The leaderboard's word for the entry.
  package let model: String
  package let plugin: any ModelPlugin
  package let point: SearchPoint
  /// A value for each parameter of the plugin.
  package let parameters: ParameterValues
  /// The steps of preprocessing with a value for each of their parameters.
  package let steps: [StepSettings]
  /// Parameters of the leaderboard: the plugin's, and those of preprocessing that are searched.
  package let shown: JSONValue
  /// What may end the trial early; nil for nothing.
  package var pruner: SuccessiveHalving?
}

extension TrialPlan {
  /// What the trial's matrices depend on besides their rows.
  var preprocessingKey: String {
    Engine.preprocessingKey(
      steps, acceptsMissing: plugin.manifest.capabilities.missingValues)
  }
}

/// Makes plans of points in the search space.
package struct TrialPlanner: Sendable {
  static let baselineName = "baseline"

  let pipeline: Pipeline
  let registry: PluginRegistry
  package let space: SearchSpace

  package init(pipeline: Pipeline, registry: PluginRegistry) {
    self.pipeline = pipeline
    self.registry = registry
    let shared = pipeline.preprocess.flatMap { step in
      step.tune.map { $0.renamed(Self.coordinateName(step.use, $0.name)) }
    }
    space = SearchSpace(
      entries: pipeline.models.map { .init(name: $0.name, dimensions: $0.tune + shared) })
  }

  /// How many trials there can be besides the baseline: those asked for, or all of a finite space.
  var trialLimit: Int {
    let search = pipeline.search
    guard let proposals = search.use.proposalCount(in: space) else { return search.trials }
    let (all, overflows) = proposals.addingReportingOverflow(pipeline.models.count)
    return overflows ? search.trials : min(search.trials, all)
  }

  /// Whether any entry can do with missing values.
  var acceptsMissing: Bool {
    pipeline.models.contains { registry[$0.use]?.manifest.capabilities.missingValues ?? false }
  }

  /// The plan of trial 0.
  func baseline() -> TrialPlan {
    plan(number: 0, point: SearchPoint(entry: Self.baselineName, coordinates: []))
  }

  /// The place of an entry's default setting, as near as the searched ranges allow.
  ///
  /// A default of `auto` has no coordinate: the sampler learns nothing from it about that dimension.
  func defaultPoint(_ entry: ModelEntry) -> SearchPoint {
    let declarations = declared(entry)
    var coordinates: [SearchPoint.Coordinate] = []
    for dimension in space.entries.first(where: { $0.name == entry.name })?.dimensions ?? [] {
      guard let declaration = declarations[dimension.name], declaration.defaultValue != .automatic,
        dimension.condition.map({ isMet($0, entry, coordinates, declarations) }) ?? true
      else { continue }
      coordinates.append(
        .init(dimension.name, dimension.domain.nearest(to: declaration.defaultValue)))
    }
    return SearchPoint(entry: entry.name, coordinates: coordinates)
  }

  /// The plan that a finished trial had.
  func plan(of record: TrialRecord) -> TrialPlan {
    record.number == 0 ? baseline() : plan(number: record.number, point: record.point)
  }

  /// The plan of a trial at a point.
  func plan(number: Int, point: SearchPoint) -> TrialPlan {
    let entry = pipeline.models.first { $0.name == point.entry }
    let id = entry?.use ?? Self.baselineName
    guard let plugin = registry[id] else { preconditionFailure("there is no plugin '\(id)'") }
    let declarations = plugin.manifest.parameters
    var chosen = entry?.fixed ?? [:]
    for declaration in declarations {
      if let value = point[declaration.name] { chosen[declaration.name] = value }
    }
    let parameters = ParameterValues(declarations, chosen)
    return TrialPlan(
      number: number, model: point.entry, plugin: plugin, point: point, parameters: parameters,
      steps: steps(point), shown: shownParameters(parameters, declarations, point))
  }

  private func steps(_ point: SearchPoint) -> [StepSettings] {
    pipeline.preprocess.map { step in
      let declarations = StepDeclaration.all.first { $0.id == step.use }?.parameters ?? []
      var chosen = step.fixed
      for declaration in declarations {
        let name = Self.coordinateName(step.use, declaration.name)
        if let value = point[name] { chosen[declaration.name] = value }
      }
      return StepSettings(id: step.use, values: ParameterValues(declarations, chosen))
    }
  }

  /// Parameters that were used: without those whose condition is not met.
  private func shownParameters(
    _ parameters: ParameterValues, _ declarations: [ParameterDeclaration], _ point: SearchPoint
  ) -> JSONValue {
    var members = parameters.all.filter { name, _ in
      guard let condition = declarations.first(where: { $0.name == name })?.condition else {
        return true
      }
      return parameters[condition.parameter].map(condition.isOneOf.contains) ?? true
    }.map { ($0.name, $0.value.json) }
    for coordinate in point.coordinates where coordinate.name.hasPrefix("preprocess.") {
      members.append((coordinate.name, coordinate.value.json))
    }
    return .object(members)
  }

  private func declared(_ entry: ModelEntry) -> [String: ParameterDeclaration] {
    var declarations: [String: ParameterDeclaration] = [:]
    for declaration in registry[entry.use]?.manifest.parameters ?? [] {
      declarations[declaration.name] = declaration
    }
    for step in pipeline.preprocess {
      for declaration in StepDeclaration.all.first(where: { $0.id == step.use })?.parameters ?? [] {
        declarations[Self.coordinateName(step.use, declaration.name)] = declaration
      }
    }
    return declarations
  }

  private func isMet(
    _ condition: ParameterDeclaration.Condition, _ entry: ModelEntry,
    _ coordinates: [SearchPoint.Coordinate], _ declarations: [String: ParameterDeclaration]
  ) -> Bool {
    let value =
      coordinates.first { $0.name == condition.parameter }?.value
      ?? entry.fixed[condition.parameter] ?? declarations[condition.parameter]?.defaultValue
    return value.map(condition.isOneOf.contains) ?? false
  }

  /// The name of a searched parameter of preprocessing, in points and on the leaderboard.
  private static func coordinateName(_ step: String, _ parameter: String) -> String {
    "preprocess.\(step).\(parameter)"
  }
}

extension SearchDimension {
  /// The same dimension under another name; parameters of preprocessing are searched without conditions.
  fileprivate func renamed(_ name: String) -> SearchDimension {
    SearchDimension(name: name, domain: domain, steps: steps)
  }
}

extension Domain {
  /// The value of the domain that is nearest to another one; the first choice where it is not among them.
  func nearest(to value: ParameterValue) -> ParameterValue {
    switch (self, value) {
    case (.integer(let range, _), .integer(let number)):
      .integer(min(max(number, range.lowerBound), range.upperBound))
    case (.real(let range, _), .real(let number)):
      .real(min(max(number, range.lowerBound), range.upperBound))
    case (.choice(let values), _): values.contains(value) ? value : values.first ?? value
    default: value
    }
  }
}
