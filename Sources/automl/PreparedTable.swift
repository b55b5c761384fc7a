import Evaluation
import PipelineSpec
import PluginKit
import Preprocessing
import TabularData

/// A table made ready for models without a pipeline: filled in, standardised, categories one-hot.
struct PreparedTable {
  let data: TrainingData
  let classes: [String]

  /// Reads a table with the column of labels that a person named.
  init(_ path: String, target: String) throws {
    let dataset = try Dataset.load(
      TableOptions(source: path, target: .typed(target)), splitBy: SplitPlan())
    for warning in dataset.warnings { Terminal.messages.writeLine("warning: \(warning)") }
    let steps = ["impute", "one-hot", "scale"].compactMap { id in
      StepDeclaration.all.first { $0.id == id }.map {
        StepSettings(id: id, values: ParameterValues($0.parameters))
      }
    }
    let rows = Array(0..<dataset.rowCount)
    let preprocessor = try FittedPreprocessor.fit(
      steps, to: dataset.features, rows: rows, acceptsMissing: false)
    classes = dataset.classes
    data = TrainingData(
      features: try preprocessor.transform(dataset.features), labels: dataset.labels,
      classCount: dataset.classes.count, columns: preprocessor.columns)
  }
}

/// Reads a table of scores: a row for each row of another table, a column for each class.
///
/// Columns are named `score_<class>`, as `predict --scores` does, or by the classes alone; a table without
/// names has them in the order of the classes.
func readScores(_ path: String, classes: [String], rowCount: Int) throws -> ScoreMatrix {
  let table = try Table.read(path)
  func error(_ message: String) -> TableError { TableError(path: path, message: message) }
  guard table.rowCount == rowCount else {
    throw error(
      "\(FigureFormat.counted(table.rowCount, "row")) of scores, and the table has "
        + "\(FigureFormat.grouped(rowCount)): a row for each is needed, in the same order")
  }
  let isUnnamed = table.columns.enumerated().allSatisfy { $1.name == "column_\($0 + 1)" }
  let columns = try classes.enumerated().map { place, name in
    if isUnnamed, table.columns.count == classes.count { return table.columns[place] }
    let names = ["score_\(name)", name, "probability_\(name)"]
    guard
      let column = names.lazy.compactMap({ name in table.columns.first { $0.name == name } }).first
    else {
      throw error(
        "no column of scores for the class \(quoted(name)): name it \(quoted("score_" + name)), or leave "
          + "the names out and give \(classes.count) columns in the order "
          + classes.prefix(12).map(quoted).joined(separator: ", "))
    }
    return column
  }
  let numbers = try columns.map { column in
    guard case .numeric(let numbers) = column.values else {
      throw error("the column \(quoted(column.name)) holds other things than numbers")
    }
    if let row = numbers.firstIndex(where: { $0.isNaN }) {
      throw error("row \(row + 1) has no score in the column \(quoted(column.name))")
    }
    return numbers
  }
  return ScoreMatrix(
    rowCount: rowCount, columnCount: classes.count,
    values: (0..<rowCount).flatMap { row in numbers.map { Float($0[row]) } })
}
