package import PipelineSpec
package import PluginKit
import TabularData

/// What a run would do and need, found without training anything.
package struct RunEstimate: Sendable, CustomStringConvertible {
  /// What should be known about the table.
  package let warnings: [String]
  package let description: String

  /// Reads and splits the table of a pipeline.
  ///
  /// - Throws: `TableError` if the table can't be used.
  package init(_ pipeline: Pipeline, registry: PluginRegistry) throws {
    let rows = try StudyRows(
      data: pipeline.data, split: pipeline.split, seed: Seed(pipeline.seed).keyed("split"))
    let planner = TrialPlanner(pipeline: pipeline, registry: registry)
    let plan = planner.baseline()
    let cache = SharedCache(byteLimit: 0)
    let fits = rows.parts.fits
    let first = try rows.prepare(
      fits[0], steps: plan.steps, acceptsMissing: planner.acceptsMissing, cache: cache)
    warnings = rows.warnings
    let dataset = rows.dataset
    let lines: [String] = [
      "table:   \(dataset.rowCount) rows, \(dataset.features.columns.count) columns, \(dataset.classes.count) classes",
      "matrix:  \(first.training.features.columnCount) features after preprocessing",
      "rows:    \(fits[0].training.count) to train on, \(fits[0].validation.count) to validate on, \(rows.testRowCount) to test on",
      "search:  at most \(planner.trialLimit) trials and the baseline; \(fits.count) fits for each",
      "memory:  about \(Self.megabytes(rows, first)) MB for the table and its matrices, and 4 bytes for each row and random feature in training",
      "output:  \(pipeline.outputFolder)",
    ]
    description = lines.map { $0 + "\n" }.joined()
  }

  private static func megabytes(_ rows: StudyRows, _ fit: PreparedFit) -> Int {
    let table = 8 * rows.dataset.labels.count * rows.dataset.features.columns.count
    return (table + fit.byteCount * rows.parts.fits.count) / 1_000_000 + 1
  }
}
