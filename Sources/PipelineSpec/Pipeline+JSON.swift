import Evaluation
import HyperparameterSearch
import PluginKit
import SystemFiles
import TabularData

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Pipeline {
  /// The pipeline as a document in the order of a pipeline file, with all defaults filled in.
  ///
  /// Paths of tables and plugins are absolute, so that it can be read again from another folder.
  var json: JSONValue {
    let plugins = pluginFolders.isEmpty ? nil : JSONValue.strings(pluginFolders)
    return .object(
      [
        ("version", .integer(1)),
        ("name", .string(name)),
        ("seed", .integer(Int(seed))),
        ("data", data.json),
        ("split", split.json),
        ("preprocess", .array(preprocess.map(\.json))),
        ("labels", .string("one-hot")),
        ("plugins", plugins),
        ("models", .array(models.map(\.json))),
        ("search", search.json),
        ("calibration", .string(calibration.rawValue)),
        ("ensemble", ensemble?.json),
        ("choose", .string(choose.rawValue)),
        ("decision", decision?.json),
        ("refit", .string(refit.rawValue)),
        ("evaluate", evaluateJSON),
        (
          "output",
          .object(
            [
              ("dir", .string(outputFolder)),
              (
                "export",
                exports.isEmpty ? nil : .array(exports.map { .object([("use", .string($0))]) })
              ),
            ].present)
        ),
      ].present)
  }
}

extension Pipeline {
  private var evaluateJSON: JSONValue {
    let check = svmCheckRows.map { JSONValue.object([("rows", .integer($0))]) }
    return .object(
      [
        ("test", .string(evaluate.rawValue)), ("svm_check", check),
        ("explain", explains ? .bool(true) : nil),
      ].present)
  }
}

extension TableOptions {
  fileprivate var json: JSONValue {
    .object(
      [
        ("source", .string(absolutePath(source))),
        ("target", target.json),
        ("test", test.map { .string(absolutePath($0)) }),
        ("header", header == .auto ? .string("auto") : .bool(header == .present)),
        ("columns", .object(columns.map { ($0.pattern, .string($0.role.rawValue)) })),
        ("weights", weights.json),
        ("missing_label", .string(missingLabel.rawValue)),
        ("classes", classes.map { .array($0.map { .string($0) }) }),
      ].present)
  }
}

extension SplitPlan {
  fileprivate var json: JSONValue {
    .object(
      [
        ("method", .string(method.rawValue)),
        ("by", by?.json),
        ("validation", .number(validation)),
        ("test", .number(test)),
        ("folds", folds.map { .integer($0) }),
        ("repeats", .integer(repeats)),
      ].present)
  }
}

extension PipelineStep {
  fileprivate var json: JSONValue {
    .object([
      ("use", .string(use)),
      ("with", fixedJSON(fixed)),
      ("tune", .object(tune.map { ($0.name, $0.json) })),
    ])
  }
}

extension ModelEntry {
  fileprivate var json: JSONValue {
    .object([
      ("use", .string(use)),
      ("name", .string(name)),
      ("with", fixedJSON(fixed)),
      ("tune", .object(tune.map { ($0.name, $0.json) })),
    ])
  }
}

extension SearchDimension {
  fileprivate var json: JSONValue {
    let range: (low: JSONValue, high: JSONValue, log: Bool)
    switch domain {
    case .choice(let values): return .object([("choices", .array(values.map(\.json)))])
    case .integer(let values, let log):
      range = (.integer(values.lowerBound), .integer(values.upperBound), log)
    case .real(let values, let log):
      range = (.number(values.lowerBound), .number(values.upperBound), log)
    }
    return .object([
      ("min", range.low), ("max", range.high), ("log", .bool(range.log)),
      ("steps", .integer(steps)),
    ])
  }
}

extension SearchSettings {
  fileprivate var json: JSONValue {
    .object(
      [
        ("use", .string(use.rawValue)),
        ("metric", .string(metric.rawValue)),
        ("trials", .integer(trials)),
        ("pruning", .string(pruning.rawValue)),
        ("time", time.map { .number($0) }),
        ("trial_time", trialTime.map { .number($0) }),
        ("parallel", .integer(parallel)),
        ("warm_start", warmStart.map { .string(absolutePath($0)) }),
      ].present)
  }
}

extension EnsembleSettings {
  fileprivate var json: JSONValue {
    .object([("use", .string(use)), ("with", values.json)])
  }
}

extension ColumnReference {
  fileprivate var json: JSONValue {
    switch self {
    case .name(let name): .string(name)
    case .position(let position): .integer(position)
    }
  }
}

extension RowWeights {
  fileprivate var json: JSONValue {
    switch self {
    case .none: .string("none")
    case .balanced: .string("balanced")
    case .column(let column): .object([("column", column.json)])
    }
  }
}

extension [(String, JSONValue?)] {
  /// The members that have a value.
  fileprivate var present: [(String, JSONValue)] {
    compactMap { name, value in value.map { (name, $0) } }
  }
}

/// The fixed values by name in the order of the alphabet: a dictionary keeps no other.
private func fixedJSON(_ values: [String: ParameterValue]) -> JSONValue {
  .object(values.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) })
}

/// A path from the root folder; `-` stays as it is.
private func absolutePath(_ path: String) -> String {
  guard let folder = getcwd(nil, 0) else { return path }
  defer { free(folder) }
  return resolvedPath(path, from: String(cString: folder))
}
