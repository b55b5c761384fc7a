import PluginKit

/// A preprocessing step that has seen the training rows.
///
/// A step works on columns by their position: ``apply(to:)`` gets the columns that ``fit(_:to:)`` got, in
/// the same order, with other rows.
protocol Transformer: Sendable {
  /// What users type, and the parameters.
  static var declaration: StepDeclaration { get }

  /// Learns from the training rows; there is at least one.
  static func fit(_ parameters: ParameterValues, to columns: [WorkingColumn]) -> Self

  /// The columns after the step; a column may become several, which take its place.
  ///
  /// A row's result does not depend on the other rows, and any number of rows is allowed, also 0.
  ///
  /// - Throws: ``PreprocessingError`` for values that the step refuses, or where the columns are not
  ///   those of the fit.
  func apply(to columns: [WorkingColumn]) throws(PreprocessingError) -> [WorkingColumn]

  /// Adds nodes that do what ``apply(to:)`` does.
  func describe(in table: inout TableDescription)

  /// Everything that was learnt; numbers survive bit for bit.
  var state: JSONValue { get }

  /// Reads what ``state`` wrote.
  init(state: JSONValue) throws(PreprocessingError)
}

/// Every kind of step, in the order of help texts.
let transformers: [any Transformer.Type] = [Imputer.self, Scaler.self, OneHotEncoder.self]

extension StepDeclaration {
  /// Every kind of step that a pipeline can use.
  package static let all = transformers.map { $0.declaration }
}

extension Transformer {
  /// Pairs what was learnt about each column with the column.
  ///
  /// - Throws: ``PreprocessingError/damagedState(_:)`` if their numbers differ.
  static func pairs<Learnt>(
    _ learnt: [Learnt], _ columns: [WorkingColumn]
  ) throws(PreprocessingError) -> Zip2Sequence<[Learnt], [WorkingColumn]> {
    guard learnt.count == columns.count else {
      throw .damagedState(
        "\(declaration.id) knows \(learnt.count) columns, and there are \(columns.count)")
    }
    return zip(learnt, columns)
  }

  /// The elements of the member `columns` of a state.
  static func columnStates(in state: JSONValue) throws(PreprocessingError) -> [JSONValue] {
    guard let columns = state["columns"]?.array else {
      throw .damagedState("\(declaration.id) has no list of columns")
    }
    return columns
  }
}
