import Evaluation
import ModelExport
package import PipelineSpec
package import PluginKit
import Report
import StudyStore
import SystemFiles
import TabularData

/// Where a run's report comes from: its folder, and the rows that it was made with.
struct RunReporting: Sendable {
  let folder: RunFolder
  let pipeline: Pipeline
  let registry: PluginRegistry
  let rows: StudyRows

  /// Makes the report of a run whose other results are all in its folder.
  ///
  /// - Parameters:
  ///   - leaderboard: With test figures.
  ///   - record: The contents of `run.json`.
  ///   - records: The trials by number.
  /// - Returns: The report, which is not written yet.
  /// - Throws: Errors of files and of models.
  func report(
    _ leaderboard: Leaderboard, record: JSONValue, records: [Int: TrialRecord]
  ) throws -> RunReport {
    let curves = leaderboard.bestOfEachModel.compactMap { entry -> ModelCurves? in
      guard let trial = entry.trial, let curves = records[trial]?.curves,
        !curves.allSatisfy(\.isEmpty)
      else { return nil }
      return ModelCurves(model: entry.model, trial: trial, fits: curves)
    }
    let facts = RunFacts(
      name: pipeline.name, leaderboard: leaderboard, pipeline: pipeline.resolved,
      pipelineText: yamlText(pipeline.resolved), record: record, table: table, curves: curves,
      judged: try judgedModel(leaderboard), additions: folder.reportAdditions)
    return RunReport(facts, seed: Seed(pipeline.seed).keyed("report"))
  }

  // MARK: The table

  private var table: TableFacts {
    let dataset = rows.dataset
    let fits = rows.parts.fits
    var parts: [TableFacts.Part] = []
    if fits.count == 1 { parts.append(part("training", rows.labels(fits[0].training))) }
    // Of repeated folds each row is counted once.
    let judged = Set(fits.flatMap(\.validation)).sorted()
    parts.append(part("validation", rows.labels(judged)))
    if rows.testRowCount > 0 {
      parts.append(part("test", rows.testFile?.labels ?? rows.labels(rows.parts.test)))
    }
    return TableFacts(
      target: dataset.schema.target, rows: dataset.rowCount,
      features: zip(dataset.schema.features, dataset.features.columns).map(feature),
      parts: parts, fits: fits.count,
      omitted: dataset.omitted.map { ($0.name, $0.reason) })
  }

  private func part(_ name: String, _ labels: [Int32]) -> TableFacts.Part {
    var counts = [Int](repeating: 0, count: rows.dataset.classes.count)
    for label in labels { counts[Int(label)] += 1 }
    return TableFacts.Part(name: name, counts: counts)
  }

  private func feature(_ field: FeatureField, _ column: Column) -> TableFacts.Feature {
    switch column.values {
    case .numeric(let numbers):
      let isDate = if case .date = field.kind { true } else { false }
      return TableFacts.Feature(
        name: field.name, kind: isDate ? "date" : "numeric", missing: numbers.count(where: \.isNaN),
        categories: nil)
    case .categorical(let codes, let categories):
      return TableFacts.Feature(
        name: field.name, kind: "categorical", missing: codes.count { $0 < 0 },
        categories: categories.count)
    }
  }

  // MARK: The model

  /// The model in the folder on the rows that judged it; nil where no model was written.
  private func judgedModel(_ leaderboard: Leaderboard) throws -> JudgedModel? {
    guard leaderboard.best != nil, folder.hasModel else { return nil }
    let bundle = try ModelBundle(decoding: folder.modelBytes())
    // The ensemble is no trial.
    let number = bundle.pipeline["entry"]?["trial"]?.integer
    guard let entry = leaderboard.ranked.first(where: { $0.trial == number }) else { return nil }
    var parts: [(String, JudgedPart)] = []
    var notes: [String] = []
    do {
      if entry.test != nil,
        let test = try testRows(TabularClassifier(bundle, registry: registry))
      {
        parts.append(("test", test))
      }
    } catch {
      // A plugin that does not take its own model back spoils no more than this.
      notes.append("what the model does with the test rows is not shown: \(error)")
    }
    if let scores = number.map({ folder.scores(trial: $0) }) ?? folder.ensembleScores {
      parts.append(("validation", validationRows(scores, bundle)))
    }
    return JudgedModel(model: entry.model, trial: number, parts: parts, notes: notes)
  }

  private func testRows(_ classifier: TabularClassifier) throws -> JudgedPart? {
    guard let (table, labels, weights) = rows.testTable else { return nil }
    let balanced = classifier.bundle.classWeights.map { perClass in
      labels.map { perClass[Int($0)] }
    }
    let classified = try classifier.predict(table)
    return JudgedPart(
      predictions: Predictions(
        labels: labels, probabilities: classified.probabilities,
        classCount: classifier.classes.count, weights: weights ?? balanced,
        costs: rows.costs),
      scores: classified.scores)
  }

