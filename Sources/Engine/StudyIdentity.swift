import PipelineSpec
import PluginKit
import Preprocessing

/// What determines the results of a study, as its store remembers it.
struct StudyIdentity: Sendable, Equatable {
  /// Raised when the same pipeline, tables and plugins would give other trials or other figures.
  static let currentResults = 1

  /// The version of the results that the program gave which began the study.
  let results: Int
  /// The whole pipeline with defaults filled in.
  let pipeline: JSONValue
  /// Names of tables, such as `source`, and the hashes of their bytes; null where a table can't be read twice.
  let data: JSONValue
  /// The versions of the plugins that the pipeline uses, by id, with the hashes of the files of external ones.
  let plugins: JSONValue
  /// The vector instructions that figures were computed with.
  let cpuPath: String

  var json: JSONValue {
    .object([
      ("results", .integer(results)), ("data", data), ("plugins", plugins),
      ("cpu", .string(cpuPath)), ("pipeline", pipeline),
    ])
  }

  init(
    results: Int = Self.currentResults, pipeline: JSONValue, data: JSONValue, plugins: JSONValue,
    cpuPath: String = CPUPath.current.rawValue
  ) {
    self.results = results
    self.pipeline = pipeline
    self.data = data
    self.plugins = plugins
    self.cpuPath = cpuPath
  }

  /// Reads what ``json`` gave; nil if a member is missing.
  init?(json: JSONValue) {
    guard let results = json["results"]?.integer, let pipeline = json["pipeline"],
      let data = json["data"], let plugins = json["plugins"], let cpu = json["cpu"]?.string
    else { return nil }
    self.init(results: results, pipeline: pipeline, data: data, plugins: plugins, cpuPath: cpu)
  }

  /// The same with defaults in the pipeline that this program knows and the one before did not.
  func filledIn(registry: PluginRegistry) -> StudyIdentity {
    let reader = PipelineReader(registry: registry, steps: StepDeclaration.all)
    // The registry has the plugins of the pipeline's own already.
    let members = (pipeline.members ?? []).filter { $0.0 != "plugins" }
    let read = try? reader.read(text: yamlText(.object(members)), path: "pipeline.yaml")
    return StudyIdentity(
      results: results, pipeline: read?.resolved ?? pipeline, data: data, plugins: plugins,
      cpuPath: cpuPath)
  }
}

/// What another pipeline, table or program means for a study.
struct StudyChanges: Sendable, Equatable {
  /// What decides about no trial that was run, and is simply applied.
  var applied: [DocumentDifference] = []
  /// How many entries were added at the end of `models`.
  var addedEntries = 0
  /// What would have given other trials.
  var refused: [DocumentDifference] = []

  /// The parts of a pipeline that may change between two starts of a study; where a table lies matters
  /// as little, as long as its bytes are the same.
  static let harmless = [
    "name", "data.source", "data.test", "search.trials", "search.time", "search.trial_time",
    "ensemble", "choose", "refit", "evaluate", "output", "plugins",
  ]

  init(from old: StudyIdentity, to new: StudyIdentity) {
    for difference in DocumentDifference.between(old.pipeline, new.pipeline) {
      if Self.isHarmless(difference.path) {
        applied.append(difference)
      } else if difference.old == nil, let entry = Self.modelsIndex(difference.path),
        entry >= old.pipeline["models"]?.array?.count ?? 0
      {
        addedEntries += 1
      } else {
        refused.append(difference)
      }
    }
    refused += DocumentDifference.between(old.data, new.data, path: "data")
      .map {
        DocumentDifference(
          path: "\($0.path) (bytes)", old: Self.shortened($0.old), new: Self.shortened($0.new))
      }
    refused += DocumentDifference.between(old.plugins, new.plugins, path: "plugins")
      // A plugin that only an added entry uses was no part of the study.
      .filter { $0.old != nil }
    if old.results != new.results {
      refused.append(
        DocumentDifference(
          path: "results of the program", old: .integer(old.results), new: .integer(new.results)))
    }
    if old.cpuPath != new.cpuPath {
      refused.append(
        DocumentDifference(
          path: "vector instructions", old: .string(old.cpuPath), new: .string(new.cpuPath)))
    }
  }

  /// Whether trials that ran out of their own time may end otherwise now.
  var raisesTrialTime: Bool {
    applied.contains { difference in
      guard difference.path == "search.trial_time", let old = difference.old?.number else {
        return false
      }
      return difference.new?.number.map { $0 > old } ?? true
    }
  }

  /// A hash with as many digits as people compare.
  private static func shortened(_ hash: JSONValue?) -> JSONValue? {
    hash?.string.map { .string($0.count > 20 ? $0.prefix(19) + "…" : $0) } ?? hash
  }

  private static func isHarmless(_ path: String) -> Bool {
    harmless.contains { path == $0 || path.hasPrefix($0 + ".") || path.hasPrefix($0 + "[") }
  }

  /// The number in `models[3]`, or nil for anything else.
  private static func modelsIndex(_ path: String) -> Int? {
    guard path.hasPrefix("models["), path.hasSuffix("]") else { return nil }
    return Int(path.dropFirst("models[".count).dropLast())
  }
}
