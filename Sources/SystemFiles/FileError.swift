#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file or folder that could not be read or written.
package struct FileError: Error, Equatable, CustomStringConvertible {
  /// What happened, as the system tells it.
  package enum Reason: Sendable, Equatable {
    /// The system's error number.
    case system(Int32)
    /// The file is larger than what the caller takes.
    case tooLarge(limit: Int)
    /// The file was written to, or cut, while it was read.
    case changed
  }

  package let path: String
  /// What was tried: `read`, `write`, `make`.
  package let action: String
  package let reason: Reason

  package init(path: String, action: String, reason: Reason) {
    self.path = path
    self.action = action
    self.reason = reason
  }

  /// The error that the last failed system call left.
  package static func last(_ action: String, _ path: String) -> FileError {
    FileError(path: path, action: action, reason: .system(errno))
  }

  package var description: String {
    switch reason {
    case .system(let number): "can't \(action) '\(path)': \(String(cString: strerror(number)))"
    case .tooLarge(let limit): "can't \(action) '\(path)': it is larger than \(limit) bytes"
    case .changed:
      "can't \(action) '\(path)': it changed while it was read; try again when nothing writes to it"
    }
  }

  /// Whether the file is not there at all.
  package var isMissing: Bool { reason == .system(ENOENT) }
}
