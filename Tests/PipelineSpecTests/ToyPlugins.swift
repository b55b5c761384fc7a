import PipelineSpec
import PluginKit
import Preprocessing

/// A plugin that has a parameter of each kind, and never trains.
struct ToyPlugin: ModelPlugin {
  let manifest: PluginManifest

  init(id: String, parameters: [ParameterDeclaration]) {
    manifest = PluginManifest(
      id: id, version: 1, summary: "a stand-in", capabilities: Capabilities(weights: false),
      parameters: parameters)
  }

  func conflicts(in parameters: ParameterValues) -> [ParameterConflict] {
    guard parameters["l2"] == .real(0), parameters["solver"] == .text("auto") else { return [] }
    return [ParameterConflict("l2", "l2: 0 needs solver: adam")]
  }

  func train(
    _ data: TrainingData, parameters: ParameterValues, context: TrainingContext
  ) throws -> TrainingOutcome {
    throw TrainingFailure("this plugin only has parameters")
  }

  func load(_ state: ModelState) throws(ModelStateError) -> any TrainedModel {
    throw ModelStateError("this plugin only has parameters")
  }
}

enum Kernel: String, CaseIterable, Sendable { case gaussian, laplacian }
enum Loss: String, CaseIterable, Sendable {
  case hinge
  case squaredHinge = "squared-hinge"
  case softmax
}
enum Solver: String, CaseIterable, Sendable { case auto, adam }

private let l2 = Parameter.real(
  "l2", 0...100, default: 1e-3, searched: .real(1e-6...1, log: true), summary: "the penalty")
private let whenAdam = ParameterDeclaration.Condition("solver", isOneOf: ["adam"])

let quasiParameters: [ParameterDeclaration] = [
  Parameter.choice("kernel", default: Kernel.gaussian, summary: "the kernel").declaration,
  Parameter.choice("loss", default: Loss.hinge, summary: "the loss").declaration,
  Parameter.integer(
    "output_dim", 1...10_000, default: 512, searched: .integer(64...4_096, log: true),
    summary: "how many random features"
  ).declaration,
  Parameter.realOrAutomatic(
    "scale", 1e-3...1_000, searched: .real(0.1...100, log: true), summary: "the kernel's width"
  ).declaration,
  l2.declaration,
  Parameter.integer(
    "epochs", 1...1_000, default: 30, searched: .integer(10...100), when: whenAdam,
    summary: "passes over the rows"
  ).declaration,
  Parameter.choice("solver", default: Solver.auto, summary: "how to minimise").declaration,
  Parameter.flag("orthogonal", default: false, summary: "orthogonal draws").declaration,
]

let deepParameters: [ParameterDeclaration] = [
  Parameter.integers(
    "hidden", count: 1...4, each: 1...1_024, default: [128, 64], summary: "widths of layers"
  ).declaration,
  l2.declaration,
]

let toySteps: [StepDeclaration] = [
  StepDeclaration(
    id: "impute", summary: "fills gaps",
    parameters: [
      Parameter.choice("numeric", default: Fill.median, summary: "what fills numbers").declaration,
      Parameter.real(
        "constant", -1_000...1_000, default: 0,
        when: ParameterDeclaration.Condition("numeric", isOneOf: ["constant"]),
        summary: "the number that fills"
      ).declaration,
    ]),
  StepDeclaration(
    id: "one-hot", summary: "a column for each category",
    parameters: [
      Parameter.integer("max_categories", 1...1_000, default: 64, summary: "columns at most")
        .declaration
    ]),
]

enum Fill: String, CaseIterable, Sendable { case median, mean, constant }

/// A registry with a baseline and three machines.
func toyRegistry() throws -> PluginRegistry {
  var registry = PluginRegistry()
  try registry.register(ToyPlugin(id: "baseline", parameters: []))
  try registry.register(ToyPlugin(id: "quasi-svm", parameters: quasiParameters))
  try registry.register(ToyPlugin(id: "linear-svm", parameters: [l2.declaration]))
  try registry.register(ToyPlugin(id: "mlp-svm", parameters: deepParameters))
  return registry
}

/// Reads a text as the file `pipelines/toy.yaml`.
func read(_ text: String, set settings: [String] = []) throws -> Pipeline {
  let reader = PipelineReader(registry: try toyRegistry(), steps: toySteps)
  return try reader.read(text: text, path: "pipelines/toy.yaml", settings: settings)
}

/// All that is printed about a text.
func messages(_ text: String, set settings: [String] = []) throws -> String {
  do {
    _ = try read(text, set: settings)
    return ""
  } catch let issues as PipelineIssues {
    return issues.description
  }
}

/// The first line of each message about a text, without the path and the word error.
func headings(_ text: String, set settings: [String] = []) throws -> [String] {
  try messages(text, set: settings).split(separator: "\n").compactMap { line in
    guard line.contains(": error: ") else { return nil }
    let place = line.hasPrefix("pipelines/toy.yaml:") ? line.dropFirst(19) : line
    guard let word = place.firstRange(of: ": error: ") else { return nil }
    return String(place[..<word.lowerBound]) + ": " + place[word.upperBound...]
  }
}

/// A pipeline with nothing but what is required, and some more lines.
func smallest(_ more: String = "", models: String = "[{use: linear-svm}]") -> String {
  """
  version: 1
  data: {source: rooms.csv, target: room}
  models: \(models)
  \(more)

  """
}

/// A pipeline that says something about everything.
let everything = """
  version: 1
  name: "no"
  seed: 7
  data:
    source: /tables/rooms.csv
    target: "3"
    test: /tables/more rooms.csv
    header: true
    columns: {"*": numeric, "a: b": ignore, "ü\\n#": date}
    weights: balanced
    missing_label: drop
    classes: [001, no, "~", ""]
  split: {method: group, by: 2, folds: 4, repeats: 2}
  preprocess:
    - use: impute
      with: {numeric: constant, constant: 1e-7}
    - use: one-hot
      tune: {max_categories: {min: 8, max: 64, log: true, steps: 3}}
  models:
    - use: quasi-svm
      with: {scale: auto, orthogonal: true}
      tune:
        epochs: {min: 5, max: 50}
        solver: {choices: [auto, adam]}
        l2: {choices: [0.1, 1e-20, 1]}
    - use: quasi-svm
      name: default space
    - use: mlp-svm
      with: {hidden: [128, 64]}
      tune: {}
  search:
    {use: grid, metric: log_loss, trials: 12, time: 1h30m, trial_time: 2.5, parallel: 2,
    warm_start: /runs/a b}
  calibration: isotonic
  ensemble: {use: greedy, with: {size: 7}}
  choose: smallest-tie
  decision: {costs: {no: {001: 2.5, no: 0}, "": {no: 1e3}}}
  refit: train+validation
  evaluate: {test: winner}
  output: {dir: runs/a b}

  """
