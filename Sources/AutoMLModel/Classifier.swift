import BuiltInPlugins
import ModelExport
import PluginKit
import SystemFiles
import TableColumns

/// A model of a file that `automl run` wrote, ready to predict.
///
/// It holds everything that leads from the columns of a table to a class, with all preprocessing. It does
/// not change after it is made, so that threads may share it.
public struct Classifier: Sendable {
  /// The classes, in the order of scores and probabilities.
  public let classes: [String]
  /// The columns that a row needs, in the order of the table that the model was trained on.
  public let columns: [InputColumn]

  private let model: TabularClassifier
  private let reader: InputReader

  /// Loads a model file, such as `runs/rooms/best.safetensors`.
  ///
  /// The digest of the file is verified.
  ///
  /// - Throws: ``ModelError`` if the file can't be read, was changed since it was written, is of a later
  ///   version, or needs a plugin that is no part of this library.
  public init(path: String) throws(ModelError) {
    let bytes: [UInt8]
    do {
      bytes = try readFile(path)
    } catch {
      throw .unreadable("\(error)")
    }
    try self.init(bytes: bytes)
  }

  /// Takes the bytes of a model file.
  ///
  /// - Throws: ``ModelError`` as ``init(path:)`` does.
  public init(bytes: [UInt8]) throws(ModelError) {
    do {
      let bundle = try ModelBundle(decoding: bytes)
      let plugins = try builtInPlugins()
      let parts = bundle.members.isEmpty ? [bundle] : bundle.members.map(\.bundle)
      if let foreign = parts.map(\.pluginID).first(where: { plugins[$0] == nil }) {
        throw ModelError.foreignPlugin(foreign)
      }
      model = try TabularClassifier(bundle, registry: plugins)
    } catch {
      throw ModelError(error)
    }
    classes = model.classes
    reader = InputReader(model.bundle.schema.features)
    columns = reader.columns
  }

  /// Predicts the class of a row.
  ///
  /// - Parameter row: A value for each of ``columns`` by its name, nil where it is missing; other names
  ///   are ignored.
  /// - Returns: The class with scores and probabilities.
  /// - Throws: ``InputError`` if a column is absent, or a value can't be used.
  public func predict(_ row: [String: Value]) throws(InputError) -> Prediction {
    try predict(rows: [row])[0]
  }

  /// Predicts the classes of rows: the same as one by one, and much cheaper.
  ///
  /// - Parameter rows: Values by name, as for one row.
  /// - Returns: A prediction for each row.
  /// - Throws: ``InputError`` if a column is absent, or a value can't be used.
  public func predict(rows: [[String: Value]]) throws(InputError) -> Predictions {
    try predict(columns: reader.columnValues(of: rows))
  }

  /// Predicts the classes of rows that are given column by column, the cheapest way for many.
  ///
  /// - Parameter values: The values of all rows for each of ``columns`` by its name; other names are
  ///   ignored.
  /// - Returns: A prediction for each row.
  /// - Throws: ``InputError`` if a column is absent, columns differ in length, or a value can't be used.
  public func predict(columns values: [String: ColumnValues]) throws(InputError) -> Predictions {
    let table = try reader.table(values)
    do {
      return Predictions(try model.predict(table), classes: classes)
    } catch {
      throw InputError(error)
    }
  }
}
