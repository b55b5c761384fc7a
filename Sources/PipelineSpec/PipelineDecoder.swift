import Evaluation
import ModelFormats
import PluginKit
import Preprocessing
import TabularData

/// Makes a pipeline of a tree of values, and collects everything that is wrong on the way.
///
/// A section with a mistake gives defaults or nothing, so that the sections after it are looked at, too.
/// The result means something only if there are no ``findings``.
struct PipelineDecoder: ValueDecoder {
  static let title = "the pipeline"
  static let keys = [
    "version", "name", "seed", "data", "split", "preprocess", "labels", "plugins", "models",
    "search", "calibration", "ensemble", "choose", "decision", "refit", "evaluate", "output",
  ]

  /// The plugins that `models:` may name; those of `plugins:` join them.
  var registry: PluginRegistry
  let steps: [StepDeclaration]
  let loadPlugins: PluginLoading?
  /// The file's path: input paths in it are relative to its folder.
  let path: String
  var findings: [Finding] = []
  /// What is wrong with the files of plugins that the pipeline names.
  var pluginIssues: [PipelineIssue] = []

  init(
    registry: PluginRegistry, steps: [StepDeclaration], loadPlugins: PluginLoading?, path: String
  ) {
    self.registry = registry
    self.steps = steps
    self.loadPlugins = loadPlugins
    self.path = path
  }

  /// Decodes a whole file.
  ///
  /// - Returns: The pipeline, or nil if something that has no default is missing or wrong.
  mutating func pipeline(_ root: YAMLNode) -> Pipeline? {
    let start = Location.file(line: 1, column: 1, length: 1)
    guard !root.isNull else {
      report(.empty, at: start)
      return nil
    }
    guard let top = section(Field(path: "", key: start, node: root), keys: Self.keys) else {
      return nil
    }
    checkVersion(top)
    let name = top["name"].flatMap { fileName($0) } ?? stem(of: path)
    let seed = top["seed"].flatMap { integer($0, in: 0...Int.max) } ?? 0
    let data = tableOptions(in: top)
    let split = splitPlan(top["split"], hasTestFile: hasTestFile(top))
    let preprocess = top["preprocess"].map { pipelineSteps($0) } ?? []
    _ = top["labels"].flatMap { word($0, of: ["one-hot"]) }
    if let field = top["plugins"] { registerPlugins(field) }
    let models = modelEntries(in: top)
    let search = searchSettings(top["search"])
    let calibration = top["calibration"].flatMap { word($0, of: CalibrationMethod.self) }
    let ensemble = top["ensemble"].flatMap { ensembleSettings($0) }
    let choose = top["choose"].flatMap { word($0, of: Choice.self) }
    let decision = top["decision"].flatMap { decisionSettings($0, classes: data?.classes) }
    let refit = refit(top["refit"], split)
    let (evaluate, svmCheckRows, explains) = evaluation(top["evaluate"])
    let (folder, exports) = output(top["output"])
    guard let data else { return nil }
    var pipeline = Pipeline(
      name: name, seed: UInt64(seed), data: data, split: split, preprocess: preprocess,
      pluginFolders: pluginFolders(of: models), models: models, search: search,
      calibration: calibration ?? .temperature, ensemble: ensemble, choose: choose ?? .best,
      decision: decision, refit: refit, evaluate: evaluate, svmCheckRows: svmCheckRows,
      explains: explains, outputFolder: folder ?? "runs/\(name)", exports: exports, resolved: .null)
    pipeline.resolved = pipeline.json
    return pipeline
  }

  private mutating func checkVersion(_ top: Section) {
    guard let field = required("version", in: top, hint: "write version: 1") else { return }
    guard let version = integer(field, in: 1...Int.max) else { return }
    if version > 1 { report(.newerVersion(version), at: field.node.location) }
  }

  /// Whether the file names a table of test rows, even if the rest of `data:` is wrong.
  private func hasTestFile(_ top: Section) -> Bool {
    top["data"]?.node.members?.contains { $0.key == "test" && !$0.value.isNull } ?? false
  }

  private mutating func refit(_ field: Field?, _ split: SplitPlan) -> Refit {
    guard let field, let refit = word(field, of: Refit.self) else { return .trainAndValidation }
    if refit == .none, split.folds != nil {
      report(
        .notBoth(
          "refit: none", "split.folds",
          hint: "with folds there is no single model to keep: write refit: train+validation"),
        at: field.node.location)
    }
    return refit
  }

  private mutating func evaluation(
    _ field: Field?
  ) -> (TestPolicy, svmCheckRows: Int?, explains: Bool) {
    guard let field, let section = section(field, keys: ["test", "svm_check", "explain"]) else {
      return (.bestOfEach, nil, false)
    }
    let policy = section["test"].flatMap { word($0, of: TestPolicy.self) } ?? .bestOfEach
    return (
      policy, section["svm_check"].flatMap { svmCheckRows($0) },
      section["explain"].flatMap { flag($0) } ?? false
    )
  }

  private mutating func svmCheckRows(_ field: Field) -> Int? {
    guard let section = self.section(field, keys: ["rows"]) else { return nil }
    guard let rows = section["rows"] else { return Pipeline.defaultSVMCheckRows }
    return integer(rows, in: Pipeline.allowedSVMCheckRows)
  }

  private mutating func output(_ field: Field?) -> (folder: String?, exports: [String]) {
    guard let field, let section = section(field, keys: ["dir", "export"]) else { return (nil, []) }
    return (section["dir"].flatMap { text($0) }, section["export"].map { exports($0) } ?? [])
  }

  /// Formats of a list such as `[{use: onnx}]`, each at most once.
  private mutating func exports(_ field: Field) -> [String] {
    let ids = modelFormats.map(\.id)
    guard let elements = elements(field, of: "formats") else { return [] }
    var paths: [String: String] = [:]
    return elements.compactMap { element -> String? in
      guard let section = section(element, keys: ["use"]),
        let field = required("use", in: section, hint: "formats: \(ids.joined(separator: ", "))"),
        let id = word(field, of: ids)
      else { return nil }
      if let first = paths[id] {
        report(.repeated(field.path, id, of: first), at: field.node.location)
      }
      paths[id] = paths[id] ?? field.path
      return id
    }
  }

  /// A name that can be a part of a path.
  private mutating func fileName(_ field: Field) -> String? {
    guard let name = text(field) else { return nil }
    guard !name.contains("/"), name != ".", name != ".." else {
      report(
        .mustBe(field.path, "a name without '/'", got: field.node.found), at: field.node.location)
      return nil
    }
    return name
  }

  private func stem(of path: String) -> String {
    let file = path.split(separator: "/").last ?? ""
    let stem = file.lastIndex(of: ".").map { file[..<$0] } ?? file
    return stem.isEmpty ? "pipeline" : String(stem)
  }
}