  /// The scores that a trial had on the rows that judged it, fits in their order.
  private func validationRows(_ scores: ScoreMatrix, _ bundle: ModelBundle) -> JudgedPart {
    let judged = rows.judged
    let predictions = Predictions(
      labels: judged.labels, scores: scores, calibration: bundle.calibration,
      weights: judged.weights, costs: rows.costs)
    return JudgedPart(predictions: predictions, scores: scores, repeats: rows.repeats)
  }
}

extension StudyRows {
  /// The test rows as they are in the table, with their weights if a column has some; nil without such rows.
  fileprivate var testTable: (table: Table, labels: [Int32], weights: [Float]?)? {
    if let testFile { return testFile }
    guard !parts.test.isEmpty else { return nil }
    return (
      dataset.features.selecting(rows: parts.test), labels(parts.test),
      weighting.column.map { column in parts.test.map { Float(column[$0]) } }
    )
  }
}

extension RunFolder {
  /// The files that other parts of the program leave for the report, by the name of its member.
  private static let additions = [
    ("explanations", explanationsName), ("svm_check", svmCheckName),
  ]

  /// What other parts of the program found out about the run.
  var reportAdditions: [(String, JSONValue)] {
    Self.additions.compactMap { name, file in json(file).map { (name, $0) } }
  }

  /// Writes the report as a document, as a page and as a card.
  func write(_ report: RunReport) throws {
    let (page, card) = (try report.page(), try report.card())
    try write(report.document.indentedText, to: "report.json")
    try write(page, to: "report.html")
    try write(card, to: "MODEL_CARD.md")
  }
}

/// Shows a run's report anew: from its `report.json`, or where there is none from all other results.
///
/// - Parameters:
///   - path: The run folder.
///   - pipeline: Reads the pipeline of the folder, where it is needed.
/// - Returns: The path of `report.html`.
/// - Throws: ``RunError`` that says what is missing; errors of tables, files and models.
package func renderReport(
  ofRun path: String, pipeline: () throws -> (Pipeline, PluginRegistry)
) throws -> String {
  let folder = RunFolder(path: path)
  let leaderboard = try readLeaderboard(ofRun: path)
  guard leaderboard.search.state != .running else {
    throw RunError(
      "the run in '\(path)' has not ended: it writes its report at its end; 'automl run' with the same "
        + "pipeline goes on where it was stopped")
  }
  let page = resolvedPath("report.html", from: path)
  if let document = folder.json("report.json") {
    try folder.write(folder.refreshed(document))
    return page
  }
  guard let record = folder.earlierRecord() else {
    throw RunError(
      "'\(path)' has no run.json, of which a report is made: run it again with --fresh")
  }
  let (plan, registry) = try pipeline()
  try checkTables(of: plan, record)
  let rows = try StudyRows(
    data: plan.data, split: plan.split, decision: plan.decision,
    seed: Seed(plan.seed).keyed("split"), threads: availableThreads())
  let store = try folder.openStudyForReading()
  defer { try? store.close() }
  let records = Dictionary(uniqueKeysWithValues: try store.list().map { ($0.number, $0) })
  try folder.write(
    RunReporting(folder: folder, pipeline: plan, registry: registry, rows: rows)
      .report(leaderboard, record: record, records: records))
  return page
}

/// Refuses tables that are not those of the run.
private func checkTables(of pipeline: Pipeline, _ record: JSONValue) throws {
  for (name, path) in [("source", pipeline.data.source), ("test", pipeline.data.test)] {
    guard let path, let hash = record["data"]?[name] else { continue }
    guard let hash = hash.string else {
      throw RunError(
        "the run's table came from standard input: without report.json its report can't be made again"
      )
    }
    guard fileExists(path) else {
      throw RunError(
        "'\(path)' is not there: without report.json a report is made of the run's table")
    }
    guard try hash == "sha256:" + SHA256.hexDigest(ofFile: path) else {
      throw RunError(
        "'\(path)' is not what it was in the run: without report.json a report is made of the run's table"
      )
    }
  }
}

extension RunFolder {
  /// A report with what was found out about the run since it was written.
  fileprivate func refreshed(_ document: JSONValue) throws -> RunReport {
    let additions = reportAdditions
    let names = additions.map(\.0)
    let kept = (document.members ?? []).filter { !names.contains($0.0) }
    let place = kept.firstIndex { $0.0 == "pipeline" } ?? kept.endIndex
    do {
      return try RunReport(document: .object(kept[..<place] + additions + kept[place...]))
    } catch {
      throw RunError("'\(path)/report.json' can't be shown: \(error)")
    }
  }
}
