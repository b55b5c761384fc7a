import ArgumentParser
import Engine
import Evaluation
import ExternalPlugins
import ModelExport
import ModelFormats
import PipelineSpec
import PluginScaffold
import Preprocessing
import StudyStore
import SystemFiles
import TabularData

/// How the program ends: scripts rely on these numbers.
enum ExitStatus: Int32, Error {
  /// Done, also when a budget ended the search.
  case done = 0
  /// The run failed, also when nothing but the baseline completed or a result could not be written.
  case failed = 1
  /// Wrong usage, a wrong pipeline, table or model: nothing was run.
  case wrongUsage = 2
  /// Ended by the person.
  case interrupted = 130

  /// What an error means that ends the program: a request for help, too, comes as one.
  init(of error: any Error) {
    switch error {
    case let status as ExitStatus: self = status
    case let error as TrialStoreError: self = error.isOfTheFile ? .wrongUsage : .failed
    case let error as FileError: self = error.action == "read" ? .wrongUsage : .failed
    case is UsageError, is PipelineIssues, is DraftError, is TableError, is PreprocessingError,
      is ModelFileError, is ModelFormatError, is PluginFolderError,
      is PluginDraftError, is RunError:
      self = .wrongUsage
    default:
      switch AutoML.exitCode(for: error) {
      case .success: self = .done
      case .validationFailure: self = .wrongUsage
      default: self = .failed
      }
    }
  }
}

extension TrialStoreError {
  /// Whether what is wrong is the file that was given, and not what was done with it.
  fileprivate var isOfTheFile: Bool {
    switch problem {
    case .missing, .exists, .notAStudy, .unknownForm, .damaged, .pointDiffers: true
    default: false
    }
  }
}

/// A request that can't be met, and that the rules of the command line alone don't show to be wrong.
struct UsageError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
