import SystemFiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What kept a store from doing what it was asked for.
package struct TrialStoreError: Error, Equatable, CustomStringConvertible {
  /// What went wrong, so that a caller can act on it.
  package enum Problem: Sendable, Equatable {
    /// Another worker took the trial over, or it is finished or discarded: its result is not wanted.
    case claimLost(trial: Int)
    /// The trial lies elsewhere in the search space than it did when it was begun first.
    case pointDiffers(trial: Int)
    /// There is no study.
    case missing
    /// There is a study already.
    case exists
    /// The file is no study, or holds none or several.
    case notAStudy(String)
    /// The study was written in a form that this program does not know.
    case unknownForm(String)
    /// Parts of the file are not as they were written.
    case damaged(String)
    /// The log of what was not yet moved into the file is not as it was written.
    case logDamaged
    /// Another program kept the file to itself for too long.
    case busy
    case diskFull
    /// File or folder may not be written to.
    case readOnly
    /// Something else, in the words of the system.
    case other(String)
  }

  /// The file; nil for a study in memory.
  package let path: String?
  package let problem: Problem

  package init(path: String?, _ problem: Problem) {
    self.path = path
    self.problem = problem
  }

  /// A file beside the store could not be read or written.
  init(path: String, _ error: FileError) {
    switch error.reason {
    case .system(ENOSPC), .system(EDQUOT): self.init(path: path, .diskFull)
    case .system(EACCES), .system(EPERM), .system(EROFS): self.init(path: path, .readOnly)
    default: self.init(path: path, .other(error.description))
    }
  }

  package var description: String { advice.map { "\(finding)\($0)" } ?? finding }

  /// What happened, without what would do.
  package var finding: String {
    switch problem {
    case .claimLost(let trial):
      "\(file): trial \(trial) was taken over by another worker or finished; this result of it is not kept"
    case .pointDiffers(let trial):
      "\(file): trial \(trial) was begun with other parameters than are proposed now: the study was made "
        + "by another version of the program, or changed by another one"
    case .missing: "there is no study at \(file)"
    case .exists: "there is a study at \(file) already"
    case .notAStudy(let finding): "\(file) is no study of this program: \(finding)"
    case .unknownForm(let finding): "\(file) can't be used: \(finding)"
    case .damaged(let finding): "\(file) is damaged: \(finding)"
    case .logDamaged:
      "'\(path ?? "")-wal' is damaged, the log of the last changes to \(file)"
    case .busy:
      "\(file) is kept by another program, such as a database browser with unsaved changes"
    case .diskFull: "can't write \(file): the disk is full"
    case .readOnly: "can't write \(file): the file or its folder may not be written to"
    case .other(let finding): "\(file): \(finding)"
    }
  }

  private var file: String { path.map { "'\($0)'" } ?? "the study" }

  private var advice: String? {
    switch problem {
    case .claimLost, .missing, .exists, .notAStudy, .other: nil
    case .pointDiffers: "; --fresh or --output starts anew"
    case .unknownForm:
      "; use the version of the program that wrote it, or start anew with --fresh or --output"
    case .damaged: "; put a copy of the file in its place, or start anew with --fresh or --output"
    case .logDamaged:
      ": put a copy of both in their place, or remove the log; trials that only it holds are then run again"
    case .busy: ": close it and run the same command again; finished trials are kept"
    case .diskFull: ": make room and run the same command again; finished trials are kept"
    case .readOnly: ": change their permissions, or choose another folder with --output"
    }
  }
}
