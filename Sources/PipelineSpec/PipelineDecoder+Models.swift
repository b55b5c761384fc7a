import EnsembleSelection
import Evaluation
import HyperparameterSearch
import PluginKit
import Preprocessing

/// The sections `preprocess:`, `models:`, `search:` and `ensemble:`.
extension PipelineDecoder {
  static let stepKeys = ["use", "with", "tune"]
  static let modelKeys = ["use", "name", "with", "tune"]
  static let ensembleKeys = ["use", "with"]
  static let searchKeys = [
    "use", "metric", "trials", "pruning", "time", "trial_time", "parallel", "warm_start",
  ]
  /// What `use:` names in `models:`, in messages.
  private static let pluginKind = "plugin"
  /// The plugin of trial 0.
  static let baseline = "baseline"
  /// The leaderboard's word for the ensemble.
  private static let ensemble = "ensemble"

  /// The steps of a list, each at most once.
  mutating func pipelineSteps(_ field: Field) -> [PipelineStep] {
    guard let elements = elements(field, of: "steps") else { return [] }
    var paths: [String: String] = [:]
    return elements.compactMap { element -> PipelineStep? in
      guard let section = section(element, keys: Self.stepKeys),
        let (use, field) = part(
          section, kind: "step", among: steps.map(\.id),
          hint: "steps: \(steps.map(\.id).joined(separator: ", "))"),
        let declaration = steps.first(where: { $0.id == use })
      else { return nil }
      if let first = paths[use] {
        report(.repeated(field.path, use, of: first), at: field.node.location)
      }
      paths[use] = paths[use] ?? field.path
      let settings = partSettings(section, owner: use, declarations: declaration.parameters)
      return PipelineStep(use: use, fixed: settings.fixed, tune: settings.dimensions)
    }
  }

  /// The entries of `models:`, with different names.
  mutating func modelEntries(in top: Section) -> [ModelEntry] {
    let ids = registry.ids.filter { $0 != Self.baseline }
    guard
      let field = required("models", in: top, hint: "a list such as [{use: \(ids.first ?? "…")}]"),
      let elements = elements(field, of: "models")
    else { return [] }
    if elements.isEmpty {
      report(
        .mustBe(field.path, "a list of at least 1 model", got: field.node.found),
        at: field.node.location)
    }
    var paths: [String: String] = [:]
    return elements.compactMap { modelEntry($0, ids: ids, paths: &paths) }
  }

  private mutating func modelEntry(
    _ element: Field, ids: [String], paths: inout [String: String]
  ) -> ModelEntry? {
    guard let section = section(element, keys: Self.modelKeys) else { return nil }
    if let use = section["use"], use.node.word(of: [Self.baseline]) != nil {
      report(.baselineEntry, at: use.node.location)
      return nil
    }
    let part = part(
      section, kind: Self.pluginKind, among: ids, hint: "plugins: \(ids.joined(separator: ", "))")
    let name = section["name"].flatMap { text($0) }
    if let name, let field = section["name"] { checkName(name, field, paths: &paths) }
    guard let (use, field) = part, let plugin = registry[use] else { return nil }
    if section["name"] == nil { checkName(use, field, paths: &paths) }
    let settings = partSettings(section, owner: use, declarations: plugin.manifest.parameters)
    checkConflicts(settings, plugin, use: field)
    return ModelEntry(
      name: name ?? use, use: use, fixed: settings.fixed, tune: settings.dimensions)
  }

  /// Reports a name that another entry has; `paths` says which.
  private mutating func checkName(
    _ name: String, _ field: Field, paths: inout [String: String]
  ) {
    for (reserved, meaning) in [(Self.baseline, "trial 0"), (Self.ensemble, "the ensemble")]
    where name == reserved {
      report(.reservedName(field.path, name, of: meaning), at: field.node.location)
    }
    if let first = paths[name] {
      report(.sameEntryName(field.path, name, as: first), at: field.node.location)
    } else {
      paths[name] = field.path
    }
  }

  /// The thing that `use:` names.
  private mutating func part(
    _ section: Section, kind: String, among ids: [String], hint: String
  ) -> (id: String, field: Field)? {
    guard let field = required("use", in: section, hint: hint), let typed = text(field) else {
      return nil
    }
    if let id = field.node.word(of: ids) { return (id, field) }
    // What a plugin is called that could not be read is not known.
    guard kind != Self.pluginKind || pluginIssues.isEmpty else { return nil }
    report(.unknownPart(kind, typed, at: field.path, allowed: ids), at: field.node.location)
    return nil
  }

  /// Reports what a plugin says against a setting, if the search could not avoid it.
  private mutating func checkConflicts(
    _ settings: PartSettings, _ plugin: any ModelPlugin, use: Field
  ) {
    for conflict in settings.unavoidableConflicts(plugin) {
      let place = settings.given.first { $0.name == conflict.parameter }?.field ?? use
      report(.conflict(place.path, conflict.message), at: place.key)
    }
  }

  /// The `ensemble:` section, or nil if it names no way to make one.
  mutating func ensembleSettings(_ field: Field) -> EnsembleSettings? {
    let ids = EnsembleDeclaration.all.map(\.id)
    guard let section = section(field, keys: Self.ensembleKeys),
      let (use, _) = part(
        section, kind: "ensemble", among: ids, hint: "ensembles: \(ids.joined(separator: ", "))"),
      let declaration = EnsembleDeclaration.all.first(where: { $0.id == use })
    else { return nil }
    let settings = partSettings(section, owner: use, declarations: declaration.parameters)
    return EnsembleSettings(
      use: use, values: ParameterValues(declaration.parameters, settings.fixed))
  }

  /// The `search:` section with its defaults.
  mutating func searchSettings(_ field: Field?) -> SearchSettings {
    var settings = SearchSettings(
      use: .tpe, metric: .accuracy, trials: 100, pruning: .none, parallel: 8, time: nil,
      trialTime: nil, warmStart: nil)
    guard let field, let section = section(field, keys: Self.searchKeys) else { return settings }
    settings.use = section["use"].flatMap { word($0, of: SamplerKind.self) } ?? settings.use
    settings.metric = section["metric"].flatMap { word($0, of: Metric.self) } ?? settings.metric
    settings.trials =
      section["trials"].flatMap { integer($0, in: 1...Int.max) } ?? settings.trials
    settings.pruning =
      section["pruning"].flatMap { word($0, of: Pruning.self) } ?? settings.pruning
    settings.parallel =
      section["parallel"].flatMap { integer($0, in: 1...Int.max) } ?? settings.parallel
    settings.time = section["time"].flatMap { duration($0) }
    settings.trialTime = section["trial_time"].flatMap { duration($0) }
    settings.warmStart = section["warm_start"].flatMap { inputPath($0) }
    return settings
  }
}
