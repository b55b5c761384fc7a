import Evaluation
import PipelineSpec
import PluginKit
import TabularData

/// The rows of a study: those that are searched on, and those that only the end result sees.
struct StudyRows: Sendable {
  let dataset: Dataset
  let parts: RowParts
  /// The rows of a separate test file, or nil where test rows are a part of the table.
  let testFile: (table: Table, labels: [Int32], weights: [Float]?)?
  let weighting: RowWeighting
  /// What wrong predictions cost; nil where all cost the same.
  let costs: DecisionCosts?

  /// Reads and splits the tables of a pipeline.
  ///
  /// - Parameters:
  ///   - data: Where the tables lie.
  ///   - split: How rows are split.
  ///   - decision: What wrong predictions cost, by classes of the table; nil where all cost the same.
  ///   - seed: Decides which rows go where.
  ///   - threads: How many threads read, 1 or more.
  /// - Throws: ``TabularData/TableError`` with file, line and column; ``RunError`` for classes of `decision` that
  ///   the table does not have.
  init(
    data: TableOptions, split: SplitPlan, decision: DecisionSettings?, seed: Seed, threads: Int
  ) throws {
    let effort = ReadingEffort(threads: threads)
    dataset = try Dataset.load(data, splitBy: split, effort: effort)
    costs = try decision?.decisionCosts(classes: dataset.classes)
    parts = try RowSplitter.split(
      plan: split, dataset: dataset, seed: seed, hasTestFile: data.test != nil)
    weighting = RowWeighting(column: dataset.weights, isBalanced: data.weights == .balanced)
    repeats = split.folds == nil ? 1 : split.repeats
    method = split.method
    if let path = data.test {
      let test = try Dataset.loadTest(
        path: path, options: data, schema: dataset.schema, effort: effort)
      testFile = (test.features, test.labels, test.weights.map { $0.map { Float($0) } })
      testWarnings = test.warnings + dataset.warnings(aboutTest: test)
    } else {
      testFile = nil
      testWarnings = []
    }
    findings = Self.warnings(about: dataset, parts)
  }

  /// What should be known about the tables and their split, in whole sentences.
  var warnings: [String] { dataset.warnings + testWarnings + parts.warnings + findings }

  private let testWarnings: [String]
  /// What makes figures better, or less telling, than they look.
  private let findings: [String]

  /// All rows that are not test rows, ascending.
  var searchRows: [Int] {
    parts.development
  }

  var testRowCount: Int { testFile?.labels.count ?? parts.test.count }

  /// How often each row is judged.
  let repeats: Int

  /// What decided on the parts.
  let method: SplitPlan.Method

  /// What a row of each class counts where classes are balanced over these training rows; otherwise nil.
  func classWeights(training: [Int]) -> [Float]? {
    guard weighting.column == nil, weighting.isBalanced else { return nil }
    return weighting.classWeights(labels(training), classCount: dataset.classes.count)
  }

  /// The classes of some rows.
  func labels(_ rows: [Int]) -> [Int32] { rows.map { dataset.labels[$0] } }
}

/// How much rows count, in training and in every metric.
struct RowWeighting: Sendable {
  /// The values of the weight column.
  let column: [Double]?
  /// Whether each class gets the same sum.
  let isBalanced: Bool

  /// The weights of some rows, or nil where all count the same.
  ///
  /// With balanced classes a row of class k counts n / (K n_k), where n and n_k are counted on the
  /// training rows, whichever rows are asked for.
  func weights(_ rows: [Int], labels: [Int32], training: [Int], classCount: Int) -> [Float]? {
    if let column { return rows.map { Float(column[$0]) } }
    guard isBalanced else { return nil }
    let perClass = classWeights(training.map { labels[$0] }, classCount: classCount)
    return rows.map { perClass[Int(labels[$0])] }
  }

  /// The balanced weight of each class; 1 for a class without training rows.
  func classWeights(_ labels: [Int32], classCount: Int) -> [Float] {
    var counts = [Int](repeating: 0, count: classCount)
    for label in labels { counts[Int(label)] += 1 }
    let present = counts.count { $0 > 0 }
    return counts.map { $0 == 0 ? 1 : Float(Double(labels.count) / Double(present * $0)) }
  }
}
