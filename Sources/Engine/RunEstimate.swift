import Evaluation
package import PipelineSpec
package import PluginKit
import StudyStore
import TabularData

/// What a run would do and need, found without training anything.
package struct RunEstimate: Sendable, CustomStringConvertible {
  /// What should be known about the table.
  package let warnings: [String]
  /// A line for each fact, such as `rows     1,200 to train on, 400 to validate on`.
  package let description: String

  /// Reads and splits the table of a pipeline.
  ///
  /// - Parameters:
  ///   - pipeline: A checked pipeline.
  ///   - registry: The plugins that it names.
  ///   - outputFolder: Where results would go; nil takes the pipeline's folder.
  /// - Throws: ``RunError``, or `TableError` if the table can't be used.
  package init(
    _ pipeline: Pipeline, registry: PluginRegistry, outputFolder: String? = nil
  ) throws {
    try pipeline.checkThatAModelRemains()
    let rows = try StudyRows(
      data: pipeline.data, split: pipeline.split, decision: pipeline.decision,
      seed: Seed(pipeline.seed).keyed("split"),
      threads: availableThreads())
    let planner = TrialPlanner(pipeline: pipeline, registry: registry)
    let fit = try rows.prepare(
      rows.parts.fits[0], steps: planner.baseline().steps, acceptsMissing: planner.acceptsMissing,
      cache: SharedCache(byteLimit: 0))
    warnings = try rows.warnings + (WarmStart.named(by: pipeline, planner)?.notes ?? [])
    let facts = [
      ("table", Self.table(rows.dataset)),
      (
        "matrix",
        FigureFormat.counted(fit.training.features.columnCount, "feature") + " after preprocessing"
      ),
      ("rows", Self.rows(rows)),
      ("search", Self.search(planner, fitCount: rows.parts.fits.count)),
      ("memory", Self.memory(rows, fit, planner)),
      ("output", outputFolder ?? pipeline.outputFolder),
    ]
    description = facts.map { name, fact in
      name + String(repeating: " ", count: 9 - name.count) + fact + "\n"
    }.joined()
  }

  private static func table(_ dataset: Dataset) -> String {
    FigureFormat.counted(dataset.rowCount, "row") + ", "
      + FigureFormat.counted(dataset.schema.features.count, "column") + ", "
      + FigureFormat.counted(dataset.classes.count, "class", "classes")
  }

  private static func rows(_ rows: StudyRows) -> String {
    let first = rows.parts.fits[0]
    let each = rows.parts.fits.count > 1 ? " in each fit" : ""
    return FigureFormat.grouped(first.training.count) + " to train on, "
      + FigureFormat.grouped(first.validation.count) + " to validate on\(each), "
      + FigureFormat.grouped(rows.testRowCount) + " to test on"
  }

  private static func search(_ planner: TrialPlanner, fitCount: Int) -> String {
    let trials = FigureFormat.counted(planner.trialLimit, "trial")
    return "at most \(trials) and the baseline, \(FigureFormat.counted(fitCount, "fit")) each"
  }

  /// Random features outweigh all else where there are many.
  private static func memory(
    _ rows: StudyRows, _ fit: PreparedFit, _ planner: TrialPlanner
  ) -> String {
    let table = 8 * rows.dataset.rowCount * rows.dataset.features.columns.count
    let matrices = fit.byteCount * rows.parts.fits.count
    let width = planner.pipeline.models.map { planner.randomFeatureCount($0) }.max() ?? 0
    let base = "about \(megabytes(table + matrices)) for the table and its matrices"
    guard width > 0 else { return base }
    let trainingRows =
      planner.pipeline.refit == .none ? rows.parts.fits[0].training.count : rows.searchRows.count
    let features = min(4 * trainingRows * width, FourierProjection.mostStoredBytes)
    return base + ", up to \(megabytes(features)) of random features for each worker"
  }

  private static func megabytes(_ bytes: Int) -> String {
    bytes < 1_000_000_000
      ? "\(bytes / 1_000_000 + 1) MB" : FigureFormat.fixed(Double(bytes) / 1e9, digits: 1) + " GB"
  }
}

extension TrialPlanner {
  /// The most random features that a trial of an entry can ask for: the parameter `output_dim`, 0 where the
  /// plugin has none.
  fileprivate func randomFeatureCount(_ entry: ModelEntry) -> Int {
    let name = "output_dim"
    let declaration = registry[entry.use]?.manifest.parameters.first { $0.name == name }
    let values: [ParameterValue?] =
      switch entry.tune.first(where: { $0.name == name })?.domain {
      case .integer(let range, _): [.integer(range.upperBound)]
      case .choice(let values): values
      case .real, nil: [entry.fixed[name] ?? declaration?.defaultValue]
      }
    return values.map { if case .integer(let count) = $0 { count } else { 0 } }.max() ?? 0
  }
}
