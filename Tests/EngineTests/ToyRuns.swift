import Engine
import Evaluation
import Foundation
import ModelExport
import PipelineSpec
import PluginKit
import Preprocessing
import Synchronization
import TestSupport

/// A folder with a table and the runs on it.
struct ToyStudy {
  let folder: TemporaryFolder
  let registry: PluginRegistry

  /// Writes the toy table.
  init(_ plugins: [any ModelPlugin] = [centroids], table: String = toyTable()) throws {
    folder = try TemporaryFolder()
    var registry = PluginRegistry()
    for plugin in [majority] + plugins { try registry.register(plugin) }
    self.registry = registry
    try folder.write(table, to: "table.csv")
  }

  /// The plugins' default spaces with few trials; `more` adds sections, `data` adds to the table's.
  func pipeline(
    models: String? = nil, search: String = "{use: random, trials: 12}",
    source: String = "table.csv", data: String = "", more: String = ""
  ) throws -> Pipeline {
    let entries = registry.ids.filter { $0 != "baseline" }.map { "{use: \($0)}" }
    let text = """
      version: 1
      seed: 7
      data: {source: \(source), target: label, columns: {x1: numeric, x2: numeric}\(data)}
      models: \(models ?? "[\(entries.joined(separator: ", "))]")
      search: \(search)
      \(more)

      """
    return try PipelineReader(registry: registry, steps: StepDeclaration.all)
      .read(text: text, path: folder.path("toy.yaml"))
  }

  /// Runs a pipeline; results go to a folder of the study.
  @discardableResult
  func run(
    _ pipeline: Pipeline, to name: String = "run", workers: Int = 2, isFresh: Bool = false,
    limits: RunLimits = RunLimits(), report: @escaping @Sendable (RunEvent) -> Void = { _ in }
  ) async throws -> RunResult {
    let options = RunOptions(
      workers: workers, outputFolder: folder.path(name), isFresh: isFresh, programVersion: "0")
    return try await Experiment(
      pipeline: pipeline, registry: registry, options: options, limits: limits, report: report
    ).run()
  }

  /// The model file of a run.
  func bundle(_ name: String = "run") throws -> ModelBundle {
    try ModelBundle(decoding: Array(folder.data("\(name)/best.safetensors")))
  }

  /// `leaderboard.json` without what a clock measured.
  func timelessLeaderboard(_ name: String = "run") throws -> String {
    let json = try JSONValue(parsing: Array(folder.data("\(name)/leaderboard.json")))
    return json.without(["fit_seconds", "predict_microseconds_per_row"]).indentedText
  }

  /// The rows of the table by the part in `split.csv`, as values of their first column.
  func rows(_ name: String = "run") throws -> [String: [Float]] {
    let values = try folder.text("table.csv").split(separator: "\n").dropFirst().map { line in
      Float(Double(line.prefix { $0 != "," }) ?? .nan)
    }
    var parts: [String: [Float]] = [:]
    for line in try folder.text("\(name)/split.csv").split(separator: "\n").dropFirst() {
      let cells = line.split(separator: ",")
      guard let row = Int(cells[0]) else { continue }
      parts[String(cells[1]), default: []].append(values[row])
    }
    return parts
  }

  /// The class of each row of the table, by the value of its first column.
  func labels() throws -> [Float: Int] {
    var labels: [Float: Int] = [:]
    for line in try folder.text("table.csv").split(separator: "\n").dropFirst() {
      let cells = line.split(separator: ",")
      labels[Float(Double(cells[0]) ?? .nan)] = ["a", "b", "c"].firstIndex(of: String(cells[2]))
    }
    return labels
  }
}

/// A table of two features and three classes that overlap; half of the rows are of class a.
///
/// The values of the first column are all different.
func toyTable(rows: Int = 120, seed: UInt64 = 1, weights: [String: String] = [:]) -> String {
  var generator = Seed(seed).keyed("toy table").generator()
  let centres = ["a": (0.0, 0.0), "b": (2.0, 0.0), "c": (1.0, 2.0)]
  var text = weights.isEmpty ? "x1,x2,label\n" : "x1,x2,label,w\n"
  for row in 0..<rows {
    let label = ["a", "b", "a", "c"][row % 4]
    let centre = centres[label] ?? (0, 0)
    let x1 = ((centre.0 + 0.7 * generator.normal()) * 100).rounded() / 100 + Double(row) * 1e-5
    let x2 = ((centre.1 + 0.7 * generator.normal()) * 100).rounded() / 100
    text += "\(x1),\(x2),\(label)"
    if !weights.isEmpty { text += "," + (weights[label] ?? "1") }
    text += "\n"
  }
  return text
}

extension RunResult {
  /// The entry of a trial.
  func entry(_ trial: Int) throws -> LeaderboardEntry {
    guard let entry = leaderboard.entries.first(where: { $0.trial == trial }) else {
      throw TrainingFailure("there is no trial \(trial)")
    }
    return entry
  }
}

/// Collects the warnings of a run.
final class WarningLog: Sendable {
  private let state = Mutex<[String]>([])

  var texts: [String] { state.withLock { $0 } }

  func take(_ event: RunEvent) {
    if case .warning(let text) = event { state.withLock { $0.append(text) } }
  }
}
