import PluginKit
import Preprocessing
import TabularData

/// A numeric column.
func numbers(_ name: String, _ values: [Double]) -> Column {
  Column(name: name, values: .numeric(values))
}

/// A categorical column of texts; nil stands for a missing value.
///
/// The categories are numbered in the order of their first occurrence, after those of `before`.
func words(_ name: String, _ texts: [String?], before: [String] = []) -> Column {
  var categories = before
  let codes = texts.map { text -> Int32 in
    guard let text else { return -1 }
    if !categories.contains(text) { categories.append(text) }
    return Int32(categories.firstIndex(of: text) ?? 0)
  }
  return Column(name: name, values: .categorical(codes: codes, categories: categories))
}

/// A table of columns of equal length.
func table(_ columns: Column...) -> Table {
  let rowCount =
    switch columns.first?.values {
    case .numeric(let values): values.count
    case .categorical(let codes, _): codes.count
    case nil: 0
    }
  return Table(rowCount: rowCount, columns: columns)
}

/// A step with some values, otherwise its defaults.
func step(_ id: String, _ values: [String: ParameterValue] = [:]) -> StepSettings {
  let parameters = StepDeclaration.all.first { $0.id == id }?.parameters ?? []
  return StepSettings(id: id, values: ParameterValues(parameters, values))
}

/// Fits steps to all rows of a table.
func fitted(
  _ steps: [StepSettings], to table: Table, acceptsMissing: Bool = false
) throws -> FittedPreprocessor {
  try .fit(
    steps, to: table, rows: Array(0..<table.rowCount), acceptsMissing: acceptsMissing)
}

/// Fits steps to all rows of a table, and transforms them.
func transformed(_ table: Table, by steps: StepSettings...) throws -> FeatureMatrix {
  try fitted(steps, to: table).transform(table)
}

/// The message of the preprocessing error that an action throws.
func message(of action: () throws -> some Any) -> String? {
  do {
    _ = try action()
    return nil
  } catch let error as PreprocessingError {
    return error.description
  } catch {
    return "another error: \(error)"
  }
}
