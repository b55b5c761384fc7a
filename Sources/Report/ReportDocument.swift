import Evaluation
import PluginKit

/// The document of a report, made of the facts of a run.
struct ReportDocument {
  let facts: RunFacts
  let seed: Seed

  /// The members of an entry that a clock decides.
  private static let timed = ["fit_seconds", "predict_microseconds_per_row"]

  var json: JSONValue {
    let leaderboard = facts.leaderboard.json
    let members: [(String, JSONValue)] = [
      ("version", .integer(RunReport.version)),
      ("name", .string(facts.name)),
      ("summary", .array(RunSentences(facts).all.map { .string($0) })),
      ("metric", .string(facts.leaderboard.metric.rawValue)),
      ("metrics", .array(Metric.allCases.map(\.fact))),
      ("search", leaderboard["search"] ?? .null),
      ("classes", leaderboard["classes"] ?? .array([])),
      ("warnings", .array(warnings)),
      ("data", facts.table.json(classes: facts.leaderboard.classes)),
      ("entries", .array(entries.map(timeless))),
      ("curves", .array(facts.curves.map(\.json))),
      ("winner", facts.judged?.json(facts.leaderboard.classes, seed: seed) ?? .null),
    ]
    return .object(
      members + facts.additions + [
        ("pipeline", facts.pipeline.without("output")),
        ("reproduction", reproduction),
        ("timings", timings),
      ])
  }

  private var warnings: [JSONValue] {
    (facts.record["warnings"]?.array ?? []) + (facts.judged?.notes ?? []).map { .string($0) }
  }

  private var entries: [JSONValue] { facts.leaderboard.json["entries"]?.array ?? [] }

  private func timeless(_ entry: JSONValue) -> JSONValue {
    .object((entry.members ?? []).filter { !Self.timed.contains($0.0) })
  }

  private var reproduction: JSONValue {
    let kept = [
      "identity", "seed", "program", "formats", "plugins", "plugin_files", "data", "cpu",
      "deterministic", "stopped_trials", "warm_start",
    ]
    return .object(
      kept.map { ($0, facts.record[$0] ?? .null) } + [
        ("pipeline_text", .string(facts.pipelineText))
      ])
  }

  private var timings: JSONValue {
    let kept = [
      "started", "elapsed_seconds", "starts", "segments", "workers", "machine", "timings",
    ]
    let trials = entries.map { entry in
      JSONValue.object(
        [("trial", entry["trial"] ?? .null)] + Self.timed.map { ($0, entry[$0] ?? .null) })
    }
    return .object(
      kept.map { ($0, facts.record[$0] ?? .null) } + [("entries", .array(trials))])
  }
}

extension JSONValue {
  /// An object without one of its members.
  fileprivate func without(_ name: String) -> JSONValue {
    .object((members ?? []).filter { $0.0 != name })
  }
}

extension Metric {
  /// What the report says about a metric.
  fileprivate var fact: JSONValue {
    .object([
      ("id", .string(rawValue)), ("title", .string(title)),
      ("direction", .string(direction.rawValue)),
      ("range", .array([.number(range.lowerBound), .number(range.upperBound)])),
      ("formula", .string(declaration.formula)),
      ("needs_probabilities", .bool(declaration.needsProbabilities)),
    ])
  }
}

extension TableFacts {
  fileprivate func json(classes: [String]) -> JSONValue {
    let features = features.map { feature in
      JSONValue.object([
        ("name", .string(feature.name)), ("kind", .string(feature.kind)),
        ("missing", .integer(feature.missing)),
        ("categories", feature.categories.map { .integer($0) } ?? .null),
      ])
    }
    let counts = classes.enumerated().map { index, name in
      JSONValue.object(
        [("class", .string(name))]
          + parts.map {
            ($0.name, .integer($0.counts.indices.contains(index) ? $0.counts[index] : 0))
          })
    }
    return .object([
      ("target", .string(target)), ("rows", .integer(rows)), ("fits", .integer(fits)),
      ("parts", .object(parts.map { ($0.name, .integer($0.counts.reduce(0, +))) })),
      ("classes", .array(counts)), ("features", .array(features)),
      (
        "omitted",
        .array(
          omitted.map {
            .object([("column", .string($0.name)), ("reason", .string($0.reason))])
          })
      ),
    ])
  }
}

extension ModelCurves {
  fileprivate var json: JSONValue {
    let fits = fits.map { epochs in
      JSONValue.object([
        ("epoch", .array(epochs.map { .integer($0.epoch) })),
        ("loss", .array(epochs.map { .number($0.trainingLoss) })),
        ("accuracy", .array(epochs.map { .number($0.trainingAccuracy) })),
        ("val_loss", .array(epochs.map { $0.monitorLoss.map { .number($0) } ?? .null })),
        ("val_accuracy", .array(epochs.map { $0.monitorAccuracy.map { .number($0) } ?? .null })),
      ])
    }
    return .object([
      ("model", .string(model)), ("trial", .integer(trial)), ("fits", .array(fits)),
    ])
  }
}
