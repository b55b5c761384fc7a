import ModelExport

/// Why a model could not be loaded.
public enum ModelError: Error, Equatable, CustomStringConvertible {
  /// The file can't be read.
  case unreadable(String)
  /// The file is no model of `automl`.
  case foreign(String)
  /// The bytes are not those that were written.
  case damaged(String)
  /// The file was written by a later version than this library.
  case newer(String)
  /// The model is of a plugin that is no part of this library; the id of the plugin.
  case foreignPlugin(String)

  public var description: String {
    switch self {
    case .unreadable(let what), .foreign(let what), .damaged(let what), .newer(let what): what
    case .foreignPlugin(let id):
      "the model is of the plugin '\(id)', which is no part of AutoMLModel: only the program "
        + "'automl' with that plugin can use it"
    }
  }
}

extension ModelError {
  init(_ error: any Error) {
    self =
      switch error {
      case let error as ModelError: error
      case ModelFileError.newer: .newer("\(error)")
      case ModelFileError.unusable: .foreign("\(error)")
      default: .damaged("\(error)")
      }
  }
}
